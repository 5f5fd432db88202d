from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest
from support.candidates import said, verdicts
from support.patience import long_enough
from support.pipeline import found, kinds, run
from support.repo import Repo
from support.scripted import NOTHING, Scripted, finding, reply

from reviewer import analyzers, events, memory
from reviewer.analyzers.registry import Tool
from reviewer.errors import EngineUnreachable
from reviewer.events import UnreviewedFile
from reviewer.memory import listing
from reviewer.messages import Reply, Usage
from reviewer.models.base import PromptTooLong
from reviewer.pipeline import review
from reviewer.types import Scope

FILE = "a.py"
OLD = "def f(x):\n    return x\n"
NEW = "def f(x):\n    return x + 1\n"


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = Repo(tmp_path / "repo", tmp_path / "home")
    made.commit({FILE: OLD})
    made.git("checkout", "-q", "-b", "work")
    made.write(FILE, NEW)
    return made


def wrong(prompt):
    return reply(finding("    return x + 1", FILE))


def smoke(prompt):
    return reply(finding("    return x + 1", ""))


def test_a_finding_from_the_model_to_the_last_event(repo: Repo):
    stream, code = run(repo, Scripted(wrong))
    assert kinds(stream) == [
        "review_context",
        "status",
        "status",
        "status",
        "finding",
        "status",
        "complete",
    ]
    assert [event.status for event in stream if event.type == "status"] == [
        "setting_up",
        "tools_completed",
        "reviewing",
        "review_completed",
    ]
    context, complete = stream[0], stream[-1]
    assert (context.engine, context.model, context.model_role) == (
        "scripted",
        "scripted-1",
        "reviewer",
    )
    assert (context.files, context.units, context.review_type) == (1, 1, "all")
    assert (context.base_branch, context.current_branch, context.working_directory) == (
        "main",
        "work",
        str(repo.path),
    )
    assert (found(stream)[0].file_name, found(stream)[0].start_line) == (FILE, 2)
    assert (complete.outcome, complete.findings, complete.reviewed_files, complete.message) == (
        "completed",
        1,
        [FILE],
        "Review completed",
    )
    assert complete.usage == events.UsageInfo(
        calls=1, prompt_tokens=100, cached_tokens=50, completion_tokens=10
    )
    assert code == complete.exit_code == 0


def test_the_gate(repo: Repo):
    assert run(repo, Scripted(wrong), fail_on="major")[1] == 1
    assert run(repo, Scripted(wrong), fail_on="critical")[1] == 0
    assert run(repo, Scripted(smoke, role="smoke"), fail_on="info")[1] == 0


def test_nothing_to_review_is_skipped_never_clean(tmp_path: Path):
    empty = Repo(tmp_path / "r", tmp_path / "h")
    empty.commit({FILE: OLD})
    model = Scripted(wrong)
    stream, code = run(empty, model)
    assert kinds(stream) == ["review_context", "status", "complete"]
    assert stream[1].status == "review_skipped"
    assert (stream[-1].status, stream[-1].message, code) == (
        "review_skipped",
        "No changes detected. The last commit: `reviewer --commit HEAD`.",
        0,
    )
    assert model.prompts == []


def test_an_invented_quote_is_not_published(repo: Repo):
    stream, code = run(repo, Scripted(lambda prompt: reply(finding("    return y + 1", FILE))))
    assert found(stream) == []
    assert (stream[-1].outcome, code) == ("completed", 0)


