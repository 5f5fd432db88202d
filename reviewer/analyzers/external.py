"""Runs the programs behind analyzers: those of our own environment, or compilers of the user's own
from outside the repository, with an environment and a home directory that contain no
configuration."""

from __future__ import annotations

import importlib.metadata
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from reviewer import process, programs, secrets, text
from reviewer.analyzers.base import AnalyzerError, Limits

T = TypeVar("T")

_MAX_OUTPUT = 64 << 20


def find(distribution: str, program: str) -> Path | None:
    """The path of `program` from the installed package `distribution`; None without the package."""
    try:
        files = importlib.metadata.files(distribution) or ()
    except importlib.metadata.PackageNotFoundError:
        return None
    names = (program, f"{program}.exe")
    listed = [Path(str(file.locate())) for file in files if file.name in names]
    for path in [*listed, *(Path(sys.executable).parent / name for name in names)]:
        absolute = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would leave the environment
        if absolute.is_file() and os.access(absolute, os.X_OK):
            return absolute
    return None


def on_path(program: str, outside: Path | None = None, home: str | None = None) -> Path | None:
    """The path of a `program` of the user's: absolute entries of PATH are searched, then bin/ of
    the folder `home`, but nothing below `outside`, the repository under review."""
    entries = [*os.get_exec_path(), *([os.path.join(home, "bin")] if home else [])]  # noqa: PTH118
    for entry in filter(lambda entry: is_away(Path(entry), outside), entries):
        found = programs.find(program, entry)
        if found and is_away(Path(found), outside):
            return Path(found)
    return None


def is_away(path: Path, outside: Path | None) -> bool:
    """Whether a program at `path` can be trusted: it is not below `outside`."""
    if not path.is_absolute():
        return False
    return outside is None or not path.resolve().is_relative_to(outside.resolve())


def is_installed(distribution: str) -> bool:
    try:
        return bool(importlib.metadata.version(distribution))
    except importlib.metadata.PackageNotFoundError:
        return False


def run(
    argv: Sequence[str | Path],
    *,
    cwd: Path,
    limits: Limits,
    ok: Sequence[int],
    stdin: bytes = b"",
    environ: Mapping[str, str] | None = None,
) -> bytes:
    """The standard output of a program that ends with one of the codes `ok`. `environ` is added to
    its bare environment.

    Raises AnalyzerError if it takes too long, writes too much, fails, or cannot start.
    """
    try:
        result = process.run(
            [str(part) for part in argv],
            cwd=cwd,
            env=_environment(cwd) | dict(environ or {}),
            timeout=limits.remaining(),
            stdin=stdin,
            max_bytes=_MAX_OUTPUT,
        )
    except process.ProcessTimeout:
        raise AnalyzerError(limits.over) from None
    except process.OutputTooLarge:
        raise AnalyzerError(f"stopped: it wrote more than {_MAX_OUTPUT >> 20} MB") from None
    except OSError as exc:
        raise AnalyzerError(f"does not start: {exc.strerror}", hopeless=True) from exc
    if result.code not in ok:
        said = secrets.redact(text.decode(result.stderr).strip())[0]
        last = text.cut(text.one_line(said.rpartition("\n")[2].strip()), 200)
        how = "failed with code" if result.code >= 0 else "crashed with signal"
        why = f": {last}" if last else ""
        raise AnalyzerError(f"{how} {abs(result.code)}{why}", said=said)
    return result.stdout


def readable(output: bytes, read: Callable[[Any], T]) -> T:
    """What `read` makes of a report in JSON. Raises AnalyzerError if the report is not what `read`
    expects."""
    try:
        return read(json.loads(output or b"[]"))
    except (ValueError, LookupError, TypeError, AttributeError):
        raise AnalyzerError("its report cannot be read") from None


def _environment(home: Path) -> dict[str, str]:
    """None of our variables reaches the program: RUFF_*, TY_*, VIRTUAL_ENV, PYTHONPATH, … could all
    configure it."""
    keep = ("SYSTEMROOT", "PATHEXT", "COMSPEC")  # Windows cannot start programs without them
    return {
        "PATH": os.defpath,
        "HOME": str(home),
        "USERPROFILE": str(home),
        "APPDATA": str(home),
        "XDG_CONFIG_HOME": str(home),
        "XDG_CACHE_HOME": str(home),
        "TMPDIR": str(home),
        "TEMP": str(home),
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "NO_COLOR": "1",
    } | {name: os.environ[name] for name in keep if name in os.environ}
