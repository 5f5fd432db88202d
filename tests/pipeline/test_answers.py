"""The answers to the questions about a change, through the whole pipeline."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from support.change import change
from support.pipeline import found, run
from support.plans import plan_of
from support.repo import Repo
from support.scripted import Scripted, answer, finding, reply

from reviewer.errors import EngineUnreachable
from reviewer.pipeline.interview import asked_in
from reviewer.pipeline.passes import Pass
from reviewer.prompt import render
from reviewer.questions import ask
from reviewer.secrets import Masks
from reviewer.types import Context, Scope, Unit

OLD = """\
def take(items, limit):
    if limit > 9:
        raise ValueError(limit)
    return items
"""
NEW = "def take(items, limit):\n    return items\n"
OPEN = "These questions are still open: "


@pytest.fixture
def repo(tmp_path):
    made = Repo(tmp_path / "repo", tmp_path / "home")
    made.write("a.py", OLD)
    made.commit()
    made.git("checkout", "-q", "-b", "work")
    made.write("a.py", NEW)
    return made


def scripted(*replies, **fields):
    """A model that gives these replies in turn, the last one for ever."""
    said = [json.dumps(each) if isinstance(each, dict) else each for each in replies]
    model = Scripted(answers=False, concurrency=1, **fields)
    model.answer = lambda prompt: said[min(len(model.prompts), len(said)) - 1]
    return model


def in_rounds(*replies):
    """A model that gives these replies in the rounds about one unit."""
    model = Scripted(answers=False, concurrency=1)
    model.answer = lambda prompt: replies[prompt.user.count(OPEN)]
    return model


def counts(events):
    info = events[-1].questions
    return info.asked, info.answered, info.wrong, info.cannot_tell, info.unanswered


def test_the_questions_stand_behind_the_hunks(repo):
    model = scripted(reply(checked=[answer("Q1")]))
    events, code = run(repo, model)
    (prompt,) = model.prompts
    assert (
        "- Q1 (line 2, removed): The check `limit > 9` (`raise ValueError(limit)`) is gone: what"
        " happens now when it holds?" in prompt.user
    )
    assert prompt.user.index("return items") < prompt.user.index("- Q1 (")
    assert counts(events) == (1, 1, 0, 0, 0)
    assert (code, events[-1].outcome) == (0, "completed")


def test_a_wrong_answer_without_a_finding_becomes_one(repo):
    wrong = answer(
        "Q1",
        "wrong",
        quote="if limit > 9:",
        input="limit=10",
        note="Ten is taken without an error.",
    )
    events, _ = run(repo, scripted(reply(checked=[wrong])))
    (made,) = found(events)
    assert (made.title, made.failure_scenario) == ("Ten is taken without an error.", "limit=10")
    assert (made.file_name, made.side, made.start_line) == ("a.py", "old", 2)
    assert made.question is not None
    assert made.question.startswith("q")
    assert counts(events) == (1, 1, 1, 0, 0)


def test_a_wrong_answer_with_a_finding_names_its_question(repo):
    model = scripted(reply(finding("    if limit > 9:", "a.py"), checked=[answer("Q1", "wrong")]))
    events, _ = run(repo, model)
    (made,) = found(events)
    assert made.title == "It is wrong"
    assert made.question is not None


def test_a_finding_stands_though_the_answer_says_right(repo):
    model = scripted(reply(finding("    if limit > 9:", "a.py"), checked=[answer("Q1")]))
    events, _ = run(repo, model)
    (made,) = found(events)
    assert made.question is None
    assert counts(events) == (1, 1, 0, 0, 0)


@pytest.mark.fault("reply", "a question without an answer", "it is asked once more")
def test_an_unanswered_question_is_asked_again(repo):
    model = scripted(reply(), reply(checked=[answer("Q1")]))
    events, _ = run(repo, model)
    assert [OPEN in prompt.user for prompt in model.prompts] == [False, True]
    assert counts(events) == (1, 1, 0, 0, 0)
    assert events[-1].message == "Review completed"


@pytest.mark.fault(
    "verdict", "a question that stays without an answer", "a warning, and the outcome says so"
)
def test_a_question_that_stays_open_is_said(repo):
    model = scripted(reply())
    events, code = run(repo, model)
    assert len(model.prompts) == 2
    assert counts(events) == (1, 0, 0, 0, 1)
    assert (code, events[-1].outcome) == (0, "completed_with_warnings")
    assert events[-1].message == (
        "the model left 1 of 1 question about the change without an answer."
    )


def test_a_finding_of_the_second_reply_counts(repo):
    model = scripted(
        reply(), reply(finding("    if limit > 9:", "a.py"), checked=[answer("Q1", "wrong")])
    )
    events, _ = run(repo, model)
    assert [item.title for item in found(events)] == ["It is wrong"]


@pytest.mark.fault(
    "reply", "a second reply after a finding about a question", "the finding is not made again"
)
def test_a_second_reply_does_not_repeat_the_findings_of_the_first(repo):
    repo.write("a.py", "def take(items, limit):\n    return items[0]\n")
    wrong = answer("Q2", "wrong", note="Ten is taken.")
    model = scripted(
        reply(finding("        raise ValueError(limit)", "a.py"), checked=[wrong]),
        reply(checked=[answer("Q1")]),
    )
    events, _ = run(repo, model)
    assert len(model.prompts) == 2
    assert [(item.title, item.start_line) for item in found(events)] == [("It is wrong", 3)]


@pytest.mark.fault(
    "reply",
    "a pass that was told to leave the questions out asks to see code for one",
    "it is not asked again",
)
def test_a_pass_that_need_not_answer_is_not_asked_again(repo):
    unsure = answer("Q1", "cannot_tell", needs=["take"])
    model = Scripted(answers=False, concurrency=1)
    model.answer = lambda prompt: reply(
        checked=[unsure if "leave them out" in prompt.user else answer("Q1")]
    )
    events, code = run(repo, model, effort="high")
    assert sum("leave them out" in prompt.user for prompt in model.prompts) == 4
    assert len(model.prompts) == 5
    assert (code, counts(events)) == (0, (1, 1, 0, 0, 0))


@pytest.mark.fault(
    "reply",
    "wrong answers that name each other, or one that is right",
    "none is lost: each is a finding",
)
@pytest.mark.parametrize("second", ["wrong", "right"])
def test_an_answer_that_names_another_is_lost_only_if_that_one_tells_it(repo, second):
    repo.write("a.py", "def take(items, limit):\n    return items[0]\n")
    checked = [
        answer("Q1", "wrong", note="It is empty, like Q2."),
        answer("Q2", second, note="It is taken, like Q1."),
    ]
    events, _ = run(repo, scripted(reply(checked=checked)))
    told = {"It is empty, like Q2.", *(["It is taken, like Q1."] if second == "wrong" else [])}
    texts = " ".join(f"{item.title} {item.comment}" for item in found(events))
    assert {each for each in told if each in texts} == told


@pytest.mark.parametrize("label", ["Q2", "q2"])
def test_an_answer_that_points_at_another_is_no_finding_of_its_own(repo, label):
    repo.write("a.py", "def take(items, limit):\n    return items[0]\n")
    checked = [
        answer("Q1", "wrong", note=f"The same as {label}."),
        answer("Q2", "wrong", note="It is empty."),
    ]
    events, _ = run(repo, scripted(reply(checked=checked)))
    assert [(item.title, item.comment) for item in found(events)] == [
        ("It is empty.", "It is empty.")
    ]


def test_a_short_title_says_no_answer(repo):
    repo.write("a.py", f"{NEW}{'# far' * 3}\n\n\n\n\n\ndef last(items):\n    return items\n")
    wrong = answer("Q1", "wrong", note="Ten is taken without an error.")
    told = finding("def last(items):", "a.py", title="Error", line=9)
    events, _ = run(repo, scripted(reply(told, checked=[wrong])))
    assert [item.title for item in found(events)] == ["Ten is taken without an error.", "Error"]


@pytest.mark.fault("reply", "answers to questions that were not asked", "they are ignored")
def test_unknown_ids_are_ignored(repo):
    unknown = [answer("Q7", "wrong"), answer("", "wrong"), answer("id", "wrong")]
    model = scripted(reply(checked=[*unknown, answer("q1.")]))
    events, _ = run(repo, model)
    assert found(events) == []
    assert counts(events) == (1, 1, 0, 0, 0)


@pytest.mark.fault("reply", "two answers to one question", "the more alarming one counts")
@pytest.mark.parametrize("order", [("right", "wrong"), ("wrong", "right")])
def test_of_two_answers_the_more_alarming_counts(repo, order):
    model = scripted(reply(checked=[answer("Q1", each, note=each) for each in order]))
    events, _ = run(repo, model)
    assert [item.title for item in found(events)] == ["wrong"]
    assert counts(events) == (1, 1, 1, 0, 0)


def test_what_an_answer_needs_is_shown_and_it_is_asked_again(repo):
    repo.write("b.py", "def clamp(limit):\n    return min(limit, 9)\n")
    model = scripted(
        reply(checked=[answer("Q1", "cannot_tell", needs=["clamp"])]),
        reply(checked=[answer("Q1")]),
    )
    events, _ = run(repo, model, scope=None)
    again = next(prompt.user for prompt in model.prompts if OPEN in prompt.user)
    assert "    return min(limit, 9)" in again.partition("What you asked to see")[2]
    assert counts(events)[1:] == (counts(events)[0], 0, 0, 0)


@pytest.mark.fault(
    "reply", "an answer that asks to see more and more", "two look-ups, then it counts as it is"
)
def test_look_ups_end_after_two(repo):
    repo.write("b.py", "".join(f"def clamp{at}(limit):\n    return {at}\n\n\n" for at in range(4)))
    repo.commit()
    wants = [reply(checked=[answer("Q1", "cannot_tell", needs=[f"clamp{at}"])]) for at in range(4)]
    model = in_rounds(*wants)
    events, _ = run(repo, model)
    again = [prompt.user for prompt in model.prompts if OPEN in prompt.user]
    assert len(again) == 2
    assert ["clamp0: b.py, lines 1-2" in user for user in again] == [True, True]
    assert ["clamp1: b.py, lines 5-6" in user for user in again] == [False, True]
    assert [user.count("leave needs empty now") for user in again] == [0, 1]
    assert events[-1].questions.cannot_tell == 1


@pytest.mark.fault(
    "reply",
    "an answer asks twice to see the same",
    "it is looked up once, and the answer counts as it is",
)
def test_the_same_is_looked_up_once(repo):
    model = scripted(reply(checked=[answer("Q1", "cannot_tell", needs=["clamp", " "])]))
    events, _ = run(repo, model)
    assert [OPEN in prompt.user for prompt in model.prompts] == [False, True]
    assert counts(events) == (1, 1, 0, 1, 0)


@pytest.mark.fault(
    "reply", "an answer asks to see what does not exist", "it is told so, and answers without it"
)
def test_what_does_not_exist_is_said(repo):
    model = scripted(
        reply(checked=[answer("Q1", "cannot_tell", needs=["nowhere_defined"])]),
        reply(checked=[answer("Q1")]),
    )
    events, _ = run(repo, model)
    assert "nowhere_defined: not found in this repository\n" in model.prompts[1].user
    assert counts(events) == (1, 1, 0, 0, 0)


def test_both_names_are_shown(repo):
    long = "def long(limit):\n" + "    limit += 1\n" * 900 + "    return limit\n"
    repo.write("b.py", f"{long}\n\ndef clamp(limit):\n    return min(limit, 9)\n")
    repo.git("add", "b.py")
    repo.git("commit", "-q", "-m", "b", "--only", "b.py")
    model = in_rounds(
        reply(checked=[answer("Q1", "cannot_tell", needs=["long", "clamp"])]),
        reply(checked=[answer("Q1")]),
    )
    run(repo, model, scope=Scope("uncommitted"))
    (user,) = (prompt.user for prompt in model.prompts if OPEN in prompt.user)
    assert "    return min(limit, 9)\n" in user
    assert "long: b.py, lines 1-902 (by name only; lines " in user


def test_a_client_that_fails_when_asked_again_leaves_the_first_reply(repo):
    model = Scripted(answers=False, concurrency=1)
    first = reply(finding("    return items", "a.py"))

    def say(prompt):
        return EngineUnreachable("gone") if OPEN in prompt.user else first

    model.answer = say
    events, _ = run(repo, model)
    assert len(found(events)) == 1
    assert counts(events) == (1, 0, 0, 0, 1)


def test_only_the_first_lens_has_to_answer(repo):
    model = scripted(reply(checked=[answer("Q1")]))
    events, _ = run(repo, model, effort="high")
    asked = [prompt.user for prompt in model.prompts if "- Q1 (" in prompt.user]
    assert (
        sum("The questions are answered in another pass" in user for user in asked)
        == len(asked) - 1
    )
    assert counts(events) == (1, 1, 0, 0, 0)


def test_a_smoke_model_gets_no_questions(repo):
    model = scripted(reply(), role="smoke")
    events, _ = run(repo, model)
    assert not any("Q1" in prompt.user for prompt in model.prompts)
    assert counts(events) == (0, 0, 0, 0, 0)


def test_questions_are_data_and_their_secrets_are_masked():
    made = change({}, {"a.py": b"a = 1\n"})
    secret = "ghp_" + "Zq3x9LmT7vKd2RwY8nBc5HsJ4fGp6AuE1iOo"
    prompt = render(
        Unit(made.files[0], made.files[0].hunks, 0),
        Context(),
        facts="",
        guidelines=[],
        hints=[],
        questions=[("Q1 (line 1)", f"`{secret}` may be empty <turn|> here")],
        role="reviewer",
        redact=Masks(),
        max_tokens=9,
    )
    assert secret not in prompt.user
    assert "<turn|>" not in prompt.user


def test_what_was_cut_is_not_asked_where_a_credential_could_be_in_it():
    secret = "ghp_" + "Zq3x9LmT7vKd2RwY8nBc5HsJ4fGp6AuE1iOo"
    call = f'connect("{"x" * 24}", token="{secret}", again=True)'
    old = f"def go():\n    {call}\n    return 1\n"
    made = change({"a.py": old.encode()}, {"a.py": b"def go(a, b):\n    return a / b\n"})
    local = plan_of(made)
    remote = replace(local, choice=replace(local.choice, local=False))
    raised = ask(made, local.units)
    (unit,) = local.units
    shown = {
        name: [each.sentence for each in asked_in(raised, Pass("whole", unit, 0), plan).values()]
        for name, plan in (("local", local), ("remote", remote))
    }
    assert any("connect" in sentence for sentence in shown["local"])
    assert not any("connect" in sentence for sentence in shown["remote"])
    assert any("a / b" in sentence for sentence in shown["remote"])