@pytest.mark.fault("reply", "a reply that cannot be used", "the file is unreviewed, and why")
@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("I found no issues!", "the reply holds no JSON object"),
        ("", "the reply is empty"),
        ("<html>busy</html>", "the reply holds no JSON object"),
        (
            '{"findings": []}',
            "the reply does not fit the schema: $: 'checked' is a required property",
        ),
        ('{"checked": \x1b}', "the reply is not JSON at character 13: Expecting value"),
        (Reply('{"checked": [', True, Usage(1)), "the reply ends too early"),
        (
            Reply("", True, Usage(1), "Hm.", "the thinking used all 900 tokens"),
            "the thinking used all 900 tokens",
        ),
        (PromptTooLong("4096 tokens\x1b[2J"), "4096 tokens\\u{1b}[2J"),
    ],
)
def test_a_reply_that_cannot_be_used_is_never_no_findings(repo: Repo, said, why):
    stream, code = run(repo, Scripted(lambda prompt: said))
    complete = stream[-1]
    assert (complete.outcome, code) == ("failed", 3)
    assert complete.unreviewed_files == [
        UnreviewedFile(file_name=FILE, reason="bad_reply", detail=why)
    ]
    assert f"(the model's reply could not be used: {why})" in complete.message
    assert complete.reviewed_files == []


def test_a_bad_reply_gets_one_repair_request(repo: Repo):
    said = iter(["oops", wrong(None)])
    model = Scripted(lambda prompt: next(said))
    stream, code = run(repo, model)
    assert (len(model.prompts), len(found(stream)), code) == (2, 1, 0)
    assert model.prompts[1].user.startswith(model.prompts[0].user)


def test_what_is_whole_in_a_cut_reply_is_kept_and_the_unit_is_asked_again_in_parts(tmp_path: Path):
    repo = Repo(tmp_path / "r", tmp_path / "h")
    repo.commit({FILE: "".join(f"line_{n} = {n}\n" for n in range(40))})
    changed = [f"line_{n} = {n * 2}\n" if n in (3, 30) else f"line_{n} = {n}\n" for n in range(40)]
    repo.write(FILE, "".join(changed))

    def answer(prompt):
        if "line_3 =" in prompt.user and "line_30 =" in prompt.user:
            whole = reply(finding("line_3 = 6", FILE))
            return Reply(whole[:-2] + ',{"fileName": "a.py", "quo', True, Usage(1))
        return reply(finding("line_30 = 60", FILE)) if "line_30 =" in prompt.user else NOTHING

    model = Scripted(answer)
    stream, code = run(repo, model)
    assert [item.start_line for item in found(stream)] == [4, 31]
    assert (len(model.prompts), stream[-1].reviewed_files, code) == (3, [FILE], 0)


def test_a_finding_said_twice_is_published_once(tmp_path: Path):
    """Parts of one large hunk overlap, and both may report the shared line."""
    repo = Repo(tmp_path / "r", tmp_path / "h")
    repo.commit({FILE: ""})
    repo.write(FILE, "".join(f"value_{n} = compute({n})  # {'x' * 60}\n" for n in range(400)))
    quote = f"value_5 = compute(5)  # {'x' * 60}"
    model = Scripted(lambda prompt: reply(finding(quote, FILE)))
    stream, _ = run(repo, model)
    assert len(model.prompts) > 2
    assert [item.start_line for item in found(stream)] == [6]


def test_a_server_that_fails_leaves_the_rest_unreviewed_and_says_so(repo: Repo):
    repo.write("b.py", "b = 1\n")

    def answer(prompt):
        return (
            wrong(prompt)
            if "change to a.py" in prompt.user
            else EngineUnreachable("nothing answers at http://x")
        )

    stream, code = run(repo, Scripted(answer))
    complete = stream[-1]
    assert (complete.reviewed_files, [item.reason for item in complete.unreviewed_files]) == (
        [FILE],
        ["model_error"],
    )
    assert (complete.outcome, complete.findings, code) == ("failed", 1, 3)
    assert (
        complete.message
        == "1 of 2 files was not read by a model (the model failed). Run it again to continue,"
        " finished units are remembered. nothing answers at http://x."
    )


