"""Programs of the user's own that serve models: where they are, and what they say of themselves."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from reviewer import process, programs
from reviewer.analyzers import external
from reviewer.serving.installed import PRIVATE

_SECONDS, _MOST = 30.0, 1 << 20


def program(names: Iterable[str], *, own: str = sys.executable) -> str | None:
    """The absolute path of the first of `names` that is installed beside our Python, or in an
    absolute entry of PATH outside the repository of the current directory: a repository must not
    bring the program that reads it."""
    outside = _repository(Path.cwd())
    entries = (entry for entry in os.get_exec_path() if external.is_away(Path(entry), outside))
    path = os.pathsep.join([str(Path(own).parent), *entries])
    return next(filter(None, (programs.find(name, path) for name in names)), None)


def _repository(directory: Path) -> Path | None:
    """The repository around `directory`; None for one that holds the whole home folder."""
    tops = (place for place in (directory, *directory.parents) if (place / ".git").exists())
    top = next(tops, None)
    return None if top is None or Path.home().is_relative_to(top) else top


def said(argv: Sequence[str]) -> str:
    """What a program prints, on both streams; empty if it fails, hangs or floods."""
    environ = {name: value for name, value in os.environ.items() if name not in PRIVATE}
    try:
        done = process.run(argv, cwd=Path("/"), env=environ, timeout=_SECONDS, max_bytes=_MOST)
    except (process.ProcessTimeout, process.OutputTooLarge, OSError):
        return ""
    both = (done.stdout + b"\n" + done.stderr).decode("utf-8", "replace")
    return both.strip() if done.code == 0 else ""
