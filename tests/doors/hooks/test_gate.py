"""What a hook decides, with a scripted model on a real repository."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest
from support.hooking import broken, told, with_remote
from support.patience import long_enough
from support.repo import Repo
from support.scripted import Scripted, finding, reply

from reviewer.doors.hooks import Policy, Subject, report
from reviewer.doors.hooks.gate import decide, review_subjects
from reviewer.errors import EngineUnreachable
from reviewer.types import Scope

DOWN = "nothing answers at http://127.0.0.1:9"
BAD = "the model's reply could not be used: the reply holds no JSON object"


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
    made = with_remote(tmp_path)
    made.commit({"a.py": "def f(x):\n    return x + 1\n"})
    monkeypatch.setenv("HOME", str(made.home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(made.home / ".config"))
    return made


def run(
    repo: Repo,
    model: Scripted,
    policy: Policy,
    *names: str,
    hook="pre-push",
    problem="",
    failure=None,
    **env: str,
):
    """(exit code, the lines that are said)"""
    subjects = [
        Subject(name, Scope("range", rev="main..work"), "reviewer --range …")
        for name in names or ("work",)
    ]
    choose = model.choose(problem, failure)
    seen = review_subjects(
        repo.path, hook, subjects, policy, {"HOME": str(repo.home), **env}, choose=choose
    )
    return decide(seen, policy), told(report.lines(hook, seen, policy))


def saying(severity: str = "major", **fields: object) -> Scripted:
    return Scripted(
        lambda prompt: reply(finding("return x + 1", "a.py", severity=severity, **fields))
    )


MORE_ANYWAY = "  {verb} anyway:  git {verb} --no-verify, or REVIEWER_SKIP=1 git {verb}"
STOPPED = ["  details:  reviewer --range …", MORE_ANYWAY.format(verb="push")]
MORE = [STOPPED[0], '  dismiss:  reviewer findings dismiss ID --reason "why"', STOPPED[1]]
MAJOR = "  MAJOR     a.py:2  It is wrong"


def test_nothing_found(repo):
    assert run(repo, Scripted(), Policy()) == (0, ["reviewer: work: No issues found in 1 file"])
    assert run(repo, Scripted(), Policy(), hook="pre-commit") == (0, [])


def test_a_finding_blocks(repo):
    blocked = (1, ["reviewer: push blocked: work: 1 finding at or above major", MAJOR, *MORE])
    assert run(repo, saying(), Policy()) == blocked
    code, lines = run(repo, saying(), Policy(), hook="pre-commit")
    assert (code, lines[0], lines[-1]) == (
        1,
        "reviewer: commit blocked: work: 1 finding at or above major",
        MORE_ANYWAY.format(verb="commit"),
    )


def test_a_finding_below_the_gate_is_said(repo):
    said = ["reviewer: work: 1 finding in 1 file: 1 minor; see: reviewer --range …"]
    assert run(repo, saying("minor"), Policy()) == (0, said)
    assert run(repo, saying(), Policy("critical"))[0] == 0


@pytest.mark.parametrize(
    ("policy", "user", "repository", "environ", "code"),
    [
        (None, None, None, None, 0),
        ("minor", None, None, None, 1),
        (None, "minor", None, None, 1),
        (None, None, "minor", None, 1),
        (None, None, None, "minor", 1),
        (None, None, "critical", "minor", 1),
        ("critical", "minor", "minor", "minor", 0),  # what the hook was given is the last word
    ],
)
def test_where_the_gate_comes_from(repo, policy, user, repository, environ, code):
    if user:
        with (repo.home / ".config/gemma-reviewer/config.toml").open("a") as file:
            file.write(f'fail-on = "{user}"\n')
    if repository:
        repo.git("checkout", "-q", "main")
        repo.commit({".reviewer.toml": f'fail-on = "{repository}"\n'})
        repo.git("checkout", "-q", "work")
        repo.git("rebase", "-q", "main")
    assert (
        run(
            repo,
            saying("minor"),
            Policy(policy),
            **({"REVIEWER_FAIL_ON": environ} if environ else {}),
        )[0]
        == code
    )


def test_a_repository_cannot_loosen_the_gate(repo):
    repo.git("checkout", "-q", "main")
    repo.commit({".reviewer.toml": 'fail-on = "critical"\n'})
    repo.git("checkout", "-q", "work")
    repo.git("rebase", "-q", "main")
    assert run(repo, saying(), Policy())[0] == 1


@pytest.mark.parametrize("failure", [None, EngineUnreachable(DOWN)])
def test_a_server_that_is_down(repo, failure):
    down = {"problem": DOWN, "failure": failure}
    line = f"reviewer: analyzers only: {DOWN}"
    assert run(repo, Scripted(), Policy(), **down) == (0, [line])
    assert run(repo, Scripted(), Policy(on_server_down="skip"), **down) == (0, [])
    blocked = f"reviewer: push blocked: work: analyzers only: {DOWN}"
    assert run(repo, Scripted(), Policy(on_server_down="block"), **down) == (1, [blocked, *STOPPED])


@pytest.mark.parametrize("policy", ["warn", "skip", "block"])
def test_the_analyzers_gate_applies_while_the_server_is_down(repo, policy):
    repo.commit({"a.py": broken()})
    code, lines = run(repo, Scripted(), Policy(on_server_down=policy), problem=DOWN)
    assert (code, lines[0], lines[1]) == (
        1,
        "reviewer: push blocked: work: 1 finding at or above major",
        "  MAJOR     a.py:2  Undefined name `nowhere`.",
    )
    assert (DOWN in "".join(lines)) == (policy != "skip")


@pytest.mark.fault(
    "verdict",
    "a file that its analyzers fail on, in a hook without a model",
    "the hook stops git, whatever it does when no model answers, and names the file",
)
@pytest.mark.parametrize("hook", ["pre-push", "pre-commit"])
@pytest.mark.parametrize("policy", ["warn", "skip", "block"])
def test_a_file_that_the_analyzers_fail_on_while_the_server_is_down(repo, policy, hook):
    verb = hook.removeprefix("pre-")
    repo.commit({"evil.py": "-" * 90_000 + "1\n"})
    policy = Policy(on_server_down=policy)
    code, lines = run(repo, Scripted(), policy, hook=hook, problem=DOWN)
    assert (code, lines[0], lines[-1]) == (
        1,
        f"reviewer: {verb} blocked: work: an analyzer failed on 1 file that no model has read"
        " either: evil.py",
        MORE_ANYWAY.format(verb=verb),
    )
    assert len([line for line in lines if "cannot read evil.py" in line]) == 1
    repo.commit({"b.py": broken()})
    code, lines = run(repo, Scripted(), policy, hook=hook, problem=DOWN)
    assert (code, lines[1]) == (1, "  MAJOR     b.py:2  Undefined name `nowhere`.")
    assert f"{verb} blocked: work: an analyzer failed on 1 file" in "".join(lines)


def test_a_hook_without_a_model_stops_at_a_file_that_the_analyzers_fail_on(repo):
    repo.commit({"evil.py": "-" * 90_000 + "1\n"})
    assert run(repo, Scripted(), Policy(model=False))[0] == 1
    repo.commit({"evil.py": "x = 1\n"})
    assert run(repo, Scripted(), Policy(model=False))[0] == 0


def test_no_change_needs_no_server(repo):
    repo.git("checkout", "-q", "main")
    repo.git("branch", "-q", "-f", "work", "main")
    assert run(repo, Scripted(), Policy(on_server_down="block"), problem=DOWN) == (
        0,
        ["reviewer: work: Nothing to review"],
    )


def test_a_smoke_model_is_no_model(repo):
    smoke = saying("critical")
    smoke.role = "smoke"
    code, lines = run(repo, smoke, Policy("info"))
    assert (code, smoke.prompts) == (0, [])
    assert lines == [
        "reviewer: analyzers only: a smoke model cannot gate: get a real one with `reviewer model"
        " pull`, or name a server with --endpoint URL"
    ]
    assert run(repo, smoke, Policy(on_server_down="block"))[0] == 1


def test_a_model_that_fails_on_the_way(repo):
    bad = Scripted(lambda prompt: "no JSON at all")
    code, lines = run(repo, bad, Policy())
    assert (code, lines) == (
        0,
        [f"reviewer: work: the only file was not reviewed ({BAD})"],
    )
    assert run(repo, bad, Policy(on_server_down="skip"))[1] == lines
    code, lines = run(repo, bad, Policy(on_server_down="block"))
    assert (code, lines[0]) == (
        1,
        f"reviewer: push blocked: work: the only file was not reviewed ({BAD})",
    )
    dead = Scripted(lambda prompt: EngineUnreachable(DOWN))
    assert run(repo, dead, Policy(on_server_down="skip")) == (0, [])
    code, lines = run(repo, dead, Policy())
    assert (code, len(lines), DOWN in lines[0]) == (0, 1, True)


def test_what_was_found_before_the_end_is_said(repo):
    repo.commit({"b.py": "y = 1\n"})
    half = Scripted(
        lambda prompt: (
            reply(finding("return x + 1", "a.py", severity="minor"))
            if "x + 1" in prompt.user
            else "no JSON"
        )
    )
    assert run(repo, half, Policy()) == (
        0,
        [
            f"reviewer: work: 1 of 2 files was not reviewed ({BAD})",
            "reviewer: work: 1 finding so far; see: reviewer --range …",
        ],
    )


def test_several_subjects_are_one_report(repo):
    code, lines = run(repo, saying(), Policy(), "one", "two")
    blocked = [
        [f"reviewer: push blocked: {name}: 1 finding at or above major", MAJOR]
        for name in ("one", "two")
    ]
    assert (code, lines) == (1, [*blocked[0], *blocked[1], *MORE])
    assert run(repo, Scripted(), Policy(), "one", "two", problem=DOWN) == (
        0,
        [f"reviewer: analyzers only: {DOWN}"],
    )


def test_the_time_is_for_everything_together(repo):
    slow = Scripted(delay=30)
    given = []

    def attempt(limit):
        given.append(limit)
        return run(repo, slow, Policy(timeout=limit), "one", "two")

    code, lines = long_enough(attempt, lambda done: slow.prompts)
    assert code == 0
    assert lines == [
        "reviewer: one: the only file was not reviewed (out of time)",
        f"reviewer: two: not reviewed: the {given[-1]:g} s of --timeout expired before this review"
        " began",
    ]
    assert decide(review_subjects(repo.path, "pre-push", [], Policy(), {}), Policy()) == 0


@pytest.mark.parametrize(
    ("fault", "code", "said"),
    [
        ({"REVIEWER_TIMEOUT": "soon"}, 2, "reviewer: work: environment: timeout: "),
        ({"REVIEWER_FAIL_ON": "\x1b[2J"}, 2, "reviewer: work: environment: fail-on: "),
    ],
)
def test_wrong_settings_stop_git(repo, fault, code, said):
    result, lines = run(repo, Scripted(), Policy(), **fault)
    assert (result, len(lines)) == (code, 2)
    assert lines[0].startswith(said)
    assert lines[1] == "reviewer: push stopped; to skip the review: git push --no-verify"


def test_what_cannot_be_reviewed_at_all(repo):
    subject = Subject("work", Scope("range", rev="gone..work"), "reviewer --range …")

    def said(policy: Policy):
        seen = review_subjects(
            repo.path, "pre-push", [subject], policy, {}, choose=Scripted().choose()
        )
        return decide(seen, policy), report.lines("pre-push", seen, policy)

    line = "no such commit: gone; name an existing branch, tag or commit with --range"
    assert said(Policy()) == (0, [f"reviewer: work: not reviewed: {line}"])
    assert said(Policy(on_server_down="block")) == (
        1,
        [f"reviewer: push blocked: work: not reviewed: {line}", *STOPPED],
    )


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_stopped(repo, number, code):
    slow = Scripted(delay=30)
    timer = threading.Timer(0.8, os.kill, (os.getpid(), number))
    timer.start()
    result, lines = run(repo, slow, Policy(), "one", "two")
    timer.join()
    assert (result, len(lines)) == (code, 2)
    assert lines[0].startswith("reviewer: one: ")
    assert "interrupted" in lines[0]
    assert lines[1] == "reviewer: push stopped; to skip the review: git push --no-verify"