def test_a_dead_server_with_analyzers_done_is_complete_and_incomplete(repo: Repo):
    dead = EngineUnreachable("nothing answers at http://127.0.0.1:9")
    stream, code = run(
        repo, Scripted(), problem=dead.message, failure=dead, analyzers=("conflict",)
    )
    assert (stream[-1].type, stream[-1].outcome, code) == ("complete", "failed", 3)
    assert [item.reason for item in stream[-1].unreviewed_files] == ["model_error"]


def test_a_dead_server_without_analyzers_is_an_error(repo: Repo):
    dead = EngineUnreachable("nothing answers at http://127.0.0.1:9")
    stream, code = run(repo, Scripted(), problem=dead.message, failure=dead)
    assert (stream[-1].type, stream[-1].error_type, stream[-1].message, code) == (
        "error",
        "engine_unreachable",
        dead.message,
        4,
    )


def test_no_model_by_choice_is_a_review_and_by_lack_is_not(repo: Repo):
    stream, code = run(repo, Scripted(), engine="none", analyzers=("conflict",))
    assert (stream[-1].outcome, stream[-1].reviewed_files, code) == ("completed", [FILE], 0)
    stream, code = run(repo, Scripted(), problem="no model was found", analyzers=("conflict",))
    assert (stream[-1].outcome, [item.reason for item in stream[-1].unreviewed_files], code) == (
        "failed",
        ["no_model"],
        3,
    )


@pytest.mark.fault(
    "verdict",
    "a file that its analyzers fail on, and no model has read",
    "it is unreviewed: the exit code is 3, and the warning names it",
)
def test_a_file_that_the_analyzers_fail_on_without_a_model(repo: Repo):
    repo.write("evil.py", "-" * 90_000 + "1\n")
    options = {"engine": "none", "analyzers": ("ruff",)}
    stream, code = run(repo, Scripted(), **options)
    complete = stream[-1]
    assert (complete.outcome, complete.reviewed_files, code) == ("failed", [FILE], 3)
    assert [(each.file_name, each.reason) for each in complete.unreviewed_files] == [
        ("evil.py", "analyzer_error")
    ]
    assert "ruff: cannot read evil.py (crashed with signal 6: " in complete.message
    repo.write("b.py", "def f():\n    return lost\n")
    stream, code = run(repo, Scripted(), fail_on="major", **options)
    assert ([each.file_name for each in found(stream)], code) == (["b.py"], 1)


def test_a_file_that_the_analyzers_fail_on_and_a_model_has_read_is_a_warning(repo: Repo):
    repo.write("evil.py", "x = 1\n" + "-" * 90_000 + "1\n")
    stream, code = run(repo, Scripted(), analyzers=("ruff",))
    complete = stream[-1]
    assert (complete.outcome, complete.unreviewed_files, code) == ("completed_with_warnings", [], 0)
    assert complete.message.startswith("ruff: cannot read evil.py (")


def test_an_analyzer_of_an_extra_that_is_not_installed_is_noted(repo: Repo, monkeypatch):
    tool = Tool("no-such-package", "no-such-program", "analyzers")
    compiler = Tool("", "no-such-program", get="install it")
    gone = {
        "shellcheck": tool,
        "gocheck": compiler,
        "conflict": compiler,
        "unicode": tool,
        "zizmor": tool,
    }
    monkeypatch.setattr(analyzers, "missing", lambda: gone)
    repo.write("a.sh", "#!/bin/sh\n")
    stream, code = run(repo, Scripted(), engine="none", analyzers=None)
    assert (stream[-1].outcome, code) == ("completed", 0)
    assert stream[-1].message.endswith(
        "shellcheck, unicode (bugs in shell scripts; bidirectional, invisible and confusable"
        " characters) are not installed: pip install 'gemma-reviewer[analyzers]'. conflict"
        " (conflict markers that were left behind) is not installed: install it."
    )
    stream, code = run(repo, Scripted(), analyzers=None)
    assert stream[-1].message == "Review completed"


