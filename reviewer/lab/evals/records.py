"""The results file of a run: each line is on disk before the next case begins, and a killed run can
be resumed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from pydantic import TypeAdapter, ValidationError

from reviewer import disk
from reviewer.errors import ReviewerError, UsageError
from reviewer.lab.evals.results import Header, Line, Result
from reviewer.text import cut, one_line

_LINE: TypeAdapter[Header | Result] = TypeAdapter(Line)
_SAME = (
    "tool_version",
    "engine",
    "model",
    "model_role",
    "effort",
    "thinking",
    "settings",
    "repeats",
    "ran_tests",
)
_TORN = b'{"type":"run"'  # how a header begins
_FREE = ("endpoint", "concurrency")  # settings that do not affect the results


@dataclass
class Records:
    """An open, unbuffered results file. `done`: the (digest, repeat) pairs in it, without those
    that could not be run: they are tried again."""

    file: IO[bytes]
    header: Header
    done: set[tuple[str, int]] = field(default_factory=set)

    def add(self, result: Result) -> None:
        """Append one line and wait until it is on disk."""
        self._write(result)
        self.done.add((result.digest, result.repeat))

    def _write(self, line: Header | Result) -> None:
        data = line.model_dump_json().encode("utf-8") + b"\n"
        try:
            while data:  # an unbuffered file may take less than all at a time
                data = data[self.file.write(data) :]
            os.fsync(self.file.fileno())
        except OSError as exc:
            raise ReviewerError(
                f"cannot write the results: {exc.strerror}; make room, then continue with --resume"
            ) from None

    def begin(self) -> None:
        """Write the header of a new file."""
        self._write(self.header)


@contextmanager
def records(path: Path, header: Header, *, resume: bool) -> Iterator[Records]:
    """The file at `path`, new or, with `resume`, continued. Raises UsageError when it already
    contains a run and `resume` is off, when it was made with other settings, and when another run
    is writing it."""
    name = one_line(str(path))
    if os.path.lexists(path) and not os.path.isfile(path):  # noqa: PTH113 Path.is_file raises for a name too long
        raise UsageError(f"cannot write {name}: it is not a regular file")
    try:
        file = path.open("a+b", buffering=0)
    except OSError as exc:
        raise UsageError(f"cannot write {name}: {exc.strerror}") from None
    with file:
        _lock(file, name)
        file.seek(0)
        data = file.read()
        if data and not resume:
            raise UsageError(
                f"{name} already contains a run: continue it with --resume, or name another file"
            )
        whole = data[: data.rfind(b"\n") + 1]
        results: list[Result] = []
        if whole:
            before, results = parse(whole, name)
            _same(before, header, name)
        elif not _TORN.startswith(data[: len(_TORN)]):
            raise UsageError(f"{name} is not a results file: name another file")
        file.truncate(len(whole))  # an incomplete line is no result
        made = Records(
            file, header, {(each.digest, each.repeat) for each in results if not each.unrunnable}
        )
        if not whole:
            made.begin()
        yield made


def parse(data: bytes, name: str) -> tuple[Header, list[Result]]:
    """The complete lines of a results file. Raises UsageError with file and line for an invalid
    one, and unless the first line is the only header."""
    out: list[Header | Result] = []
    for number, line in enumerate(data.splitlines(), 1):
        try:
            out.append(_LINE.validate_json(line))
        except ValidationError as exc:
            wrong = exc.errors(include_url=False, include_input=False, include_context=False)[0]
            where = ".".join(str(part) for part in wrong["loc"])
            said = cut(one_line(f"{where} {wrong['msg']}"), 200)
            raise UsageError(
                f"{name}:{number} is not a line of a results file: {said}; name another file"
            ) from None
    first, results = (out[0] if out else None), [line for line in out if isinstance(line, Result)]
    if not isinstance(first, Header) or len(results) != len(out) - 1:
        raise UsageError(
            f"{name} must have one header, as its first line: give a file of `reviewer eval run`"
        )
    return first, results


def _same(before: Header, now: Header, name: str) -> None:
    for key in _SAME:
        old, new = getattr(before, key), getattr(now, key)
        if key == "settings":
            old, new = ({k: v for k, v in each.items() if k not in _FREE} for each in (old, new))
        if old != new:
            said = cut(
                one_line(f"{key.replace('_', ' ')} {_shown(old)} there, {_shown(new)} now"), 300
            )
            raise UsageError(
                f"{name} was made with other settings ({said}): use those settings, or name"
                " another file"
            )


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key}={item}" for key, item in sorted(value.items())) or "none"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _lock(file: IO[bytes], name: str) -> None:
    """Lock the file against other writers; the lock ends with the process."""
    if not disk.lock(file.fileno()):
        raise UsageError(f"another run is writing {name}: wait for it to end, or name another file")
