"""The content of the interactive report as plain values: findings with their states, and the rows
of the list.

A line is a tuple of (style, text); the styles are names of `STYLES` in widgets.py. Untrusted text
is cleaned (`outputs.page`) before it becomes part of a line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal, TypeVar, get_args

from reviewer.events import Finding
from reviewer.outputs.ending import title_of
from reviewer.outputs.page import inline
from reviewer.outputs.wording import more_places
from reviewer.text import count, cut
from reviewer.types import CATEGORIES, SEVERITIES, Category, Severity, is_at_least, severity_rank

State = Literal["new", "open", "applied", "dismissed", "fixed"]
STATES: tuple[State, ...] = get_args(State)
Grouping = Literal["file", "severity"]
Line = tuple[tuple[str, str], ...]
T = TypeVar("T")
MARK: Mapping[State, str] = {
    "new": " ",
    "open": "·",
    "applied": "✓",
    "dismissed": "–",
    "fixed": "=",
}


@dataclass(frozen=True, slots=True)
class Item:
    """A finding and its state. `before` is the state that undoing a fix restores."""

    finding: Finding
    state: State
    before: State = "open"
    reason: str = ""  # why it is dismissed

    @property
    def id(self) -> str:
        return self.finding.id

    def become(self, state: State, reason: str = "") -> Item:
        before = self.before if self.state in ("applied", "dismissed") else self.state
        return replace(self, state=state, before=before, reason=reason)

    def back(self) -> Item:
        """The item as it was before it was applied or dismissed."""
        return replace(self, state=self.before, reason="")


@dataclass(frozen=True, slots=True)
class View:
    """What the list shows, and how. `floor` hides less severe findings."""

    grouping: Grouping = "severity"
    floor: Severity | None = None
    category: Category | None = None
    state: State | None = None
    words: str = ""

    def shows(self, item: Item) -> bool:
        found = item.finding
        if self.floor and not is_at_least(found.severity, self.floor):
            return False
        if self.category not in (None, found.category) or self.state not in (None, item.state):
            return False
        said = "\n".join(
            (
                found.id,
                found.title,
                found.file_name,
                found.comment,
                found.source,
                found.rule or "",
                found.category,
                *(f"{each.id} {each.file_name}" for each in found.places),
            )
        ).casefold()
        return all(word in said for word in self.words.casefold().split())

    def regrouped(self) -> View:
        return replace(self, grouping="severity" if self.grouping == "file" else "file")

    def next_floor(self) -> View:
        return replace(self, floor=_next(self.floor, SEVERITIES[:-1]))

    def next_category(self) -> View:
        return replace(self, category=_next(self.category, CATEGORIES))

    def next_state(self) -> View:
        return replace(self, state=_next(self.state, STATES))


def _next(now: T | None, values: Sequence[T]) -> T | None:
    """The value after `now`; None comes before the first and after the last."""
    at = -1 if now is None else values.index(now)
    return values[at + 1] if at + 1 < len(values) else None


@dataclass(frozen=True, slots=True)
class ListRow:
    """A row of the list: a finding or, without an id, the heading of a group."""

    id: str | None
    line: Line


def rows(items: Iterable[Item], view: View) -> list[ListRow]:
    """The rows of the view, in an order that does not depend on the order of `items`."""
    shown = sorted(
        (item for item in items if view.shows(item)),
        key=lambda item: _order(item.finding, view.grouping),
    )
    found: list[ListRow] = []
    for _, group in groupby(shown, key=lambda item: _group(item.finding, view.grouping)):
        members = list(group)
        found.append(_heading(members, view.grouping))
        found += [ListRow(item.id, tuple(_line(item, view.grouping))) for item in members]
    return found


def _group(found: Finding, grouping: Grouping) -> object:
    return (found.file_name, found.file_name_base64 or "") if grouping == "file" else found.severity


def _order(found: Finding, grouping: Grouping) -> tuple[object, ...]:
    severity, file = (
        severity_rank(found.severity),
        (found.file_name, found.file_name_base64 or ""),
    )
    line = found.start_line or 0
    return (
        (file, line, severity, found.id) if grouping == "file" else (severity, file, line, found.id)
    )


def _heading(members: Sequence[Item], grouping: Grouping) -> ListRow:
    first = members[0].finding
    name = inline(cut(first.file_name, 300)) if grouping == "file" else first.severity
    return ListRow(None, (("heading", name), ("dim", f"  {len(members):,}")))


def _line(item: Item, grouping: Grouping) -> Iterator[tuple[str, str]]:
    found = item.finding
    over = item.state in ("applied", "dismissed", "fixed")
    yield "good" if item.state == "applied" else "dim", f"{MARK[item.state]} "
    at = f":{found.start_line}" if found.start_line else ""
    if grouping == "file":
        yield "dim" if over else found.severity, f"{found.severity:<8}"
        yield "dim", f" {at:>6}  "
    else:
        yield "dim", f"{inline(cut(found.file_name, 300))}{at}  "
    yield "dim" if over else "", title_of(found)
    if more := more_places(found):
        yield "dim", more


def described(items: Sequence[Item], view: View) -> str:
    """How much is shown, and which filters hide the rest."""
    shown = sum(view.shows(item) for item in items)
    parts = [
        count(len(items), "finding")
        if shown == len(items)
        else f"{shown:,} of {count(len(items), 'finding')}"
    ]
    parts.append(f"by {view.grouping}")
    if view.floor:
        parts.append("critical only" if view.floor == "critical" else f"{view.floor} or worse")
    parts += [each.replace("_", " ") for each in (view.category, view.state) if each]
    if view.words.strip():
        parts.append(f"/{inline(view.words.strip())}")
    return " · ".join(parts)


def row_index(shown: Sequence[ListRow], wanted: str | None, before: int | None) -> int | None:
    """The index of the row to highlight: the finding `wanted`, else the row nearest to the previous
    highlight; None for a list without findings."""
    at = next(
        (index for index, row in enumerate(shown) if row.id == wanted and row.id is not None), None
    )
    if at is not None:
        return at
    findings = [index for index, row in enumerate(shown) if row.id is not None]
    return min(findings, key=lambda index: (abs(index - (before or 0)), index), default=None)
