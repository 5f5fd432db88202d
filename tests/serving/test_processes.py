import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from reviewer.serving import processes

pytestmark = pytest.mark.skipif(os.name != "posix", reason="process groups are POSIX")
GRANDCHILD = (
    "import subprocess, sys, time; child = subprocess.Popen([sys.executable, '-c', 'import time;"
    " time.sleep(600)']); print(child.pid, flush=True); time.sleep(600)"
)


@contextlib.contextmanager
def session(code):
    """A process that leads a session, with its first line of output."""
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, start_new_session=True
    )
    try:
        yield process, process.stdout.readline().decode().strip()
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.stdout.close()
        process.wait()


def gone(pid):
    deadline = time.monotonic() + 5
    while processes.exact_start(pid) is not None and time.monotonic() < deadline:
        time.sleep(0.02)
    return processes.exact_start(pid) is None


def test_a_process_is_told_from_others():
    own = processes.exact_start(os.getpid())
    assert own is not None
    assert processes.exact_start(os.getpid()) == own
    assert processes.exact_start(1) not in (None, own)


def test_no_process_and_an_ended_one_that_nobody_waited_for_do_not_run():
    process = subprocess.Popen([sys.executable, "-c", ""])
    assert gone(process.pid)  # a zombie until we wait
    process.wait()
    assert processes.exact_start(process.pid) is None


def test_ending_a_group_ends_grandchildren_too():
    with session(GRANDCHILD) as (process, child):
        assert processes.group_alive(process.pid)
        assert processes.end_group(process.pid, grace=5) is False
        assert not processes.group_alive(process.pid)
        assert gone(int(child))


def test_a_group_that_ignores_the_request_is_killed():
    stubborn = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {GRANDCHILD}"
    with session(stubborn) as (process, child):
        assert processes.end_group(process.pid, grace=0.3) is True
        assert not processes.group_alive(process.pid)
        assert gone(int(child))


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_orphans_of_a_killed_leader_are_killed():
    with session(GRANDCHILD) as (process, child):
        started = processes.exact_start(process.pid)
        process.kill()
        process.wait()
        assert processes.group_alive(process.pid)  # the grandchild holds on
        processes.kill_orphans(process.pid, started)
        assert processes.exact_start(int(child)) is None


def test_a_group_whose_leader_lives_has_no_orphans():
    with session(GRANDCHILD) as (process, child):
        processes.kill_orphans(process.pid, processes.exact_start(process.pid))
        assert processes.exact_start(int(child)) is not None


def test_a_group_from_before_a_restart_of_the_machine_is_not_ours():
    with session(GRANDCHILD) as (process, child):
        process.kill()
        process.wait()
        processes.kill_orphans(process.pid, "another-boot:12345")
        assert processes.exact_start(int(child)) is not None
