"""The command in a process of its own, forked from one that has imported it: that takes a tenth of
what a start takes, of which the tests need hundreds.

Whatever is about the start itself (imports, a missing git, standard streams that are closed,
signals) has to start `python -m reviewer`.
"""

from __future__ import annotations

import multiprocessing
import os
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["support.forked_imports"])
STREAMS = ("stdin", "stdout", "stderr")


def run(
    *args: str, cwd: Path, env: Mapping[str, str], stdin: bytes = b"", timeout: float = 60
) -> subprocess.CompletedProcess[bytes]:
    """`python -m reviewer ARGS`."""
    with tempfile.TemporaryDirectory() as name:
        files = [Path(name, stream) for stream in STREAMS]
        files[0].write_bytes(stdin)
        process = CONTEXT.Process(target=_main, args=(args, cwd, dict(env), files))
        process.start()
        process.join(timeout)
        if process.is_alive():
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(args, timeout)
        out, err = (file.read_bytes() for file in files[1:])
        code = process.exitcode
        process.close()
    assert code is not None
    return subprocess.CompletedProcess(args, code, out, err)


def _main(args: list[str], cwd: Path, env: dict[str, str], files: list[Path]) -> None:
    for number, (path, flags) in enumerate(
        zip(files, (os.O_RDONLY, *[os.O_WRONLY | os.O_CREAT] * 2), strict=True)
    ):
        file = os.open(path, flags, 0o600)
        os.dup2(file, number)
        os.close(file)
    sys.stdin = open(0, encoding="utf-8", errors="surrogateescape", closefd=False)  # noqa: SIM115
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    sys.argv = ["reviewer", *args]
    runpy.run_module("reviewer", run_name="__main__", alter_sys=True)