def test_with_neither_a_model_nor_analyzers_nothing_could_run(repo: Repo):
    stream, code = run(repo, Scripted(), problem="no model was found", analyzers=())
    assert (stream[-1].type, stream[-1].error_type, code) == ("error", "no_engine", 4)
    assert stream[-1].message.endswith("to get a model that fits this machine: reviewer setup")


def test_the_time_limit_keeps_what_is_done(repo: Repo):
    repo.write("b.py", "b = 1\n")

    class Slow(Scripted):
        async def complete(self, prompt, schema, *, thinking=0, first_token=lambda: None):
            if "change to b.py" in prompt.user:
                first_token()
                await asyncio.sleep(60)
            return await super().complete(prompt, schema, first_token=first_token)

    def attempt(limit):
        model = Slow(wrong)
        return *run(repo, model, timeout=limit), model

    stream, code, model = long_enough(attempt, lambda done: found(done[0]))
    complete = stream[-1]
    assert (complete.reviewed_files, [item.reason for item in complete.unreviewed_files]) == (
        [FILE],
        ["timeout"],
    )
    assert (complete.findings, complete.outcome, code, model.closed) == (1, "failed", 3, True)


def test_ctrl_c_ends_the_stream_properly_and_aborts_what_is_in_flight(repo: Repo):
    class Interrupting(Scripted):
        async def complete(self, prompt, schema, *, thinking=0, first_token=lambda: None):
            os.kill(os.getpid(), signal.SIGINT)
            return await super().complete(prompt, schema, first_token=first_token)

    model = Interrupting(wrong, delay=30)
    stream, code = run(repo, model)
    complete = stream[-1]
    assert (complete.type, complete.outcome, code, complete.exit_code) == (
        "complete",
        "failed",
        130,
        130,
    )
    assert [item.reason for item in complete.unreviewed_files] == ["interrupted"]
    assert (model.cancelled, len(model.prompts), model.closed) == (1, 1, True)


