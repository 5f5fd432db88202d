"""A run over cases: what is measured, what is on disk when, and how it goes on after it was
stopped."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from support.eval_cases import RIGHT, WRONG, loaded, ran, results, tree, with_test
from support.repo import Repo
from support.scripted import NOTHING, Scripted, finding, reply

from reviewer import __version__
from reviewer.errors import (
    ConfigError,
    EngineError,
    EngineUnreachable,
    Interrupted,
    ReviewerError,
    UsageError,
)
from reviewer.lab.evals.cases import Defect
from reviewer.lab.evals.files import read
from reviewer.lab.evals.records import Records
from reviewer.lab.evals.results import Header, Reported, Result
from reviewer.lab.evals.running import select

FAULT = "    return sum(items[1:])"
CLEAN = tree("clean", kind="clean", base=RIGHT, head=RIGHT + "\n\nBIG = 10\n")


def sees_it(prompt):
    """Finds the defect where it is."""
    return (
        reply(finding(FAULT, "total.py", title="The first item is left out"))
        if FAULT in prompt.user
        else NOTHING
    )


def mends_it(line):
    def answer(prompt):
        return reply(finding(FAULT, "total.py", oldLines=[FAULT], newLines=[line]))

    return answer


@pytest.fixture(autouse=True)
def no_user(tmp_path, monkeypatch):
    """The state of a user that no case may touch."""
    monkeypatch.setenv("REVIEWER_STATE_DIR", str(tmp_path / "state"))
    for name in (
        "REVIEWER_ENGINE",
        "REVIEWER_MODEL",
        "REVIEWER_ENDPOINT",
        "REVIEWER_TIMEOUT",
        "REVIEWER_FAIL_ON",
    ):
        monkeypatch.delenv(name, raising=False)


def test_a_result_holds_the_answer_and_what_came_of_the_case(tmp_path):
    out, said = tmp_path / "run.jsonl", []
    cases = loaded(tmp_path / "c.jsonl", tree(tags=["function"]), CLEAN)
    summary = ran(cases, out, Scripted(sees_it), said=said, name="first", jobs=1)
    assert (summary.total, summary.before, summary.done, summary.findings, summary.unrunnable) == (
        2,
        0,
        2,
        1,
        [],
    )
    clean, found = results(out)
    assert found.seconds > 0
    (only,) = found.findings
    assert found == Result(
        case="sum",
        digest=cases[0].digest,
        repeat=0,
        language="python",
        kind="defect",
        tags=("function",),
        defects=(Defect(file="total.py", start_line=2, end_line=2),),
        changed_lines=2,
        hunks={"total.py": ((2, 1, 2, 1),)},
        outcome="completed",
        exit_code=0,
        findings=(
            Reported(
                id=only.id,
                file="total.py",
                start_line=2,
                end_line=2,
                side="new",
                severity="major",
                category="functional_correctness",
                source="model",
                rule=None,
                title="The first item is left out",
                comment=only.comment,
                location="exact",
                confidence=None,
                verification=None,
                fixes=None,
            ),
        ),
        replies=1,
        calls=1,
        prompt_tokens=100,
        cached_tokens=50,
        completion_tokens=10,
        seconds=found.seconds,
    )
    assert (clean.case, clean.kind, clean.findings, clean.changed_lines) == (
        "clean",
        "clean",
        (),
        3,
    )
    header = Header.model_validate_json(out.read_text().splitlines()[0])
    assert header == Header(
        name="first",
        started=header.started,
        tool_version=__version__,
        engine="scripted",
        model="scripted-1",
        model_role="reviewer",
        effort="low",
        thinking="off",
        settings={"analyzers": "", "cache": "off"},
        cases="",
        repeats=1,
        ran_tests=False,
    )
    assert [line.rpartition(",")[0] for line in said] == [
        "1/2 sum: 1 finding",
        "2/2 clean: 0 findings",
    ]


def test_repeats_are_asked_anew_and_nothing_of_the_user_is_used(tmp_path):
    model = Scripted(sees_it)
    ran(loaded(tmp_path / "c.jsonl", tree()), tmp_path / "r.jsonl", model, repeats=3)
    assert [(each.repeat, len(each.findings)) for each in results(tmp_path / "r.jsonl")] == [
        (0, 1),
        (1, 1),
        (2, 1),
    ]
    assert len(model.prompts) == 3
    assert not (tmp_path / "state").exists()


def test_replies_that_are_none_are_counted(tmp_path):
    said = iter(["no JSON", NOTHING])
    ran(
        loaded(tmp_path / "c.jsonl", tree()),
        tmp_path / "r.jsonl",
        Scripted(lambda prompt: next(said)),
    )
    (result,) = results(tmp_path / "r.jsonl")
    assert (result.replies, result.bad_replies, result.calls, result.outcome) == (
        2,
        1,
        2,
        "completed",
    )


def test_a_unit_without_a_usable_reply_is_unreviewed_not_clean(tmp_path):
    ran(
        loaded(tmp_path / "c.jsonl", tree()),
        tmp_path / "r.jsonl",
        Scripted(lambda prompt: "no JSON"),
    )
    (result,) = results(tmp_path / "r.jsonl")
    assert (result.outcome, result.exit_code, result.unreviewed, result.bad_replies) == (
        "failed",
        3,
        1,
        2,
    )
    assert result.held_back == {"unusable reply: the reply holds no JSON object": 1}


def test_what_the_model_says_of_nothing_is_counted_as_held_back(tmp_path):
    invented = Scripted(lambda prompt: reply(finding("    return nowhere_at_all(1)", "total.py")))
    ran(loaded(tmp_path / "c.jsonl", tree()), tmp_path / "r.jsonl", invented)
    (result,) = results(tmp_path / "r.jsonl")
    assert (result.findings, sum(result.held_back.values())) == ((), 1)


def test_a_case_that_cannot_be_run_is_counted_and_named(tmp_path):
    missing = tree(
        "gone", source={"kind": "clone", "path": "none", "base": "a" * 40, "head": "b" * 40}
    )
    summary = ran(
        loaded(tmp_path / "c.jsonl", missing, tree()), tmp_path / "r.jsonl", Scripted(sees_it)
    )
    why = f"no clone at {tmp_path}/none"
    assert (summary.done, summary.unrunnable) == (2, [("gone", why)])
    gone, found = results(tmp_path / "r.jsonl")
    assert (gone.unrunnable, gone.outcome, gone.findings, gone.changed_lines) == (why, None, (), 0)
    assert len(found.findings) == 1
    again = ran(
        loaded(tmp_path / "c.jsonl", missing, tree()),
        tmp_path / "r.jsonl",
        Scripted(sees_it),
        resume=True,
    )
    assert (again.before, again.done, again.unrunnable) == (1, 1, [("gone", why)])
    assert [each.unrunnable for each in read(tmp_path / "r.jsonl").results] == [None, why]


def test_what_could_not_be_run_is_tried_again(tmp_path):
    repo = Repo(tmp_path / "clone", tmp_path / "home")
    fix, fault = repo.commit({"total.py": RIGHT}), repo.commit({"total.py": WRONG})
    source = {"kind": "clone", "path": str(tmp_path / "late"), "base": fix, "head": fault}
    cases = loaded(tmp_path / "c.jsonl", tree(source=source))
    assert ran(cases, tmp_path / "r.jsonl", Scripted(sees_it)).unrunnable
    repo.path.rename(tmp_path / "late")
    again = ran(cases, tmp_path / "r.jsonl", Scripted(sees_it), resume=True)
    assert (again.before, again.done, again.unrunnable) == (0, 1, [])
    kept = read(tmp_path / "r.jsonl")
    assert ([each.unrunnable for each in kept.results], kept.superseded) == ([None], 1)


def test_tests_confirm_the_defect_and_say_which_patch_mends_it(tmp_path):
    cases = loaded(tmp_path / "c.jsonl", with_test())
    for line, verdict in (("    return sum(items)", True), ("    return sum(items[2:])", False)):
        out = tmp_path / f"{verdict}.jsonl"
        ran(cases, out, Scripted(mends_it(line)), run_tests=True)
        (result,) = results(out)
        assert (result.tests_confirmed, [each.fixes for each in result.findings]) == (
            True,
            [verdict],
        )
        assert result.findings[0].verification == "parses"


def test_tests_run_only_when_it_is_allowed(tmp_path):
    ran(
        loaded(tmp_path / "c.jsonl", with_test()),
        tmp_path / "r.jsonl",
        Scripted(mends_it("    return sum(items)")),
    )
    (result,) = results(tmp_path / "r.jsonl")
    assert (result.tests_confirmed, [each.fixes for each in result.findings]) == (None, [None])


@pytest.mark.parametrize(
    "tests",
    [
        {
            "command": ["no-such-program-here"]
        },  # fails everywhere, which does not apply to the defect
        {"command": ["true"]},
        {"command": ["true"], "files": {"total.py/below": "", "total.py": ""}},
        {"command": ["{python}", "-c", "import time; time.sleep(60)"], "timeout": 0.5},
        {
            "command": [
                "{python}",
                "-c",
                "import urllib.request as u; u.urlopen('http://127.0.0.1:9', timeout=1)",
            ]
        },
    ],
)
def test_tests_that_do_not_tell_the_sides_apart_confirm_nothing(tmp_path, tests):
    model = Scripted(mends_it("    return sum(items)"))
    ran(
        loaded(tmp_path / "c.jsonl", tree(tests=tests)), tmp_path / "r.jsonl", model, run_tests=True
    )
    (result,) = results(tmp_path / "r.jsonl")
    assert (result.tests_confirmed, [each.fixes for each in result.findings]) == (False, [None])


def test_files_of_the_tests_never_go_through_a_link_of_the_case(tmp_path):
    target = tmp_path / "outside"
    target.mkdir()
    repo = Repo(tmp_path / "clone", tmp_path / "home")
    (repo.path / "t").symlink_to(target)
    (repo.path / "check.py").symlink_to(target / "check.py")
    base = repo.commit({"total.py": RIGHT})
    head = repo.commit({"total.py": WRONG})
    case = with_test(source={"kind": "clone", "path": "clone", "base": base, "head": head})
    case["tests"]["files"]["t/more.py"] = "x = 1\n"
    ran(loaded(tmp_path / "c.jsonl", case), tmp_path / "r.jsonl", Scripted(sees_it), run_tests=True)
    assert results(tmp_path / "r.jsonl")[0].tests_confirmed is True
    assert list(target.iterdir()) == []


def test_the_reviewer_never_sees_the_files_of_the_tests(tmp_path):
    model = Scripted(sees_it)
    ran(loaded(tmp_path / "c.jsonl", with_test()), tmp_path / "r.jsonl", model, run_tests=True)
    assert not [
        prompt
        for prompt in model.prompts
        if "check.py" in prompt.user or "total([1, 2])" in prompt.user
    ]


def test_a_file_with_a_run_is_gone_on_with_only_when_that_is_asked_for(tmp_path):
    cases, out = loaded(tmp_path / "c.jsonl", tree(), CLEAN), tmp_path / "r.jsonl"
    ran(cases[:1], out, Scripted(sees_it))
    with pytest.raises(
        UsageError, match="already contains a run: continue it with --resume, or name another file"
    ):
        ran(cases, out, Scripted(sees_it))
    model = Scripted(sees_it)
    summary = ran(cases, out, model, resume=True)
    assert (summary.before, summary.done, len(model.prompts)) == (1, 1, 1)
    assert [each.case for each in results(out)] == ["clean", "sum"]


def test_a_case_that_was_changed_is_run_again(tmp_path):
    out = tmp_path / "r.jsonl"
    ran(loaded(tmp_path / "c.jsonl", tree()), out, Scripted(sees_it))
    summary = ran(
        loaded(tmp_path / "c.jsonl", tree(title="other")), out, Scripted(sees_it), resume=True
    )
    assert (summary.before, summary.done) == (0, 1)


@pytest.mark.parametrize("torn", [b'{"type":"result","case":"cle', b'{"type":"result"}', b"\xff"])
def test_a_line_that_was_not_written_to_its_end_is_dropped(tmp_path, torn):
    cases, out = loaded(tmp_path / "c.jsonl", tree(), CLEAN), tmp_path / "r.jsonl"
    ran(cases[:1], out, Scripted(sees_it))
    out.write_bytes(out.read_bytes() + torn)
    assert ran(cases, out, Scripted(sees_it), resume=True).before == 1
    assert [each.case for each in results(out)] == ["clean", "sum"]


def test_a_torn_header_is_begun_anew(tmp_path):
    cases, out = loaded(tmp_path / "c.jsonl", tree()), tmp_path / "r.jsonl"
    out.write_bytes(b'{"type":"run","schema')
    assert ran(cases, out, Scripted(sees_it), resume=True).done == 1
    assert len(results(out)) == 1


def test_other_settings_are_refused_in_one_line(tmp_path):
    cases, out = loaded(tmp_path / "c.jsonl", tree()), tmp_path / "r.jsonl"
    ran(cases, out, Scripted(sees_it))
    before = out.read_bytes()

    def refused(model=None, overrides=None, **options):
        with pytest.raises(UsageError) as raised:
            ran(cases, out, model or Scripted(sees_it), overrides=overrides, resume=True, **options)
        return raised.value.message.removeprefix(f"{out} was made with other settings ").partition(
            ":"
        )[0]

    assert refused(Scripted(sees_it, name="other")) == "(model scripted-1 there, other now)"
    assert refused(overrides={"effort": "high"}) == "(effort low there, high now)"
    thinks = Scripted(sees_it, thinks=True)
    assert refused(thinks, {"thinking": "on"}) == "(thinking off there, on now)"
    assert refused(overrides={"seed": 3}) == (
        "(settings analyzers=, cache=off there, analyzers=, cache=off, seed=3 now)"
    )
    assert refused(repeats=2) == "(repeats 1 there, 2 now)"
    assert refused(run_tests=True) == "(ran tests false there, true now)"
    assert out.read_bytes() == before
    lines = before.decode().splitlines()
    lines[0] = json.dumps({**json.loads(lines[0]), "tool_version": "0.0.1"})
    out.write_text("\n".join(lines) + "\n")
    assert refused() == f"(tool version 0.0.1 there, {__version__} now)"


def test_another_address_of_the_same_server_is_no_other_setting(tmp_path):
    cases, out = loaded(tmp_path / "c.jsonl", tree()), tmp_path / "r.jsonl"
    ran(cases, out, Scripted(sees_it), overrides={"endpoint": "http://127.0.0.1:1"})
    assert (
        ran(
            cases, out, Scripted(sees_it), overrides={"endpoint": "http://127.0.0.1:2"}, resume=True
        ).before
        == 1
    )


def test_a_file_that_is_no_run_is_left_alone(tmp_path):
    cases, out = loaded(tmp_path / "c.jsonl", tree()), tmp_path / "notes.txt"
    out.write_text("my notes\n")
    with pytest.raises(
        UsageError, match=r"notes\.txt:1 is not a line of a results file: .*; name another file"
    ):
        ran(cases, out, Scripted(sees_it), resume=True)
    assert out.read_text() == "my notes\n"
    with pytest.raises(UsageError, match=r"cannot write .*: No such file or directory"):
        ran(cases, tmp_path / "none/r.jsonl", Scripted(sees_it))


def test_a_full_disk_is_one_line_and_no_result(tmp_path):
    header = Header(
        name="",
        started="",
        tool_version="",
        engine="",
        model=None,
        model_role="none",
        effort="low",
        settings={},
        cases="",
        repeats=1,
        ran_tests=False,
    )
    said = (
        "cannot write the results: No space left on device; make room, then continue with --resume"
    )
    with (
        Path("/dev/full").open("wb", buffering=0) as full,
        pytest.raises(ReviewerError, match=said),
    ):
        Records(full, header).begin()
    with pytest.raises(UsageError, match="cannot write /dev/full: it is not a regular file"):
        ran(loaded(tmp_path / "c.jsonl", tree()), Path("/dev/full"), Scripted(sees_it))


def test_what_ends_one_case_ends_the_run_as_itself(tmp_path):
    """A task group wraps what its tasks raise; the command line knows the errors themselves."""
    out = tmp_path / "r.jsonl"
    with pytest.raises(UsageError, match="the model says no"):
        ran(
            loaded(tmp_path / "c.jsonl", tree(), CLEAN),
            out,
            Scripted(lambda prompt: UsageError("the model says no")),
        )
    assert results(out) == []


def test_two_runs_do_not_write_one_file(tmp_path):
    cases, out = loaded(tmp_path / "c.jsonl", tree()), tmp_path / "r.jsonl"
    with out.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(UsageError, match=r"another run is writing .*r\.jsonl: wait for it"):
            ran(cases, out, Scripted(sees_it))


def test_without_an_engine_nothing_is_run_or_written(tmp_path):
    cases, out = loaded(tmp_path / "c.jsonl", tree()), tmp_path / "r.jsonl"

    class Down(Scripted):
        def choose(self, problem="", failure=None):
            return super().choose(
                "nothing answers", EngineUnreachable("nothing answers at http://127.0.0.1:1")
            )

    class Nothing(Scripted):
        def choose(self, problem="", failure=None):
            return super().choose("no model was found, so only analyzers ran")

    with pytest.raises(EngineUnreachable, match="nothing answers at"):
        ran(cases, out, Down())
    with pytest.raises(
        EngineError,
        match=r"no model was found: start one .* measure the analyzers alone with --no-",
    ):
        ran(cases, out, Nothing())
    assert not out.exists()


def test_an_engine_that_dies_ends_the_run_and_costs_no_result(tmp_path):
    cases, out = (
        loaded(tmp_path / "c.jsonl", *(tree(f"case-{number}") for number in range(4))),
        tmp_path / "r.jsonl",
    )
    calls = iter(range(9))

    def dies(prompt):
        return sees_it(prompt) if next(calls) < 2 else EngineUnreachable("the server has gone.")

    with pytest.raises(EngineError) as raised:
        ran(cases, out, Scripted(dies), jobs=1)
    assert (raised.value.message, raised.value.exit_code) == (
        "the server has gone; 2 of 4 results are kept: continue with --resume",
        4,
    )
    assert [each.case for each in results(out)] == ["case-0", "case-1"]
    summary = ran(cases, out, Scripted(sees_it), resume=True)
    assert (summary.before, summary.done) == (2, 2)
    assert [(each.case, each.outcome) for each in results(out)] == [
        (f"case-{n}", "completed") for n in range(4)
    ]


def test_one_case_that_the_engine_refuses_is_a_failed_result(tmp_path):
    cases, out = (
        loaded(tmp_path / "c.jsonl", tree("bad", head=WRONG + "\n# poison\n"), tree("good")),
        tmp_path / "r",
    )

    def refuses(prompt):
        return EngineError("HTTP 500") if "poison" in prompt.user else sees_it(prompt)

    ran(cases, out, Scripted(refuses))
    assert [(each.case, each.outcome, each.unreviewed) for each in results(out)] == [
        ("bad", "failed", 1),
        ("good", "completed", 0),
    ]


def test_settings_that_no_review_takes_end_the_run(tmp_path):
    with pytest.raises(ConfigError, match="command line: timeout: "):
        ran(
            loaded(tmp_path / "c.jsonl", tree()),
            tmp_path / "r.jsonl",
            Scripted(),
            overrides={"timeout": -1.0},
        )


def test_so_many_cases_at_once(tmp_path):
    class Busy(Scripted):
        now, most = 0, 0

        async def complete(self, prompt, schema, *, thinking=0, first_token=lambda: None):
            self.now += 1
            self.most = max(self.most, self.now)
            try:
                while self.most < wanted:
                    await asyncio.sleep(0.01)
                return await super().complete(prompt, schema, first_token=first_token)
            finally:
                self.now -= 1

    cases = loaded(tmp_path / "c.jsonl", *(tree(f"case-{number}") for number in range(4)))
    for wanted in (1, 3):
        model = Busy(sees_it)
        ran(cases, tmp_path / f"{wanted}.jsonl", model, jobs=wanted)
        assert model.most == wanted


def test_a_case_whose_time_is_over_does_not_spoil_the_others(tmp_path):
    """Ending a review kills every program of this process, such as the git of the review beside
    it."""

    class Slow(Scripted):
        async def complete(self, prompt, schema, *, thinking=0, first_token=lambda: None):
            if "SLOW" in prompt.user:
                await asyncio.sleep(60)
            return await super().complete(prompt, schema, first_token=first_token)

    slow = tree("slow", head=WRONG + "\nSLOW = 1\n")
    cases = loaded(tmp_path / "c.jsonl", slow, *(tree(f"case-{number}") for number in range(8)))
    ran(cases, tmp_path / "r.jsonl", Slow(sees_it), jobs=2, overrides={"timeout": 5})
    assert [
        (each.case, each.outcome, len(each.findings)) for each in results(tmp_path / "r.jsonl")
    ] == [
        *((f"case-{number}", "completed", 1) for number in range(8)),
        ("slow", "failed", 0),
    ]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_what_is_finished_when_the_user_stops_is_kept(tmp_path, number, code):
    cases, out = (
        loaded(tmp_path / "c.jsonl", *(tree(f"case-{number}") for number in range(3))),
        tmp_path / "r.jsonl",
    )
    calls = iter(range(9))

    def stops(prompt):
        if next(calls) == 1:
            os.kill(os.getpid(), number)
        return sees_it(prompt)

    before = signal.getsignal(number)
    with pytest.raises(Interrupted) as raised:
        ran(cases, out, Scripted(stops, delay=0.1), jobs=1)
    assert (raised.value.message, raised.value.exit_code) == (
        "interrupted after 1 of 3: continue with --resume",
        code,
    )
    assert [each.case for each in results(out)] == ["case-0"]
    assert signal.getsignal(number) is before


def test_cases_are_selected_by_id_tag_language_and_kind(tmp_path):
    js = tree("js", language="javascript", tags=["cross-file"])
    cases = loaded(tmp_path / "c.jsonl", tree("one"), js, CLEAN)

    def ids(only=(), limit=None):
        return [each.case.id for each in select(cases, only, limit)]

    assert ids() == ["one", "js", "clean"]
    assert (ids(["one"]), ids(["cross-file"]), ids(["clean"]), ids(["python"])) == (
        ["one"],
        ["js"],
        ["clean"],
        ["one", "clean"],
    )
    assert (ids(["javascript", "one"], 1), ids(limit=2)) == (["one"], ["one", "js"])
    with pytest.raises(UsageError, match="--only rust: no case has that id, tag or language"):
        ids(["one", "rust"])


def test_settings_of_the_user_that_name_the_engine_count_and_noise_controls_do_not(tmp_path):
    from reviewer.lab.evals.running import settings_of

    user = tmp_path / "config.toml"
    user.write_text(
        'model = "gemma4"\nmin-severity = "critical"\nexclude = ["*.py"]\nbaseline = "b.json"\n'
    )
    settings, values = settings_of({"effort": "high"}, user)
    assert values == {"model": "gemma4", "effort": "high", "cache": "off"}
    assert (settings.model, settings.min_severity, settings.exclude, settings.baseline) == (
        "gemma4",
        None,
        (),
        None,
    )


def test_a_file_without_a_line_break_is_no_run_either(tmp_path):
    out = tmp_path / "notes.txt"
    for text in ("my notes", '{"type":"result","case"'):
        out.write_text(text)
        with pytest.raises(
            UsageError, match=r"notes\.txt is not a results file: name another file"
        ):
            ran(loaded(tmp_path / "c.jsonl", tree()), out, Scripted(sees_it), resume=True)
        assert out.read_text() == text


def test_a_case_that_was_mended_is_not_named_any_more(tmp_path):
    out = tmp_path / "r.jsonl"
    gone = {"kind": "clone", "path": "none", "base": "a" * 40, "head": "b" * 40}
    ran(loaded(tmp_path / "c.jsonl", tree(source=gone)), out, Scripted(sees_it))
    summary = ran(loaded(tmp_path / "c.jsonl", tree()), out, Scripted(sees_it), resume=True)
    assert (summary.done, summary.unrunnable) == (1, [])


def test_a_name_that_is_too_long_is_one_line(tmp_path):
    with pytest.raises(UsageError, match=r"cannot write .*: File name too long"):
        ran(loaded(tmp_path / "c.jsonl", tree()), tmp_path / ("a" * 300), Scripted(sees_it))


def test_tests_that_take_longer_than_a_review_do_not_make_the_others_begin_again(tmp_path):
    """What counts is the time of the review, not that of the tests after it."""
    slow = with_test("slow")
    slow["tests"]["command"] = ["sh", "-c", "sleep 7; exit 1"]
    model = Scripted(sees_it)
    cases = loaded(tmp_path / "c.jsonl", slow, *(tree(f"case-{number}") for number in range(6)))
    ran(cases, tmp_path / "r.jsonl", model, jobs=2, run_tests=True, overrides={"timeout": 5})
    assert len(results(tmp_path / "r.jsonl")) == len(model.prompts) == 7


def test_a_second_signal_before_the_first_is_seen_does_no_harm(tmp_path):
    """It ends the process at once, as it says, instead of stopping what is stopped already."""
    script = tmp_path / "twice.py"
    script.write_text(
        "import asyncio, os, signal\n"
        "from reviewer.lab.evals.running import _signals\n"
        "async def main():\n"
        "    loop = asyncio.get_running_loop()\n"
        "    with _signals(loop, loop.create_future()):\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "        await asyncio.sleep(1)\n"
        "asyncio.run(main())\n"
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stderr) == (130, "")
