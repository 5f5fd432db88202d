"""The way without polling, which is what Windows has."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
from support.processes import ends

from reviewer import children, pipes


def talk(
    code: str, stdin: bytes = b"", *, seconds: float = 20, most: int = 1 << 24
) -> tuple[bytes, bytes]:
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            return pipes.threaded(process, stdin, time.monotonic() + seconds, most)
        finally:
            children.kill(process.pid)


def test_both_streams_come_apart() -> None:
    assert talk("import sys; print('out'); print('err', file=sys.stderr)") == (b"out\n", b"err\n")


def test_large_input_and_output_do_not_block_each_other() -> None:
    data = b"x" * 3_000_000
    assert talk("import sys; sys.stdout.write(sys.stdin.read())", data) == (data, b"")


def test_a_program_that_ignores_its_input() -> None:
    assert talk("print(1)", b"x" * 1_000_000) == (b"1\n", b"")


def test_output_is_capped() -> None:
    with pytest.raises(pipes.OutputTooLarge):
        talk("while True: print('x' * 10000)", most=100_000)


@pytest.mark.parametrize("code", ["import time; time.sleep(60)", "while True: print('x')"])
def test_the_deadline_holds(code: str) -> None:
    with pytest.raises(pipes.ProcessTimeout):
        talk(code, seconds=0.5, most=1 << 40)


def test_a_killed_family_is_gone_with_its_children() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        assert children.started(child) is not None
        children.kill(process.pid)
        assert process.wait() == -9
    assert ends(child)
    assert children.started(process.pid) is None


PARENT = """
import subprocess, sys, time
print(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]).pid, flush=True)
time.sleep(60)
"""
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);" + PARENT


@pytest.mark.parametrize(("code", "killed"), [(PARENT, False), (DEAF, True)])
def test_a_family_is_asked_to_end_before_it_is_killed(code: str, killed: bool) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        assert children.end(process.pid, 0.3 if killed else 10.0) is killed
        assert children.started(process.pid) is None
    assert ends(child)


def test_who_is_not_there_needs_no_end() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
        assert children.started(process.pid) is None
        children.kill(process.pid)
        assert children.end(process.pid, 1.0) is False
