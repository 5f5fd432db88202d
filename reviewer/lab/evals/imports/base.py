"""Shared by all imports: rows that become cases, rows that are left out and why, and the lines of a
defect."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from reviewer.errors import UsageError
from reviewer.fixes.lines import compare, split
from reviewer.lab.evals.cases import Case, Defect
from reviewer.text import cut, one_line
from reviewer.types import Category

T = TypeVar("T")


class LeftOut(Exception):
    """The row does not become a case; the reason is the same text for all rows of its kind."""


@dataclass(frozen=True)
class Places:
    """Where to find the code that rows only name."""

    clones: Path | None = None  # a folder of clones by name
    clone: Path | None = None  # one clone
    fix: str | None = None
    base: str | None = None
    head: str | None = None


@dataclass
class Imported:
    """The cases in input order, and (name of the row, reason) for the rest."""

    cases: list[Case] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)

    def add(self, name: str, make: Any, *args: Any) -> None:
        """Call `make(*args)` for a case; a missing or wrong value leaves the row out."""
        try:
            self.cases.append(make(*args))
        except LeftOut as exc:
            self.left_out.append((one_line(name), str(exc)))
        except KeyError as exc:
            self.left_out.append((one_line(name), f"the row has no {exc.args[0]}"))
        except ValidationError as exc:
            first = exc.errors(include_url=False, include_input=False, include_context=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            self.left_out.append(
                (one_line(name), brief(f"{where}: {first['msg']}" if where else first["msg"]))
            )

    def reasons(self) -> dict[str, list[str]]:
        """The names of what was left out by reason."""
        out: dict[str, list[str]] = {}
        for name, reason in self.left_out:
            out.setdefault(reason, []).append(name)
        return out


def rows(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """(number, row) of a JSON list or of JSON lines. Raises UsageError with the line that is
    neither."""
    name = one_line(str(path))
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as exc:
        raise UsageError(
            f"cannot read {name}: {getattr(exc, 'strerror', None) or 'it is not UTF-8'}"
        ) from None
    whole = text.lstrip().startswith("[")
    parts = (
        [(1, text)]
        if whole
        else [(number, line) for number, line in enumerate(text.split("\n"), 1)]
    )
    for number, part in parts:
        if not part.strip():
            continue
        try:
            value = json.loads(part)
        except (ValueError, RecursionError) as exc:
            raise UsageError(f"{name}:{number} is not JSON: {one_line(str(exc))}") from None
        for at, row in enumerate(value, 1) if whole else [(number, value)]:
            if not isinstance(row, dict):
                raise UsageError(f"{name}:{number} is not a JSON object")
            yield at, row


def string(row: Mapping[str, Any], key: str) -> str:
    """A text in the row. Raises KeyError, LeftOut."""
    value = row[key]
    if not isinstance(value, str):
        raise LeftOut(f"{key} is not text")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise LeftOut(f"{key} contains half a surrogate pair") from None
    return value


def listed(row: Mapping[str, Any], key: str, kind: type[T]) -> list[T]:
    """A list in the row, with items of one type. Raises KeyError, LeftOut."""
    value = row[key]
    if not isinstance(value, list) or not all(isinstance(each, kind) for each in value):
        raise LeftOut(f"{key} is not a list of the right type")
    return value


def brief(text: str, most: int = 300) -> str:
    """Foreign text as one line."""
    return cut(one_line(" ".join(text.split())), most)


def defects(
    path: str,
    right: str,
    wrong: str,
    *,
    category: Category | None = "functional_correctness",
    description: str = "",
) -> tuple[Defect, ...]:
    """Where `wrong` differs from `right`, in lines of `wrong`; for missing lines, the two around
    them. Differences at most one line apart are one defect. Raises LeftOut when there is no
    difference."""
    count = max(1, len(split(wrong.encode("utf-8"))))
    spans: list[tuple[int, int, bool]] = []  # first and last line, whether lines are missing there
    moved, before = 0, -2  # where the one before ends, as an index of `wrong`
    for splice in compare(right.encode("utf-8"), wrong.encode("utf-8")):
        first, lines = splice.start + moved + 1, len(splice.new)
        moved += lines - (splice.end - splice.start)
        start, end = (first, first + lines - 1) if lines else (first - 1, first)
        span = min(max(1, start), count), min(max(1, end), count), not lines
        spans.append(_joined(spans.pop(), span) if first - 1 - before <= 1 else span)
        before = first - 1 + lines
    if not spans:
        raise LeftOut("the faulty text equals the correct one")
    said = brief(description, 500)
    return tuple(
        Defect(
            file=path,
            start_line=start,
            end_line=end,
            deletion=missing,
            category=category,
            description=said,
        )
        for start, end, missing in spans
    )


def _joined(one: tuple[int, int, bool], other: tuple[int, int, bool]) -> tuple[int, int, bool]:
    """Two spans as one. Existing lines win; the two around missing ones count only if there are
    none."""
    there = [span for span in (one, other) if not span[2]] or [one, other]
    return there[0][0], there[-1][1], there[0][2]


def named(name: str, commit: str) -> str:
    """An id from the name of a clone and a full commit id."""
    kept = "".join(
        each if each.isascii() and (each.isalnum() or each in "._") else " " for each in name
    )
    return "-".join([*kept[:100].split(), commit[:10]]).lstrip("._-")


def slug(text: str) -> str:
    """`text` as part of an id."""
    return "-".join(
        "".join(each if each.isalnum() and each.isascii() else " " for each in text.lower()).split()
    )
