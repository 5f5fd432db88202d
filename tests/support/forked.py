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
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["support.forked_imports"])
STREAMS = ("stdin", "stdout", "stderr")


@dataclass
class Started:
    """A command that runs. `pid` is that of its process."""

    args: tuple[str, ...]
    files: list[Path]
    process: Any

    @property
    def pid(self) -> int:
        assert self.process.pid
        return int(self.process.pid)

    def wait_for(self, said: bytes | Path, seconds: float = 20) -> None:
        """Until its output contains `said`, or the file is there."""
        end = time.monotonic() + seconds
        while (
            not said.exists() if isinstance(said, Path) else said not in self.files[1].read_bytes()
        ):
            assert self.process.is_alive(), self.files[2].read_text()
            assert time.monotonic() < end
            time.sleep(0.01)

    def ended(self, seconds: float) -> subprocess.CompletedProcess[bytes]:
        self.process.join(seconds)
        if self.process.is_alive():
            raise subprocess.TimeoutExpired(self.args, seconds)
        out, err = (file.read_bytes() for file in self.files[1:])
        return subprocess.CompletedProcess(self.args, self.process.exitcode, out, err)


@contextmanager
def started(
    *args: str,
    cwd: Path,
    env: Mapping[str, str],
    stdin: bytes = b"",
    before: Callable[[], None] | None = None,
) -> Iterator[Started]:
    """`python -m reviewer ARGS`, killed if it still runs at the end of the block. `before`, which
    can be pickled, is called in the process first."""
    with tempfile.TemporaryDirectory() as name:
        files = [Path(name, stream) for stream in STREAMS]
        files[0].write_bytes(stdin)
        files[1].touch()
        process = CONTEXT.Process(target=_main, args=(args, cwd, dict(env), files, before))
        process.start()
        try:
            yield Started(args, files, process)
        finally:
            process.kill()
            process.join()
            process.close()


def run(
    *args: str,
    cwd: Path,
    env: Mapping[str, str],
    stdin: bytes = b"",
    timeout: float = 60,
    before: Callable[[], None] | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """`started`, until it ends by itself."""
    with started(*args, cwd=cwd, env=env, stdin=stdin, before=before) as begun:
        return begun.ended(timeout)


def _main(
    args: list[str],
    cwd: Path,
    env: dict[str, str],
    files: list[Path],
    before: Callable[[], None] | None,
) -> None:
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
    if before:
        before()
    runpy.run_module("reviewer", run_name="__main__", alter_sys=True)
