"""The command as a user or an agent starts it: a real process, a real repository, a scripted
server."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import jsonschema
import pytest
from support import forked
from support.patience import long_enough
from support.repo import Repo
from support.scripted import NOTHING, finding, reply
from support.server import Server, close, drip, http, reset, sse, stall, status

from reviewer import config
from reviewer.cli import schema
from reviewer.doors import tui

MODELS = {
    "/v1/models": {"data": [{"id": "gemma-4-12b", "owned_by": "vllm", "max_model_len": 8192}]},
    "/version": {"version": "0.33.0"},
}
VALIDATOR = jsonschema.Draft202012Validator(schema.generate("event"))


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = Repo(tmp_path / "repo", tmp_path / "home")
    made.commit({"a.py": "def f(x):\n    return x\n"})
    made.git("checkout", "-q", "-b", "work")
    made.write("a.py", "def f(x):\n    return x + 1\n")
    return made


def start(repo: Repo, *args: str, **env: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "reviewer", *args],
        cwd=repo.path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **env},
    )


def review(repo: Repo, *args: str, stdin: bytes = b"", **env: str) -> tuple[int, str, str]:
    done = forked.run(*args, cwd=repo.path, env={**os.environ, **env}, stdin=stdin)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def agent(repo: Repo, *args: str, **env: str) -> tuple[int, list[dict], str]:
    """Exit code, events (each valid, exactly one last), stderr."""
    code, out, err = review(
        repo, "--agent", "--effort", "low", "--analyzers", "conflict", *args, **env
    )
    return code, checked(out), err


def checked(out: str) -> list[dict]:
    assert out.endswith("\n")
    lines = [json.loads(line) for line in out[:-1].split("\n")]
    for line in lines:
        VALIDATOR.validate(line)
    assert [line["type"] in ("complete", "error") for line in lines] == [False] * (
        len(lines) - 1
    ) + [True]
    return lines


def told(lines: list[dict]) -> list[dict]:
    """Without heartbeats, which come with time."""
    return [line for line in lines if line["type"] != "heartbeat"]


NOTHING_FOUND = "reviewer: Analyzers found nothing in 1 file; no model reviewed it\n"
WRONG = reply(finding("    return x + 1", "a.py"))


def test_an_agent_gets_events_and_nothing_else(repo: Repo):
    with Server(chat=[sse(WRONG)], get=MODELS) as server:
        code, lines, err = agent(repo, "--endpoint", server.url)
    assert (code, err) == (0, "")
    lines = told(lines)
    assert [line["type"] for line in lines] == [
        "review_context",
        "status",
        "status",
        "status",
        "finding",
        "status",
        "complete",
    ]
    assert (lines[0]["engine"], lines[0]["model"]) == ("vllm", "gemma-4-12b")
    assert (lines[4]["fileName"], lines[4]["startLine"]) == ("a.py", 2)
    assert lines[-1]["message"] == "Review completed"


def test_a_person_gets_a_report(repo: Repo):
    with Server(chat=[sse(WRONG)], get=MODELS) as server:
        code, out, err = review(
            repo, "--endpoint", server.url, "--analyzers", "conflict", "--fail-on", "major"
        )
    assert code == 1
    assert "MAJOR" in out
    assert "a.py:2" in out
    assert "\x1b" not in out + err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        pytest.param([sse(NOTHING[:9])], "bad_reply", id="cut JSON"),
        pytest.param([http(200, b"<html>hello</html>", "text/html")], "model_error", id="HTML"),
        pytest.param([status(500, "CUDA out of memory")], "model_error", id="500"),
        pytest.param([status(429, "slow down", retry_after="0")], "model_error", id="429"),
        pytest.param([stall], "timeout", id="stall"),
        pytest.param([drip], "timeout", id="drip"),
        pytest.param([reset], "model_error", id="reset"),
        pytest.param([close], "model_error", id="closed"),
        pytest.param([status(401, "bad key")], "model_error", id="401"),
        pytest.param([sse("")], "model_error", id="empty"),
    ],
)
def test_a_server_at_fault_ends_in_a_truthful_complete_within_the_deadline(
    repo: Repo, answers, reason: str
):
    def attempt(limit: float) -> tuple[int, dict, bool]:
        with Server(chat=answers, get=MODELS) as server:
            code, lines, _ = agent(repo, "--endpoint", server.url, "--timeout", str(limit))
            return code, lines[-1], bool(server.chats)

    code, complete, _ = long_enough(
        attempt, lambda done: done[2], first=2 if reason == "timeout" else 120
    )
    assert (code, complete["type"], complete["outcome"]) == (3, "complete", "failed")
    assert complete["unreviewedFiles"][0]["reason"] in (
        reason,
        "bad_reply" if reason == "model_error" else reason,
    )


def test_faults_that_pass_are_survived(repo: Repo):
    with Server(chat=[status(503), reset, sse(WRONG)], get=MODELS) as server:
        code, lines, _ = agent(repo, "--endpoint", server.url)
    assert (code, lines[-1]["outcome"], lines[-1]["findings"]) == (0, "completed", 1)


def test_a_dead_port(repo: Repo):
    code, lines, err = agent(repo, "--endpoint", "http://127.0.0.1:9")
    assert (code, err) == (3, "")
    assert lines[-1]["unreviewedFiles"] == [{"fileName": "a.py", "reason": "model_error"}]
    assert "127.0.0.1:9" in lines[-1]["message"]
    assert "reviewer doctor" in lines[-1]["message"]


def test_no_model_at_all(repo: Repo):
    code, lines, _ = agent(repo, "--no-model")
    assert (code, lines[-1]["outcome"], lines[0]["modelRole"]) == (0, "completed", "none")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signals_end_the_stream_properly_and_abort_the_request(repo: Repo, number: int, code: int):
    with Server(chat=[stall], get=MODELS) as server:
        process = start(repo, "--agent", "--analyzers", "conflict", "--endpoint", server.url)
        deadline = time.monotonic() + 30
        while not server.chats and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
        while server.live and time.monotonic() < deadline:
            time.sleep(0.02)
        assert server.live == 0
    lines = checked(out.decode())
    assert (process.returncode, lines[-1]["exitCode"], err) == (code, code, b"")
    assert lines[-1]["unreviewedFiles"] == [{"fileName": "a.py", "reason": "interrupted"}]


def test_a_reader_that_goes_away_ends_it_quietly(repo: Repo):
    with (
        Server(chat=[sse(WRONG)], get=MODELS) as server,
        start(repo, "--agent", "--analyzers", "conflict", "--endpoint", server.url) as process,
    ):
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        err = process.stderr.read()
    assert (process.returncode, err) == (4, b"")


@pytest.mark.parametrize("args", [["--format", "json"], ["--format", "terminal"], ["--agent"]])
@pytest.mark.parametrize(("target", "said"), [("/dev/full", "No space left on device"), (None, "")])
def test_a_report_that_cannot_be_written_is_no_verdict(
    repo: Repo, args: list[str], target: str | None, said: str
):
    """Exit code 1 would say that there are findings."""
    read, write = os.pipe()
    os.close(read)
    command = [
        sys.executable,
        "-m",
        "reviewer",
        "--no-model",
        "--quiet",
        "--analyzers",
        "conflict",
        *args,
    ]
    with os.fdopen(write, "wb") as closed, Path(target or os.devnull).open("wb") as full:
        done = subprocess.run(
            command,
            cwd=repo.path,
            stdout=full if target else closed,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    assert (done.returncode, done.stderr) == (
        4,
        f"reviewer: cannot write the report: {said}\n" if said else "",
    )


def test_a_report_in_the_workspace_is_never_reviewed(repo: Repo):
    for _ in range(2):
        options = (
            "--no-model",
            "--analyzers",
            "conflict",
            "-q",
            "--format",
            "json",
            "-o",
            "html=r.html",
        )
        code, out, _ = review(repo, *options, "-o", "review.json")
        assert (code, json.loads(out)["complete"]["reviewedFiles"]) == (0, ["a.py"])
    assert sorted(path.name for path in repo.path.iterdir()) == [
        ".git",
        "a.py",
        "r.html",
        "review.json",
    ]
    assert json.loads((repo.path / "review.json").read_text())["complete"]["reviewedFiles"] == [
        "a.py"
    ]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (
            ["--staged", "--committed"],
            "--staged and --committed exclude each other: give one scope",
        ),
        (["--base", "nowhere"], "--base"),
        (["--engine", "gpt"], "Invalid value for '--engine'"),
        (["--no-such-option"], "No such option"),
        (["--no-model", "--no-analyzers"], "exclude each other: nothing could review the change"),
        (["--analyzers", "nonsense"], "nonsense"),
        (["--range", "a"], "a"),
    ],
)
def test_what_cannot_be_done_is_one_event_or_one_line(repo: Repo, args: list[str], message: str):
    code, out, err = review(repo, "--agent", *args)
    assert code in (2, 4)
    last = checked(out)[-1]
    assert (last["type"], err) == ("error", "")
    assert message in last["message"]
    human, out, err = review(repo, *args, "--quiet")
    assert human == code
    assert message in err + out.replace("\n  ", " ")
    assert "Traceback" not in err + out


def test_outside_a_repository(tmp_path: Path):
    class Nowhere:
        path = tmp_path

    code, out, err = review(Nowhere(), "--agent")
    assert (code, checked(out)[-1]["errorType"], err) == (4, "no_repository", "")


def test_a_patch_without_a_repository(tmp_path: Path, repo: Repo):
    patch = repo.git("diff").encode()

    class Nowhere:
        path = tmp_path / "elsewhere"

    Nowhere.path.mkdir()
    with Server(chat=[sse(WRONG)], get=MODELS) as server:
        code, out, _ = review(
            Nowhere(),
            "--diff",
            "-",
            "--agent",
            "--endpoint",
            server.url,
            "--analyzers",
            "conflict",
            stdin=patch,
        )
    lines = checked(out)
    assert (code, lines[0]["scope"]["kind"], lines[0]["baseCommit"]) == (0, "diff", None)
    assert [line["startLine"] for line in lines if line["type"] == "finding"] == [2]


def test_the_flags_of_the_coderabbit_cli_work_unchanged(repo: Repo):
    (repo.path / "GUIDE.md").write_text("Be strict.")
    (repo.path / "sub").mkdir()
    repo.write("sub/b.py", "b = 1\n")
    args = ["--type", "uncommitted", "--base-commit", repo.head(), "--no-color"]
    code, _, _ = review(repo, *args)
    assert code == 2  # a base makes no sense for uncommitted changes
    with Server(chat=[sse(NOTHING)], get=MODELS) as server:
        code, lines, _ = agent(
            repo,
            "--endpoint",
            server.url,
            "--type",
            "all",
            "--base-commit",
            repo.head(),
            "-c",
            "GUIDE.md",
            "--no-color",
        )
        assert code == 0
        assert "Be strict." in server.chats[0].body["messages"][1]["content"]
        assert lines[0]["reviewType"] == "all"
        code, lines, _ = agent(
            repo, "--endpoint", server.url, "--dir", "sub", "--include-untracked"
        )
    assert lines[-1]["reviewedFiles"] == ["sub/b.py"]


def test_prompt_only_prints_instructions(repo: Repo):
    with Server(chat=[sse(WRONG)], get=MODELS) as server:
        code, out, _ = review(
            repo, "--prompt-only", "--endpoint", server.url, "--analyzers", "conflict", "-q"
        )
    assert code == 0
    assert "Review comment at @a.py at line 2:" in out


def test_several_outputs_at_once(repo: Repo, tmp_path: Path):
    with Server(chat=[sse(WRONG)], get=MODELS) as server:
        code, out, _ = review(
            repo,
            "--endpoint",
            server.url,
            "--analyzers",
            "conflict",
            "--format",
            "json",
            "-o",
            f"ndjson={tmp_path / 'e.ndjson'}",
            "-o",
            str(tmp_path / "r.txt"),
            "-o",
            str(tmp_path / "r.HTM"),
        )
    assert code == 0
    assert (tmp_path / "r.HTM").read_text().startswith("<!doctype html>")
    report = json.loads(out)
    jsonschema.validate(report, schema.generate("report"))
    assert len(told(checked((tmp_path / "e.ndjson").read_text()))) == 7
    assert "MAJOR" in (tmp_path / "r.txt").read_text()


def test_an_output_that_cannot_be_written_is_said_before_the_review(repo: Repo, tmp_path: Path):
    path = tmp_path / "none/x.json"
    code, _, err = review(repo, "-o", f"json={path}")
    assert (code, err) == (
        2,
        (
            f"reviewer: -o json={path}: cannot write {path}: No such file or directory;"
            " give another file\n"
        ),
    )


@pytest.mark.fault(
    "screen",
    "-o report.html without a format, or a file name that tells none",
    "the ending names the format; where it names none, exit 2 says how to name one",
)
@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("r.docx", "no format ends in .docx; name one with -o FORMAT=r.docx"),
        ("report", "its name tells no format; name one with -o FORMAT=report"),
        ("/dev/stderr", "its name tells no format; name one with -o FORMAT=/dev/stderr"),
        ("a\x1b.x\x1b", "no format ends in .x\\u{1b}; name one with -o FORMAT=a\\u{1b}.x\\u{1b}"),
    ],
)
def test_a_file_that_names_no_format_is_an_error(repo: Repo, given: str, said: str):
    code, out, err = review(repo, "-o", given)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert f": {said}, where FORMAT is one of terminal, ndjson, json, " in err


@pytest.mark.fault(
    "screen",
    "-o - or -o json=-, for standard output",
    "exit 2 names --format; no file named - is written",
)
@pytest.mark.parametrize("given", ["-", "json=-"])
def test_a_dash_is_no_file(repo: Repo, given: str):
    said = f"reviewer: -o {given}: it writes files; use --format FORMAT for standard output\n"
    assert review(repo, "-o", given) == (2, "", said)
    assert not (repo.path / "-").exists()


@pytest.mark.fault(
    "files",
    "a run writes its report into the worktree that the next run reviews",
    "the report is skipped, named as such; another file of that name is reviewed",
)
def test_reports_are_not_reviewed_by_the_next_run(repo: Repo):
    code, *_ = review(repo, "--no-model", "-o", "out.html", "-o", "sarif=out.json", "-q")
    assert code == 0
    with (repo.path / "shell.txt").open("wb") as shell:
        subprocess.run(
            [sys.executable, "-m", "reviewer", "--no-model"],
            cwd=repo.path,
            stdout=shell,
            stderr=subprocess.DEVNULL,
            check=True,
        )
    (repo.path / "out.json").write_text("{}\n")
    _, lines, _ = agent(repo, "--no-model")
    last = lines[-1]
    shell_too = ["shell.txt"] if Path("/proc/self/fd/1").is_symlink() else []
    assert sorted(last["reviewedFiles"]) == [
        "a.py",
        "out.json",
        *([] if shell_too else ["shell.txt"]),
    ]
    assert last["skippedFiles"] == [
        {"fileName": name, "reason": "excluded", "detail": "written by reviewer"}
        for name in ["out.html", *shell_too]
    ]


def test_a_file_that_a_report_is_appended_to_is_reviewed(repo: Repo):
    (repo.path / "notes.txt").write_text("mine\n")
    for _ in range(2):
        with (repo.path / "notes.txt").open("ab") as notes:
            subprocess.run(
                [sys.executable, "-m", "reviewer", "--no-model", "--format", "ndjson"],
                cwd=repo.path,
                stdout=notes,
                stderr=subprocess.DEVNULL,
                check=True,
            )
    last = json.loads((repo.path / "notes.txt").read_text().splitlines()[-1])
    assert (sorted(last["reviewedFiles"]), last["skippedFiles"]) == (["a.py", "notes.txt"], [])


def test_two_outputs_cannot_share_a_file_and_a_killed_run_leaves_none(repo: Repo, tmp_path: Path):
    target = tmp_path / "r.json"
    code, _, err = review(repo, "-o", f"json={target}", "-o", f"sarif={tmp_path}/./r.json")
    assert (code, err) == (2, "reviewer: -o: two outputs write the same file: give each its own\n")
    with Server(chat=[stall], get=MODELS) as server:
        process = start(
            repo, "--endpoint", server.url, "--analyzers", "conflict", "-o", f"json={target}"
        )
        deadline = time.monotonic() + 30
        while not server.chats and time.monotonic() < deadline:
            time.sleep(0.02)
        process.kill()
        process.communicate()
    assert not target.exists()


def test_the_worktree_and_the_repository_stay_as_they_are(repo: Repo):
    def state():
        files = {p: p.read_bytes() for p in sorted(repo.path.rglob("*")) if p.is_file()}
        return files, repo.git("status", "--porcelain=v2")

    before = state()
    with Server(chat=[sse(WRONG)], get=MODELS) as server:
        review(repo, "--agent", "--endpoint", server.url)
    assert state() == before


def test_the_key_is_sent_and_never_shown(repo: Repo):
    with Server(chat=[status(401, "wrong key s3cr3t-key")], get=MODELS) as server:
        code, lines, err = agent(repo, "--endpoint", server.url, REVIEWER_API_KEY="s3cr3t-key")
        assert server.asked[0].headers["authorization"] == "Bearer s3cr3t-key"
    assert code == 3
    assert "s3cr3t" not in json.dumps(lines) + err


def test_secrets_are_redacted_only_for_other_machines(repo: Repo):
    key = "AKIA" + "Q3EGRIXTTMOWXNPL"
    repo.write("a.py", f'KEY = "{key}"\n')
    with Server(chat=[sse(NOTHING)], get=MODELS) as server:
        agent(repo, "--endpoint", server.url)
        assert key in server.chats[0].body["messages"][1]["content"]


NOT_WRITTEN = "reviewer: cannot write the report: Bad file descriptor\n"


@pytest.mark.fault(
    "files",
    "a closed standard output, or a full disk behind it",
    "exit 4, whatever the command and format: nobody has seen a verdict",
)
@pytest.mark.parametrize(
    ("closed", "args", "wanted"),
    [
        (">&-", ["--no-model"], (4, "", NOT_WRITTEN)),
        (">&-", ["--no-model", "--agent"], (4, "", NOT_WRITTEN)),
        ("2>&-", ["--no-model", "--format", "plain"], (0, NOTHING_FOUND, "")),
        ("<&-", ["--no-model", "--format", "plain"], (0, NOTHING_FOUND, "")),
        ("<&- >&- 2>&-", ["--no-model", "--format", "plain"], (4, "", "")),
        ("<&-", ["--interactive"], (2, "", f"reviewer: {tui.NO_TERMINAL}\n")),
    ],
)
def test_closed_streams(repo: Repo, closed: str, args: list[str], wanted: tuple[int, str, str]):
    command = [
        "sh",
        "-c",
        f'exec "$@" {closed}',
        "sh",
        sys.executable,
        "-m",
        "reviewer",
        *args,
        "--quiet",
    ]
    if "--interactive" in args:
        command.pop()
    done = subprocess.run(
        [*command, "--analyzers", "conflict"],
        cwd=repo.path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == wanted


def test_a_patch_from_a_closed_stdin_is_empty(repo: Repo):
    command = f"{sys.executable} -m reviewer --no-model -q --format json --diff - <&-"
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=repo.path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.stderr, json.loads(done.stdout)["complete"]["reviewedFiles"]) == ("", [])


def test_no_color_as_the_coderabbit_cli_has_it(repo: Repo):
    options = ("--no-model", "--analyzers", "conflict", "-q", "--color", "always")
    assert "\x1b[" in review(repo, *options)[1]
    assert "\x1b" not in review(repo, *options, "--no-color")[1]


def test_the_longest_timeout_is_one_that_can_be_waited_for(repo: Repo):
    options = ("--no-model", "--analyzers", "ruff,ty", "-q", "--format", "plain", "--timeout")
    assert review(repo, *options, str(config.LONGEST)) == (0, NOTHING_FOUND, "")
    for other in (str(config.LONGEST + 1), "inf", "nan", "0", "-60"):
        code, out, err = review(repo, *options, other)
        assert (code, "command line: timeout: " in out + err) == (2, True)
