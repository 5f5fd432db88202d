"""Whatever a run is doing, it ends: some seconds after its time limit, or at the second signal,
with a truthful last event."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from support import forked
from support.repo import Repo
from support.scripted import finding, reply
from support.server import Server, sse
from support.stuck import Stuck, in_c, in_python

from reviewer import fixes, process, watchdog
from reviewer.cli import schema
from reviewer.pipeline.ledger import Ledger
from reviewer.watchdog import warden
from reviewer.watchdog.deadline import Deadline

MODELS = {
    "/v1/models": {"data": [{"id": "gemma-4-12b", "owned_by": "vllm", "max_model_len": 8192}]},
    "/version": {"version": "0.33.0"},
}
VALIDATOR = jsonschema.Draft202012Validator(schema.generate("event"))
WRONG = reply(finding("    return x + 1", "a.py"))
STAGES = {
    "settings": "reviewer.config:load",
    "snapshot": "reviewer.workspace:collect",
    "triage": "reviewer.workspace.triage:by_name",
    "diff": "reviewer.diff:sections",
    "engine": "reviewer.serving:choose",
    "units": "reviewer.context.units:split",
    "recall": "reviewer.pipeline.recall:Past.recall",
    "analyzers": "reviewer.analyzers.conflict:check",
    "context": "reviewer.pipeline.ask_unit:gather",
    "prompt": "reviewer.prompt:render",
    "call": "reviewer.models.http:HttpModel.complete",
    "reply": "reviewer.findings:read_findings",
    "anchor": "reviewer.findings:locate",
    "identity": "reviewer.findings.build:identity",
    "judge": "reviewer.verify:judge",
    "publish": "reviewer.pipeline.ledger:Ledger.publish",
    "output": "reviewer.outputs.ndjson:Ndjson.emit",
    "memory": "reviewer.memory.store:Store.transaction",
}


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = Repo(tmp_path / "repo", tmp_path / "home")
    made.commit({"a.py": "def f(x):\n    return x\n"})
    made.git("checkout", "-q", "-b", "work")
    made.write("a.py", "def f(x):\n    return x + 1\n")
    return made


def stuck_run(
    repo: Repo, stuck: Callable[[], None], *args: str
) -> subprocess.CompletedProcess[bytes]:
    with Server(chat=[sse(WRONG)], get=MODELS) as server:
        return forked.run(
            *args,
            *("--endpoint", server.url, "--effort", "low", "--analyzers", "conflict"),
            *("--timeout", "1000"),
            cwd=repo.path,
            env=os.environ,
            before=stuck,
            timeout=60,
        )


def events(out: bytes) -> list[dict]:
    """The events of a stream, each valid, exactly one last."""
    assert out.endswith(b"\n")
    lines = [json.loads(line) for line in out[:-1].split(b"\n")]
    for line in lines:
        VALIDATOR.validate(line)
    assert [line["type"] in ("complete", "error") for line in lines] == [False] * (
        len(lines) - 1
    ) + [True]
    return lines


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.fault(
    "deadline",
    "any stage that never ends, from the settings to the memory",
    "the run ends seconds after its time limit, with a last event that says so",
)
def test_no_stage_outlasts_the_deadline(repo: Repo, stage: str):
    done = stuck_run(repo, Stuck(STAGES[stage], late=True), "--agent")
    assert (done.returncode, events(done.stdout)[-1]["errorType"]) == (4, "out_of_time")


@pytest.mark.fault(
    "deadline",
    "C code that never lets go of the interpreter",
    "the process is killed (137), after the last event is written for it",
)
def test_c_code_that_holds_the_interpreter(repo: Repo):
    done = stuck_run(repo, Stuck(STAGES["recall"], in_c, late=True), "--agent")
    assert done.returncode == -signal.SIGKILL
    assert events(done.stdout)[-1]["errorType"] == "out_of_time"


def test_a_person_gets_one_line(repo: Repo):
    done = stuck_run(repo, Stuck(STAGES["publish"], late=True))
    assert done.returncode == 4
    assert done.stderr.decode().splitlines()[-1].startswith("reviewer: the run went on past")


def test_no_report_is_written_by_a_run_that_was_stopped(repo: Repo, tmp_path: Path):
    report = tmp_path / "report.json"
    report.write_text("old")
    done = stuck_run(repo, Stuck(STAGES["publish"], late=True), "--agent", "-o", f"json={report}")
    assert (done.returncode, report.read_text()) == (4, "old")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "repo", "report.json"]


@pytest.mark.parametrize("hung", [in_python, in_c])
@pytest.mark.parametrize(
    ("number", "kind", "code"),
    [(signal.SIGTERM, "interrupted", 143), (signal.SIGINT, "interrupted", 130)],
)
@pytest.mark.fault(
    "deadline", "a second signal while something hangs", "the run ends at once, and says so"
)
def test_a_second_signal_ends_it(
    repo: Repo, tmp_path: Path, number: int, kind: str, code: int, hung: object
):
    reached = tmp_path / "reached"
    with forked.started(
        "--agent",
        "--no-model",
        "--analyzers",
        "conflict",
        cwd=repo.path,
        env=os.environ,
        before=Stuck(STAGES["recall"], hung, after_signal=1000.0, reached=reached),
    ) as run:
        run.wait_for(reached)
        for _ in range(2):
            os.kill(run.pid, number)
            time.sleep(0.1)  # two that come together are one
        done = run.ended(20)
    assert done.returncode == (code if hung is in_python else -signal.SIGKILL)
    assert events(done.stdout)[-1]["errorType"] == kind


def test_one_signal_is_enough_where_it_is_not_heard(repo: Repo):
    with forked.started(
        "--agent",
        "--no-model",
        "--analyzers",
        "conflict",
        cwd=repo.path,
        env=os.environ,
        before=Stuck(STAGES["recall"]),
    ) as run:
        run.wait_for(b'"review_context"')
        os.kill(run.pid, signal.SIGTERM)
        done = run.ended(20)
    assert done.returncode == 143
    assert events(done.stdout)[-1]["errorType"] == "interrupted"


@dataclass(frozen=True, slots=True)
class Slow:
    """Makes every finding take a while to publish, longer in all than the watchdog waits."""

    seconds: float

    def __call__(self) -> None:
        publish = Ledger.publish

        def slowly(ledger: Ledger, *args: Any, **options: Any) -> None:
            time.sleep(self.seconds)
            publish(ledger, *args, **options)

        Ledger.publish = slowly  # type: ignore[method-assign]
        fixes.attach = forever


async def forever(*_: object, **__: object) -> None:
    await asyncio.Event().wait()


@pytest.mark.fault(
    "deadline",
    "the time is up while thousands of findings wait to be published",
    "the most severe come first, the files of the others are unreviewed, and the run completes",
)
def test_more_findings_than_there_is_time_to_publish(repo: Repo):
    repo.write("a.py", "import os\n" * 200)
    done = forked.run(
        *("--agent", "--no-model", "--analyzers", "ruff", "--timeout", "5"),
        cwd=repo.path,
        env=os.environ,
        before=Slow(0.1),
        timeout=60,
    )
    *_, last = events(done.stdout)
    assert (done.returncode, last["type"], last["outcome"]) == (3, "complete", "failed")
    assert last["unreviewedFiles"] == [{"fileName": "a.py", "reason": "timeout"}]
    assert 0 < last["findings"] < 200


@dataclass(frozen=True, slots=True)
class WithPrograms:
    """A program that has started another runs, and then something does not end."""

    marker: Path
    hung: Any

    def __call__(self) -> None:
        script = f"sleep 1000 & echo $! $$ > {self.marker}; wait"
        argv = ["/bin/sh", "-c", script]

        def work() -> None:
            run = partial(process.run, argv, cwd=None, env=dict(os.environ), timeout=1000.0)
            threading.Thread(target=run, daemon=True).start()
            while not (self.marker.exists() and self.marker.read_text().endswith("\n")):
                time.sleep(0.01)
            watchdog.limit(0.0)
            self.hung()

        Stuck(STAGES["recall"], work)()


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"  # nobody may reap it where the tests run


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
@pytest.mark.parametrize("hung", [in_python, in_c])
@pytest.mark.fault(
    "deadline",
    "a run has to be stopped while git, an analyzer or the user's command runs",
    "the program is killed with all that it started",
)
def test_no_program_is_left_behind(repo: Repo, tmp_path: Path, hung: object):
    marker = tmp_path / "pids"
    done = stuck_run(repo, WithPrograms(marker, hung), "--agent")
    assert events(done.stdout)[-1]["errorType"] == "out_of_time"
    pids = [int(each) for each in marker.read_text().split()]
    assert len(pids) == 2
    end = time.monotonic() + 20
    while any(map(is_running, pids)):
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.parametrize("proc", ["/proc", "/no such folder"])
def test_programs_are_found_with_and_without_proc(proc):
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as leader:
        with subprocess.Popen(["sleep", "60"]) as other:  # in our own group
            found = warden._children(os.getpid(), Path(proc))
            other.kill()
        leader.kill()
    assert leader.pid in found
    assert other.pid not in found


def test_a_signal_never_puts_off_the_end():
    deadline = Deadline(watchdog.SIGNALS)
    deadline.obey("limit -10")
    end = deadline.until
    for _ in range(3):
        deadline.count(signal.SIGTERM)
        deadline.obey("limit 1000")
        assert (deadline.until, deadline.cause) == (end, "terminated")


WITHOUT_FORK = """
import sys
from reviewer import watchdog
watchdog.GRACE = watchdog.AFTER_SIGNAL = 0.0
words = watchdog.LastWords(1, {{cause: cause.encode() for cause in watchdog.CODES}})
with watchdog._by_thread(words) as watch:
    {}
print("by itself")
"""


@pytest.mark.fault(
    "deadline",
    "a run on Windows, where no child can be forked to keep the time",
    "a thread ends it after its time limit or a signal, with a last event",
)
@pytest.mark.parametrize(
    ("body", "code", "said"),
    [
        ("watch.tell('limit 0')", 4, "out_of_time"),
        ("watch.tell('signal 2')", 130, "interrupted"),
        ("watch.tell('signal 15'); watch.tell('limit 1000')", 143, "terminated"),
        ("watch.ended(3)", 3, ""),
        ("watch.tell('limit 1000'); raise SystemExit(7)", 7, ""),
    ],
)
def test_a_thread_keeps_the_time_where_nothing_forks(body, code, said):
    source = WITHOUT_FORK.format(f"{body}\n    while True: pass")
    done = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (code, said, "")


def test_a_thread_does_not_end_what_is_over():
    source = WITHOUT_FORK.format("watch.tell('limit 1')") + "\nimport time; time.sleep(1.5)\n"
    done = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "by itself\n", "")
