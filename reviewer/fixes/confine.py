"""Runs the user's verify command on a scratch copy, confined as far as the platform allows: own
process group, time, memory and output limits, a clean environment, and no network."""

from __future__ import annotations

import functools
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from reviewer import process, programs, secrets, text

MEMORY = 4 << 30  # bytes of private memory of each process
_MAX_OUTPUT = 16 << 20
_CHILD = Path(__file__).with_name("confined_child.py")
# Ways to run without a network, tightest first: (program, options). Each is tried on an empty
# command before it is used.
_ISOLATE = (
    (
        "unshare",
        ("--map-root-user", "--net", "--pid", "--fork", "--kill-child=KILL", "--mount-proc"),
    ),
    ("unshare", ("--map-root-user", "--net")),
    (
        "bwrap",
        (
            "--dev-bind",
            "/",
            "/",
            "--unshare-net",
            "--unshare-pid",
            "--proc",
            "/proc",
            "--die-with-parent",
        ),
    ),
    ("sandbox-exec", ("-p", "(version 1)(allow default)(deny network*)")),
)
_NOT_HERE = (
    "commands run on Linux and macOS only, where they can be confined; apply the patch with"
    " `reviewer fix` and run the command yourself"
)
# The last ones are folders, which are elsewhere by default than a private home says.
_KEPT = (
    *("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "SYSTEMROOT"),
    *("GOCACHE", "GOMODCACHE", "CARGO_HOME", "RUSTUP_HOME", "JAVA_HOME"),
)


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended. `problem` says in one line why it did not run to its end; otherwise the
    exit code counts."""

    code: int
    seconds: float
    last_line: str  # of its output
    isolated: bool  # without network
    problem: str = ""

    @property
    def passed(self) -> bool:
        return self.code == 0 and not self.problem


def run(command: str, root: Path, home: Path, timeout: float) -> Ran:
    """Run `command` with /bin/sh in `root` for at most `timeout` seconds; `home` is an empty
    directory for its files. Its process group is killed afterwards; with a process namespace, all
    its processes are."""
    if sys.platform == "win32":
        return Ran(1, 0.0, "", False, _NOT_HERE)
    wrapper = isolation()
    processor = int(timeout + 1) * (os.cpu_count() or 1)  # seconds; a process may use every core
    argv = [*wrapper, sys.executable, "-I", str(_CHILD), str(processor), str(MEMORY), command]
    began = time.monotonic()
    code, out, problem = 1, b"", ""
    try:
        result = process.run(
            argv, cwd=root, env=_environment(home), timeout=timeout, max_bytes=_MAX_OUTPUT
        )
        code, out = result.code, result.stdout + result.stderr
    except process.ProcessTimeout:
        problem = f"it did not end within {timeout:g} s"
    except process.OutputTooLarge:
        problem = f"it wrote more than {_MAX_OUTPUT >> 20} MiB"
    except OSError as exc:
        problem = f"it could not be started: {exc.strerror}"
    return Ran(code, time.monotonic() - began, _last_line(out), bool(wrapper), problem)


@functools.cache
def isolation() -> tuple[str, ...]:
    """The command prefix that blocks network access; empty when no way works here."""
    for name, options in _ISOLATE:
        program = programs.find(name)
        if program is None:
            continue
        try:
            result = process.run(
                [program, *options, "/bin/sh", "-c", ":"],
                cwd=Path("/"),
                env={"PATH": os.defpath},
                timeout=5,
            )
        except (process.ProcessTimeout, OSError):
            continue
        if result.code == 0:
            return program, *options
    return ()


def _environment(home: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        **kept,
        "HOME": str(home),
        "TMPDIR": str(home),
        "XDG_CACHE_HOME": str(home),
        "XDG_CONFIG_HOME": str(home),
        "XDG_STATE_HOME": str(home),
        "CI": "1",
    }


def _last_line(out: bytes) -> str:
    lines = [line for line in text.decode(out).split("\n") if line.strip()]
    return text.cut(text.one_line(secrets.redact(lines[-1].strip())[0]), 200) if lines else ""
