"""`--fix`: rounds of review and fixes on real repositories, with ruff's safe fixes and a scripted
model."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from functools import partial
from pathlib import Path

import pytest
from support.event_cases import context as a_context
from support.event_cases import finding as an_event
from support.fixes import diff_of, proposed
from support.patience import long_enough
from support.pipeline import found, kinds
from support.repo import Repo
from support.scripted import NOTHING, Scripted, finding, reply

from reviewer import memory, verdict, workspace
from reviewer.cli.fix import last_findings
from reviewer.errors import EngineUnreachable
from reviewer.findings import grouped
from reviewer.fixes import journal
from reviewer.memory import feedback
from reviewer.pipeline import fix_loop
from reviewer.pipeline.fix_loop import review_and_fix
from reviewer.pipeline.outcome import Outcome
from reviewer.pipeline.plan import Request
from reviewer.types import Scope

OLD = "def f(x):\n    return x\n"
NEW = "def f(x):\n    return x + 1\n"
IS = "def g(x):\n    return x is 'a'\n"
EQUALS = "def g(x):\n    return x == 'a'\n"


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = Repo(tmp_path / "repo", tmp_path / "home")
    made.commit({"a.py": OLD})
    made.git("checkout", "-q", "-b", "work")
    made.write("a.py", NEW)
    return made


def fix(
    repo,
    model,
    *,
    scope=None,
    most=3,
    beat_seconds=9.0,
    analyzers=("ruff",),
    emit=None,
    **overrides,
):
    """(events, exit code, the lines about the rounds)"""
    stream, lines = [], []
    given = {"analyzers": analyzers, "effort": "low", **overrides}
    request = Request(repo.path, scope or Scope(), given, os.environ)

    def take(event):
        stream.append(event)
        if emit:
            emit(event)

    work = partial(
        review_and_fix, max_rounds=most, progress=lines.append, beat_seconds=beat_seconds
    )
    code = asyncio.run(verdict.conclude(request, take, choose=model.choose(), work=work))
    assert [kind in ("complete", "error") for kind in kinds(stream)] == [False] * (
        len(kinds(stream)) - 1
    ) + [True]
    assert kinds(stream).count("review_context") == (stream[-1].type == "complete")
    return stream, code, lines


def undo(repo):
    with journal.locked(repo.path) as home:
        journal.undo(repo.path, home, None)


def applied(repo):
    """For each round, oldest first, whether it was undone."""
    with journal.locked(repo.path) as home:
        return [run.undone for run in journal.runs(home)]


def steps(*changes, then=NOTHING):
    """A model that has one thing to say about each line: (line, new line). What it says first about
    a line stays."""

    def answer(prompt):
        lines = re.findall(r"    return x [^\n]*", prompt.user)
        said = [
            finding(
                old,
                "a.py",
                oldLines=[old],
                newLines=[new],
                title=f"{old.strip()} is wrong",
                severity=severity,
            )
            for old, new, severity in changes
            if old in lines
        ]
        return reply(*said) if said else then

    return Scripted(answer)


def step(old, new, severity="major"):
    return f"    return x + {old}", f"    return x + {new}", severity


def remembered(repo):
    return {each.title for each in last_findings(workspace.open_repository(repo.path))}


def test_a_safe_fix_of_an_analyzer_is_applied_and_the_index_is_left_alone(repo: Repo):
    repo.write("a.py", OLD)
    repo.write("b.py", IS)
    repo.git("add", "b.py")
    index = (repo.path / ".git/index").read_bytes()
    stream, code, said = fix(repo, Scripted(), analyzers=("ruff",), engine="none", fail_on="minor")
    assert (repo.path / "b.py").read_text() == EQUALS
    assert (repo.path / ".git/index").read_bytes() == index
    assert said == ["round 1: 1 finding; applied 1 fix in b.py"]
    assert (found(stream), code) == ([], 0)
    assert stream[-1].message == "Applied 1 fix in 1 round; undo with: reviewer undo."
    assert stream[-1].outcome == "completed"
    undo(repo)
    assert (repo.path / "b.py").read_text() == IS


def test_an_automatic_fix_counts_as_no_judgement(repo: Repo):
    """Neither accepted, nor fixed by hand because the next round does not find it any more."""
    repo.write("a.py", IS)
    fix(repo, Scripted(), engine="none")
    with memory.open_store(os.environ) as store:
        kinds_of = {
            each.kind
            for each in feedback.standing(store, memory.repository_key(repo.path / ".git")).values()
        }
    assert kinds_of == {"auto"}


def became(repo: Repo) -> list[str]:
    """The standings of all findings."""
    with memory.open_store(os.environ) as store:
        found = feedback.standing(store, memory.repository_key(repo.path / ".git"))
    return sorted(each.kind for each in found.values())


def test_what_a_fix_takes_along_was_not_fixed_by_hand(repo: Repo):
    """Two findings on one line, and a fix for one of them."""
    repo.write("a.py", "def f(x):\n    return x is 'a' or x.y\n")
    other = finding("    return x is 'a' or x.y", "a.py", severity="minor")
    fix(
        repo,
        Scripted(lambda prompt: reply(other) if "is 'a'" in prompt.user else reply()),
        analyzers=("ruff",),
    )
    assert "x == 'a'" in (repo.path / "a.py").read_text()
    assert became(repo) == ["auto"]


def test_a_round_that_was_undone_leaves_everything_undecided(repo: Repo):
    fix(repo, steps(step(1, 2), then="prose"))
    assert (repo.path / "a.py").read_text() == NEW
    assert became(repo) == ["returned"]


def test_nothing_to_fix_is_a_review_like_any_other(repo: Repo):
    said_by_model = lambda prompt: reply(finding("    return x + 1", "a.py"))  # noqa: E731
    stream, code, said = fix(repo, Scripted(said_by_model))
    assert kinds(stream) == [
        "review_context",
        "status",
        "status",
        "status",
        "finding",
        "status",
        "complete",
    ]
    assert (stream[-1].message, code, said, applied(repo)) == ("Review completed", 0, [], [])


def test_what_only_shows_after_a_fix_is_fixed_in_the_next_round(repo: Repo):
    model = steps(step(1, 2), step(2, 3, "minor"))
    stream, _, said = fix(repo, model)
    assert (repo.path / "a.py").read_text() == NEW.replace("1", "3")
    assert said == [f"round {number}: 1 finding; applied 1 fix in a.py" for number in (1, 2)]
    assert (
        stream[-1].message
        == "Applied 2 fixes in 2 rounds; undo with: reviewer undo, once for each round."
    )
    assert (found(stream), len(stream[-1].resolved), stream[-1].usage.calls) == ([], 2, 3)
    assert remembered(repo) == set()
    undo(repo)
    undo(repo)
    assert (repo.path / "a.py").read_text() == NEW


def test_after_the_last_round_what_is_left_is_reported_as_new(repo: Repo):
    stream, _, said = fix(
        repo, steps(step(1, 2), step(2, 3, "minor"), step(3, 4, "trivial")), most=2
    )
    (left,) = found(stream)
    assert (left.title, left.severity, left.state) == ("return x + 3 is wrong", "trivial", "new")
    assert len(said) == 2
    again, _, _ = fix(repo, Scripted(), analyzers=())
    assert [each.state for each in found(again)] == ["open"]


@pytest.mark.parametrize("cache", ["use", "fresh"])
def test_unchanged_units_are_not_asked_about_again(repo: Repo, cache: str):
    repo.write("b.py", "def other():\n    return 7\n")
    for number in range(
        2
    ):  # fresh: each command asks about all there is, its further rounds do not
        repo.write("a.py", NEW)
        model = steps(step(1, 2))
        stream, _, _ = fix(repo, model, cache=cache)
        assert (repo.path / "a.py").read_text() == NEW.replace("1", "2")
        assert stream[-1].usage.calls == len(model.prompts)
        if cache == "fresh":
            asked = [prompt.user.partition("The change to ")[2][:4] for prompt in model.prompts]
            assert (sorted(asked[:2]), len(asked)) == (["a.py", "b.py"], 3 - number)


@pytest.mark.parametrize(
    ("then", "why"),
    [
        (step(2, 2, "critical"), "more severe findings (1 critical instead of 1 major)"),
        ("prose", "a.py could not be reviewed again (the model's reply could not be used)"),
    ],
)
def test_a_round_that_ends_worse_is_undone(repo: Repo, then, why: str):
    model = steps(step(1, 2), then) if isinstance(then, tuple) else steps(step(1, 2), then=then)
    stream, code, said = fix(repo, model, fail_on="major")
    assert (repo.path / "a.py").read_text() == NEW
    assert [(each.title, each.severity, each.state) for each in found(stream)] == [
        ("return x + 1 is wrong", "major", "new")
    ]
    assert said[1] == f"round 1 was undone: {why}"
    assert stream[-1].message == f"Round 1 was undone: {why}."
    assert (stream[-1].outcome, stream[-1].resolved, code) == ("completed", [], 1)
    assert applied(repo) == [True]
    assert remembered(repo) == {"return x + 1 is wrong"}


def test_only_the_last_round_is_undone(repo: Repo):
    stream, _, _ = fix(repo, steps(step(1, 2), step(2, 3, "minor"), step(3, 3, "critical")))
    assert (repo.path / "a.py").read_text() == NEW.replace("1", "2")
    assert applied(repo) == [False, True]
    assert [each.title for each in found(stream)] == ["return x + 2 is wrong"]
    assert stream[-1].message.startswith(
        "Applied 1 fix in 1 round; undo with: reviewer undo. Round 2 was undone: more"
        " severe findings"
    )


def test_a_round_that_changes_without_improvement_is_the_last(repo: Repo):
    stream, _, said = fix(repo, steps(step(1, 2), step(2, 3)))
    assert (repo.path / "a.py").read_text() == NEW.replace("1", "2")
    assert (len(said), [each.title for each in found(stream)]) == (1, ["return x + 2 is wrong"])


def test_a_patch_that_is_proved_less_than_clean_is_not_applied(repo: Repo):
    stream, _, said = fix(repo, steps(step(1, 2)), analyzers=())
    assert [each.patch.verification for each in found(stream)] == ["parses"]
    assert ((repo.path / "a.py").read_text(), said) == (NEW, [])


def test_what_a_smoke_model_says_changes_nothing(repo: Repo):
    model = steps(step(1, 2))
    model.role = "smoke"
    fix(repo, model)
    assert (repo.path / "a.py").read_text() == NEW


def test_a_protected_file_is_named_and_left_alone(repo: Repo):
    repo.write("a.py", OLD)
    repo.write(".github/workflows/tool.py", IS)
    stream, _, said = fix(repo, Scripted(), analyzers=("ruff",), engine="none")
    assert (repo.path / ".github/workflows/tool.py").read_text() == IS
    assert stream[-1].message.startswith("Not applied: ")
    assert ".github/workflows/tool.py" in stream[-1].message
    assert (len(found(stream)), said) == (1, [])


def doing(model, then):
    """The model, which does something when it is asked about the fixed line."""
    plain = model.complete

    async def complete(prompt, schema, *, thinking=0, first_token=lambda: None):
        if "return x + 2" in prompt.user:
            await then()
        return await plain(prompt, schema, first_token=first_token)

    model.complete = complete
    return model


def test_interrupted_while_the_fix_is_reviewed(repo: Repo):
    async def interrupt():
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.sleep(60)

    stream, code, _ = fix(repo, doing(steps(step(1, 2)), interrupt))
    assert (repo.path / "a.py").read_text() == NEW
    assert (code, stream[-1].type, stream[-1].outcome) == (130, "complete", "failed")
    assert "The run was interrupted" in stream[-1].message
    assert [each.title for each in found(stream)] == ["return x + 1 is wrong"]


def test_no_time_left_to_review_the_fix(repo: Repo):
    old = (repo.path / "a.py").read_text()

    def attempt(limit):
        repo.write("a.py", old)
        model = doing(steps(step(1, 2)), lambda: asyncio.sleep(600))
        return fix(repo, model, timeout=limit)

    stream, code, said = long_enough(attempt, lambda done: "(out of time)" in str(done[2]), first=3)
    assert (repo.path / "a.py").read_text() == NEW
    assert said[1] == "round 1 was undone: a.py could not be reviewed again (out of time)"
    assert (code, stream[-1].outcome, len(found(stream))) == (0, "completed", 1)


def test_a_file_that_somebody_changes_meanwhile_is_not_undone(repo: Repo):
    own = NEW.replace("1", "my_own")

    async def change():
        repo.write("a.py", own)

    stream, code, _ = fix(repo, doing(steps(step(1, 2), then="prose"), change))
    assert (repo.path / "a.py").read_text() == own
    assert (
        "could not be undone: nothing was undone: a.py has changed since the fix"
        in stream[-1].message
    )
    assert (code, stream[-1].outcome) == (3, "failed")


def test_a_reader_that_goes_away_leaves_no_unseen_fix(repo: Repo):
    seen = []

    def emit(event):
        seen.append(event.type == "status" and event.status)
        if seen.count("setting_up") == 2:
            raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        fix(repo, steps(step(1, 2)), emit=emit)
    assert ((repo.path / "a.py").read_text(), applied(repo)) == (NEW, [True])


@pytest.mark.parametrize("meddled", [False, True])
def test_a_review_that_cannot_be_repeated_is_undone(repo: Repo, meddled: bool):
    """`meddled`: somebody has changed the file, so that it cannot be; then it is unreviewed."""
    model, limits = steps(step(1, 2)), []
    first = model.choose()

    async def chooser(settings, *, session):
        limits.append(settings.timeout)
        if len(limits) == 2:
            if meddled:
                repo.write("a.py", OLD)
            raise EngineUnreachable("nothing answers")
        return await first(settings, session=session)

    model.choose = lambda: chooser
    stream, code, said = fix(repo, model)
    assert limits[1] < limits[0]
    assert [each.title for each in found(stream)] == ["return x + 1 is wrong"]
    if meddled:
        assert (repo.path / "a.py").read_text() == OLD
        assert [(file.file_name, file.reason) for file in stream[-1].unreviewed_files] == [
            ("a.py", "model_error")
        ]
        assert (code, stream[-1].outcome, stream[-1].reviewed_files) == (3, "failed", [])
    else:
        assert (repo.path / "a.py").read_text() == NEW
        assert (
            said[1] == "round 1 was undone: the files could not be reviewed again: nothing answers"
        )
        assert (code, stream[-1].outcome) == (0, "completed")


def test_one_stream_with_heartbeats_although_findings_are_held_back(repo: Repo):
    model = steps(step(1, 2), step(2, 2, "minor"))
    model.delay = 0.4
    stream, _, _ = fix(repo, model, beat_seconds=0.1)
    order = kinds(stream)
    assert order[0] == "review_context"
    assert order[-3:] == ["finding", "status", "complete"]
    beats = [event.elapsed_seconds for event in stream if event.type == "heartbeat"]
    assert len(beats) >= 4
    assert beats == sorted(beats)
    assert [event.status for event in stream if event.type == "status"].count(
        "review_completed"
    ) == 1


@pytest.mark.parametrize(
    "scope", [Scope("staged"), Scope("committed"), Scope("commit", rev="HEAD")]
)
def test_only_where_the_worktree_is_reviewed(repo: Repo, scope: Scope):
    stream, code, _ = fix(repo, Scripted(), scope=scope)
    assert (kinds(stream), stream[0].error_type, code) == (["error"], "usage", 2)


def test_fixes_that_cannot_be_written_are_a_warning(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("REVIEWER_STATE_DIR", str(tmp_path / "file"))
    stream, code, said = fix(repo, steps(step(1, 2)), cache="off")
    assert ((repo.path / "a.py").read_text(), said, code) == (NEW, [], 0)
    assert (stream[-1].outcome, len(found(stream))) == ("completed_with_warnings", 1)
    assert "could not apply the fixes: cannot write to" in stream[-1].message


@pytest.mark.fault("verdict", "--fix that mends one of two places", "the other one is left, as new")
def test_a_round_that_mends_one_of_two_places(repo: Repo, monkeypatch: pytest.MonkeyPatch):
    """The reviews are scripted: what counts is what the loop makes of them."""
    first = diff_of(("a.py", NEW, NEW.replace("1", "2")))
    one = proposed(1, first, file_name="a.py", start_line=2)
    both = grouped(one, [an_event(2, file_name="b.py")])
    rest = an_event(2, file_name="b.py", state="open")
    outcomes = [
        Outcome(model_role="reviewer", findings=[both]),
        Outcome(model_role="reviewer", findings=[rest], resolved=[both.id, rest.id]),
    ]

    async def scripted(request, emit, stop, choose):
        emit(a_context())
        return outcomes.pop(0)

    monkeypatch.setattr(fix_loop, "review", scripted)
    stream, _, said = fix(repo, Scripted())
    assert said == ["round 1: 1 finding; applied 1 fix in a.py"]
    assert found(stream) == [rest.model_copy(update={"state": "new"})]
    assert stream[-1].resolved == [both.id]
    assert (outcomes, applied(repo)) == ([], [False])


def test_a_place_of_what_is_left_is_not_resolved(repo: Repo, monkeypatch: pytest.MonkeyPatch):
    both = grouped(an_event(1), [an_event(2)])

    async def scripted(request, emit, stop, choose):
        emit(a_context())
        return Outcome(model_role="reviewer", findings=[both], resolved=[f"{2:012x}"])

    monkeypatch.setattr(fix_loop, "review", scripted)
    stream, _, _ = fix(repo, Scripted())
    assert (found(stream), stream[-1].resolved) == ([both], [])
