"""The interface of analyzers: a module with one function `check(change, limits) -> AnalyzerResult`,
and the resources it may use."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Protocol

from reviewer import text
from reviewer.types import Change, Evidence, FileDiff, Side

MAX_BYTES = 2 << 20  # of one side of a file; larger ones are generated
TOO_LARGE = f"larger than {MAX_BYTES >> 20} MiB"
# The rule of a parser that is not the language's own, and may be older than the code.
UNCERTAIN = "parse-error"
_LINK, _GITLINK = "120000", "160000"


@dataclass(frozen=True, slots=True)
class AnalyzerResult:
    """What one analyzer found. `problem` says in one line why `files` were not (fully) analyzed.
    `suppressed` is what a comment in the code, such as `# noqa`, says not to report."""

    analyzer: str
    evidence: tuple[Evidence, ...] = ()
    problem: str | None = None
    files: tuple[str, ...] = ()
    clean_commits: tuple[str, ...] = ()  # ids of those that need not be read again
    suppressed: tuple[Evidence, ...] = ()


class AnalyzerError(Exception):
    """The analyzer cannot do its work: `problem` for the user, and all that its program `said`.
    `hopeless`: nor could it with fewer files."""

    def __init__(self, problem: str, *, said: str = "", hopeless: bool = False) -> None:
        super().__init__(problem)
        self.problem = problem
        self.said = said
        self.hopeless = hopeless


@dataclass(frozen=True, slots=True)
class Limits:
    """The time left, and whether the run was cancelled."""

    seconds: float
    stop: threading.Event = field(default_factory=threading.Event)
    started: float = field(default_factory=time.monotonic)

    def remaining(self) -> float:
        return max(0.0, self.started + self.seconds - time.monotonic())

    def within(self, seconds: float) -> Limits:
        """The limits of a part of the work: at most `seconds`, and no longer than the whole."""
        return Limits(min(seconds, self.remaining()), self.stop)

    @property
    def stopped(self) -> str:
        """Why to stop: the time is up or the run was cancelled; "" if not."""
        return self.over if self.stop.is_set() or not self.remaining() else ""

    @property
    def over(self) -> str:
        """What is said when the time is up."""
        return f"stopped after {round(self.seconds, 1):g} s"

    def check(self) -> None:
        """Raise AnalyzerError if the time is up or the run was cancelled. Our own checks call it
        for every file."""
        if self.stopped:
            raise AnalyzerError(self.stopped)


class Check(Protocol):
    def __call__(self, change: Change, limits: Limits) -> AnalyzerResult: ...


def old_name(file: FileDiff) -> str:
    """The name of the file on the old side."""
    return file.old_path or file.path


def content(change: Change, file: FileDiff, side: Side) -> bytes | None:
    """The file's content on one side; None if it is missing, not a regular file, or too large to
    analyze."""
    data = _regular(change, file, side)
    return None if data is None or len(data) > MAX_BYTES else data


def is_too_large(change: Change, file: FileDiff) -> bool:
    """Whether the file's size on the new side is why it has no `content`."""
    data = _regular(change, file, "new")
    return data is not None and len(data) > MAX_BYTES


def _regular(change: Change, file: FileDiff, side: Side) -> bytes | None:
    mode = file.new_mode if side == "new" else file.old_mode
    if file.status == ("deleted" if side == "new" else "added") or mode in (_LINK, _GITLINK):
        return None
    return change.read(file.path if side == "new" else old_name(file), side)


def decoded(change: Change, file: FileDiff, side: Side) -> str | None:
    data = content(change, file, side)
    return None if data is None else text.decode(data)
