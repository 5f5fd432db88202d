from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

import pytest
from support.patience import long_enough
from support.processes import ends

from reviewer import process

ENV = {"PATH": os.environ["PATH"], "MARK": "ours"}


def python(code: str, **options):
    return process.run(
        [sys.executable, "-c", code], cwd=None, env=ENV, **{"timeout": 20, **options}
    )


def test_result_holds_both_streams_and_the_code():
    result = python("import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)")
    assert (result.code, result.stdout, result.stderr) == (3, b"out\n", b"err\n")


def test_the_environment_is_exactly_what_was_given():
    names = python(
        "import os; print(sorted(n for n in os.environ if n not in ('LC_CTYPE',)))"
    ).stdout
    assert names == b"['MARK', 'PATH']\n"


def test_large_input_and_output_do_not_block_each_other():
    data = b"x" * 3_000_000
    assert python("import sys; sys.stdout.write(sys.stdin.read())", stdin=data).stdout == data


def test_a_program_that_ignores_its_input():
    assert python("print(1)", stdin=b"x" * 1_000_000).stdout == b"1\n"


def test_timeout_kills_the_whole_group(tmp_path: Path):
    pid, end = tmp_path / "pid", tmp_path / "end"
    code = f"""
import os, pathlib, time
child = os.fork()
if child:
    pathlib.Path({str(pid)!r}).write_text(str(child))
time.sleep(60)
pathlib.Path({str(end)!r}).touch()
"""

    def attempt(limit: float) -> bool:
        with pytest.raises(process.ProcessTimeout):
            python(code, timeout=limit)
        return pid.is_file() and bool(pid.read_text())

    assert long_enough(attempt, bool, first=0.8)
    assert ends(int(pid.read_text()))
    assert not end.exists()  # nobody has waited for it


def test_a_grandchild_that_keeps_the_pipe_open_cannot_hold_us(tmp_path: Path):
    code = (
        "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time;"
        " time.sleep(60)'])"
    )
    with pytest.raises(process.ProcessTimeout):
        python(code, timeout=1)


def test_output_is_capped():
    with pytest.raises(process.OutputTooLarge):
        python("while True: print('x' * 10000)", max_bytes=100_000)


def test_a_missing_program():
    with pytest.raises(FileNotFoundError):
        process.run(["/does/not/exist"], cwd=None, env=ENV, timeout=5)


def test_kill_running_ends_what_other_threads_wait_for():
    codes: list[int] = []
    thread = threading.Thread(
        target=lambda: codes.append(python("import time; time.sleep(60)").code)
    )
    thread.start()
    deadline = time.monotonic() + 10
    while thread.is_alive() and time.monotonic() < deadline:
        process.kill_running()
        time.sleep(0.05)
    thread.join(1)
    assert codes == [-9]