def test_heartbeats_while_nothing_else_happens(repo: Repo, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("reviewer.pipeline.clock.HEARTBEAT_SECONDS", 0.1)
    stream, _ = run(repo, Scripted(wrong, delay=0.5))
    beats = [event for event in stream if event.type == "heartbeat"]
    assert len(beats) >= 3
    assert (beats[0].units_done, beats[0].units_total) == (0, 1)


def test_the_limits_of_the_user_are_those_of_the_change(repo: Repo):
    for limits in ({"max_diff_bytes": 10}, {"max_file_bytes": 10}):
        stream, code = run(repo, Scripted(wrong), **limits)
        assert [(item.file_name, item.reason) for item in stream[-1].unreviewed_files] == [
            (FILE, "too_large")
        ]
        assert (stream[-1].reviewed_files, code) == ([], 3)


def test_the_severity_floor(repo: Repo):
    def minor(prompt):
        return reply(finding("    return x + 1", FILE, severity="trivial"))

    assert len(found(run(repo, Scripted(minor))[0])) == 1
    assert len(found(run(repo, Scripted(minor), profile="chill")[0])) == 0
    assert len(found(run(repo, Scripted(minor), min_severity="minor")[0])) == 0
    assert len(found(run(repo, Scripted(smoke, role="smoke"))[0])) == 1


def test_a_bug_of_ours_ends_the_stream_with_an_error(repo: Repo):
    stream, code = run(repo, Scripted(lambda prompt: ZeroDivisionError("boom")))
    assert (stream[-1].type, stream[-1].error_type, code) == ("error", "internal", 4)
    assert kinds(stream).count("error") + kinds(stream).count("complete") == 1


def test_what_cannot_start_is_an_error_with_its_reason(tmp_path: Path, repo: Repo):
    stream, code = run(repo, Scripted(), scope=Scope(base="nowhere"))
    assert (kinds(stream), stream[0].error_type, code) == (["error"], "bad_base", 4)
    assert "--base" in stream[0].message

    class Nowhere:
        path = tmp_path

    stream, code = run(Nowhere(), Scripted())
    assert (kinds(stream), stream[0].error_type, code) == (["error"], "no_repository", 4)


def test_the_repositorys_own_settings_come_from_the_base(repo: Repo):
    repo.write(".reviewer.toml", 'exclude = ["a.py"]\n')
    stream, _ = run(repo, Scripted(wrong))
    assert FILE in stream[-1].reviewed_files
    repo.git("checkout", "-q", "main")
    repo.commit({".reviewer.toml": 'exclude = ["a.py"]\n', FILE: OLD})
    repo.write(FILE, NEW)
    stream, _ = run(repo, Scripted(wrong))
    assert [(item.file_name, item.reason) for item in stream[-1].skipped_files] == [
        (FILE, "excluded")
    ]


def test_every_event_validates_and_survives_the_wire(repo: Repo):
    import json

    import jsonschema

    from reviewer.cli import schema

    validator = jsonschema.Draft202012Validator(schema.generate("event"))
    stream, _ = run(repo, Scripted(wrong))
    for event in stream:
        line = json.loads(events.line(event))
        validator.validate(line)
        assert events.EVENT.validate_python(line) == event


def test_the_second_run_of_an_unchanged_workspace_asks_nobody(repo: Repo):
    first, second = Scripted(wrong), Scripted(wrong)
    before, _ = run(repo, first, analyzers=("conflict",))
    after, _ = run(repo, second, analyzers=("conflict",))
    assert (len(first.prompts), len(second.prompts)) == (1, 0)
    assert [item.state for item in found(before)] == ["new"]
    assert found(after) == [item.model_copy(update={"state": "open"}) for item in found(before)]
    assert (after[-1].cache.hits, after[-1].outcome, after[-1].reviewed_files) == (
        1,
        "completed",
        [FILE],
    )
    assert kinds(after) == ["review_context", "finding", "status", "complete"]


def test_fresh_asks_again_and_no_cache_neither_reads_nor_stores(repo: Repo):
    run(repo, Scripted(wrong), cache="off")
    again = Scripted(wrong)
    run(repo, again)
    assert len(again.prompts) == 1
    fresh = Scripted(wrong)
    run(repo, fresh, cache="fresh")
    assert len(fresh.prompts) == 1


def test_only_what_changed_is_asked_about_again(repo: Repo):
    repo.write("b.py", "def g():\n    return 2\n")
    first, second = Scripted(wrong), Scripted(wrong)
    run(repo, first)
    repo.write("b.py", "def g():\n    return 3\n")
    stream, _ = run(repo, second)
    assert (len(first.prompts), len(second.prompts)) == (2, 1)
    assert "return 3" in second.prompts[0].user
    assert (stream[-1].cache.hits, stream[-1].cache.misses) == (1, 1)


def test_what_was_fixed_is_said_to_be_resolved(repo: Repo):
    def answer(prompt):
        return wrong(prompt) if "+     return x + 1" in prompt.user else NOTHING

    stream, _ = run(repo, Scripted(answer))
    (gone,) = found(stream)
    repo.write(FILE, "def f(x):\n    return x * 2\n")
    stream, _ = run(repo, Scripted(answer))
    assert (found(stream), stream[-1].resolved) == ([], [gone.id])


def test_what_was_dismissed_stays_away(repo: Repo):
    stream, _ = run(repo, Scripted(wrong))
    with memory.open_store(os.environ) as store:
        memory.dismiss(
            store, memory.repository_key(repo.path / ".git"), found(stream)[0].id, "it is meant"
        )
    repo.write(FILE, "# moved down\n" + NEW)
    stream, code = run(repo, Scripted(wrong), fail_on="info")
    assert (found(stream), stream[-1].resolved, stream[-1].outcome, code) == (
        [],
        [],
        "completed",
        0,
    )


def test_analyzers_that_run_out_of_time_are_never_a_clean_review(repo: Repo):
    stream, code = run(repo, Scripted(), engine="none", analyzers=("ty",), timeout=0.01)
    assert (stream[-1].type, code) in {("complete", 3), ("error", 4)}
    stream, code = run(repo, Scripted(), engine="none", analyzers=("conflict",), timeout=30)
    assert (stream[-1].reviewed_files, code) == ([FILE], 0)


def test_a_replacement_is_proved_before_it_is_shown(repo: Repo):
    def fixed(prompt):
        lines = {"oldLines": ["    return x + 1"], "newLines": ["    return x"]}
        return reply(finding("    return x + 1", FILE, **lines))

    stream, _ = run(repo, Scripted(fixed), analyzers=None)
    (item,) = found(stream)
    assert item.patch.verification == "clean"
    assert "-    return x + 1\n+    return x\n" in item.patch.diff
    assert [check.status for check in item.patch.checks] == ["passed", "passed", "passed"]


def test_a_replacement_that_fails_its_proof_gets_one_repair_round_and_is_withheld(repo: Repo):
    def broken(prompt):
        lines = {"oldLines": ["    return x + 1"], "newLines": ["    return (x"]}
        return reply(finding("    return x + 1", FILE, **lines))

    model = Scripted(broken)
    stream, _ = run(repo, model)
    (item,) = found(stream)
    assert (item.patch, item.suggestions, len(model.prompts)) == (None, [], 2)
    assert "No patch: The replacement fails the check `parses`" in item.comment

    def mended(prompt):
        again = "could not be used" in prompt.user
        new = "    return x" if again else "    return (x"
        told = finding("    return x + 1", FILE, oldLines=["    return x + 1"], newLines=[new])
        other = finding("def f(x):", FILE, oldLines=["def f(x):"], newLines=["def f(y):"])
        return reply(*([other] if again else []), told)

    stream, _ = run(repo, Scripted(mended), cache="off")
    assert "+    return x\n" in found(stream)[0].patch.diff


@pytest.mark.fault(
    "patches",
    "asked for another replacement, the model sends one for something else",
    "it is not taken for that of the finding",
)
@pytest.mark.parametrize("again", [False, True])
def test_a_replacement_for_something_else_is_no_repair(repo: Repo, again: bool):
    """Neither for a line far away, nor for another finding of the same reply."""
    apart = "" if again else "# far\n" * 12
    repo.write(FILE, f"{NEW}{apart}def g(y):\n    return y + 2\n")

    def swapped(prompt):
        told = finding(
            "    return x + 1", FILE, oldLines=["    return x + 1"], newLines=["    return (x"]
        )
        lines = {"oldLines": ["    return y + 2"], "newLines": ["    return y"]}
        other = finding("    return y + 2", FILE, title="Another defect", **lines)
        if "could not be used" in prompt.user:
            return reply(other)
        return reply(told, {**other, "oldLines": [], "newLines": []}) if again else reply(told)

    (item,) = (each for each in found(run(repo, Scripted(swapped))[0]) if each.start_line == 2)
    assert (item.title, item.patch) == ("It is wrong", None)


def test_of_two_defects_on_a_line_the_replacement_of_the_same_one_is_asked_for(repo: Repo):
    def two(prompt):
        old = ["    return x + 1"]
        new = ["    return x", "    return (x"]
        titles = ["Another defect", "It is wrong"]
        severities = ["minor", "major"]
        return reply(
            *(
                finding(*old, FILE, title=title, severity=severity, oldLines=old, newLines=[line])
                for title, severity, line in zip(titles, severities, new, strict=True)
            )
        )

    model = Scripted(two)
    (item,) = found(run(repo, model)[0])
    assert item.title == "It is wrong"
    *_, last = model.prompts[-1].user.partition("Your replacement for the finding")
    assert "newLines:     return (x\n" in last
    assert item.patch is None


@pytest.mark.fault(
    "patches",
    "a replacement cannot be used",
    "the model is asked once more, with what it sent and why that failed",
)
def test_the_question_for_another_replacement_says_what_was_sent(repo: Repo):
    def wrong_lines(prompt):
        lines = {"oldLines": ["    retrun x + 1"], "newLines": ["    return x"]}
        return reply(finding("    return x + 1", FILE, **lines))

    model = Scripted(wrong_lines)
    (item,) = found(run(repo, model)[0])
    reason = (
        f'Old line 1 of 1 is not in {FILE}: "retrun x + 1". The nearest is line 2: "return x + 1".'
    )
    assert item.comment.endswith(f"No patch: {reason}")
    *_, last = model.prompts[-1].user.partition("Your replacement for the finding")
    first, fence, *rows = last.split("\n")
    assert first == f' "{item.title}" (line 2) could not be used: {reason}'
    assert rows[1:4] == ["oldLines:     retrun x + 1", "newLines:     return x", rows[0]]
    assert fence == f'You sent this, between the lines "{rows[0]}":'
    assert rows[4].startswith("Give this one finding again.")


def test_a_removed_line_comes_back_as_a_patch(tmp_path: Path):
    """Also without old lines, as a model that sees them as removed gives it."""
    repo = Repo(tmp_path / "gone", tmp_path / "gonehome")
    repo.commit({FILE: "def f(x):\n    check(x)\n    return x\n"})
    repo.write(FILE, "def f(x):\n    return x\n")

    def back(prompt):
        lines = {"oldLines": [], "newLines": ["    check(x)"]}
        return reply(finding("    check(x)", FILE, line=2, **lines))

    (item,) = found(run(repo, Scripted(back))[0])
    assert (item.side, item.start_line) == ("old", 2)
    assert "+    check(x)\n" in item.patch.diff


def test_the_users_command_proves_a_patch(repo: Repo):
    def fixed(prompt):
        lines = {"oldLines": ["    return x + 1"], "newLines": ["    return x"]}
        return reply(finding("    return x + 1", FILE, **lines))

    command = "python3 -c 'import a; assert a.f(1) in (1, 2)'"
    stream, _ = run(repo, Scripted(fixed), verify_command=command)
    assert found(stream)[0].patch.verification == "tests_pass"


def refuting(verdict: str, **fields):
    """Answers the review with a finding, and the refutation with a verdict on it."""

    def answer(prompt):
        if "The candidates, between the lines" in prompt.user:
            return verdicts(said(1, verdict, **fields))
        return wrong(prompt)

    return answer


def test_the_model_is_asked_to_refute_what_it_found(repo: Repo):
    model = Scripted(refuting("supported", confidence=80))
    stream, _ = run(repo, model, effort="medium")
    assert [item.confidence for item in found(stream)] == [0.8]
    first, judge = model.prompts
    assert first.system == judge.system
    assert judge.user.startswith(first.user[: first.shown])  # the server has it in its cache
    quoted = {"contradiction": "def f(x):", "contradictionFile": FILE, "confidence": 3}
    stream, code = run(repo, Scripted(refuting("refuted", **quoted)), effort="medium", cache="off")
    assert (found(stream), stream[-1].outcome, code) == ([], "completed", 0)


def test_a_refutation_without_a_contradiction_that_exists_drops_nothing(repo: Repo):
    invented = {"contradiction": "assert isinstance(x, int)", "contradictionFile": FILE}
    stream, _ = run(
        repo, Scripted(refuting("refuted", **invented)), effort="medium", profile="assertive"
    )
    assert len(found(stream)) == 1


def test_what_was_held_back_is_listed_on_request(repo: Repo, capsys: pytest.CaptureFixture[str]):
    quoted = {"contradiction": "def f(x):", "contradictionFile": FILE, "confidence": 3}
    model = Scripted(refuting("refuted", **quoted))
    run(repo, model, effort="medium", show_rejected=True)
    assert "a.py:2: It is wrong" in capsys.readouterr().err
    invented = Scripted(lambda prompt: reply(finding("nowhere_at_all()", FILE)))
    run(repo, invented, show_rejected=True, cache="off")
    assert capsys.readouterr().err == "held back: 1 not_found\n"


def test_high_effort_looks_through_every_lens_and_merges(repo: Repo):
    model = Scripted(refuting("supported", confidence=80))
    stream, _ = run(repo, model, effort="high")
    looks = [prompt for prompt in model.prompts if "The candidates" not in prompt.user]
    assert (len(looks), len({prompt.user for prompt in looks}), len(found(stream))) == (5, 5, 1)
    assert found(stream)[0].confidence > 0.8  # five looks agree
    assert stream[-1].reviewed_files == [FILE]


def test_a_run_that_ends_before_its_findings_are_judged_says_them_all_the_same(repo: Repo):
    class Stuck(Scripted):
        async def complete(self, prompt, schema, *, thinking=0, first_token=lambda: None):
            if schema.name == "refutation":
                await asyncio.sleep(60)
            return await super().complete(prompt, schema, first_token=first_token)

    stream, code = long_enough(
        lambda limit: run(repo, Stuck(wrong), effort="medium", timeout=limit),
        lambda done: found(done[0]),
    )
    assert ([item.confidence for item in found(stream)], code) == ([None], 3)


def test_nobody_is_asked_to_judge_when_the_time_is_over(repo: Repo):
    """One look has found something, the others hang: the end comes at the limit, and the model is
    left alone."""

    class Slow(Scripted):
        async def complete(self, prompt, schema, *, thinking=0, first_token=lambda: None):
            if schema.name == "refutation" or self.prompts:
                self.prompts.append(prompt)
                await asyncio.sleep(60)
            return await super().complete(prompt, schema, first_token=first_token)

    def attempt(limit):
        model = Slow(wrong, concurrency=8)
        return *run(repo, model, effort="high", timeout=limit), model

    stream, code, model = long_enough(attempt, lambda done: found(done[0]))
    assert ([item.confidence for item in found(stream)], code) == ([None], 3)
    assert not [prompt for prompt in model.prompts if "The candidates" in prompt.user]


def test_a_remembered_run_without_analyzers_resolves_nothing_that_they_found(repo: Repo):
    repo.write(FILE, "<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> other\n")
    stream, _ = run(repo, Scripted(), analyzers=("conflict",))
    assert len(found(stream)) == 1
    for _ in range(2):  # the second of these is remembered
        stream, _ = run(repo, Scripted(), analyzers=())
        assert (found(stream), stream[-1].resolved) == ([], [])


def test_what_is_remembered_of_a_finding_is_what_was_published(repo: Repo):
    """With its patch, which is proved after the finding was announced."""
    repo.write("b.py", 'def f(x):\n    return x is "yes"\n')
    stream, _ = run(repo, Scripted(), analyzers=("ruff",))
    (published,) = found(stream)
    with memory.open_store({}) as store:
        (kept,) = listing.remembered(store, memory.repository_key(repo.path / ".git"))
    assert published.patch is not None
    assert kept.finding == published


@pytest.mark.fault(
    "verdict", "a run that is stopped before it looked at anything", "it is not reported as skipped"
)
def test_a_stopped_run_without_files_is_not_skipped(repo: Repo, monkeypatch):
    repo.commit({"a.py": "x = 1\n"})
    make_plan = review.make_plan

    async def interrupted(*args):
        plan = await make_plan(*args)
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.sleep(0.01)
        return plan

    monkeypatch.setattr(review, "make_plan", interrupted)
    stream, code = run(repo, Scripted(), scope=Scope("uncommitted"))
    assert code == 130
    assert [event.status for event in stream if event.type in ("status", "complete")] == [
        "review_completed",
        "review_completed",
    ]
