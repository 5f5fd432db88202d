"""How `reviewer findings` prints recorded findings: as lines, and as JSON."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from reviewer.cli import screen
from reviewer.text import timestamp

if TYPE_CHECKING:
    from reviewer.memory.listing import Remembered

_GAP = "  "
_TITLE = 30  # cells that a title has at least
_INDENT = 14  # of a title below: under what follows the id


def ordered(items: Sequence[Remembered]) -> list[Remembered]:
    from reviewer.outputs import wording

    by_id = {each.finding.id: each for each in items}
    return [by_id[finding.id] for finding in wording.ordered(each.finding for each in items)]


def table(items: Sequence[Remembered]) -> Iterator[str]:
    """One line for each finding, with columns as wide as needed; where that leaves no room for the
    titles, they stand below."""
    from reviewer.outputs.page import cells, fit, inline
    from reviewer.outputs.wording import more_places, place

    rows = [
        (
            each.finding.id,
            each.finding.severity,
            each.state,
            place(each.finding.file_name, each.finding.start_line),
        )
        for each in items
    ]
    wide = [max(cells(row[column]) for row in rows) for column in range(4)]
    room = screen.columns() - sum(wide) - 4 * len(_GAP)
    folded = room < _TITLE
    for each, row in zip(items, rows, strict=True):
        head = _GAP.join(
            value + " " * (size - cells(value)) for value, size in zip(row, wide, strict=True)
        )
        title = inline(each.finding.title) + more_places(each.finding)
        if folded:
            yield fit(head.rstrip(), screen.columns())
            yield " " * _INDENT + fit(title, screen.columns() - _INDENT)
        else:
            yield f"{head}{_GAP}{fit(title, room)}"


def state_lines(page: Any, item: Remembered) -> list[str]:
    """The state of a finding, when it was first and last seen, and why it was dismissed."""
    first, last = timestamp(item.first_seen), timestamp(item.last_seen)
    lines = page.field("state", f"{item.state}; first seen {first}, last seen {last}")
    if item.dismissal:
        from reviewer.outputs.page import clean

        lines += page.field(
            "", f"dismissed {timestamp(item.dismissal.at)}: {clean(item.dismissal.reason)}"
        )
    lines += page.field("id", item.finding.id)
    return list(lines)


def as_json(item: Remembered) -> dict[str, Any]:
    from reviewer import events

    times = {"firstSeen": timestamp(item.first_seen), "lastSeen": timestamp(item.last_seen)}
    decision = decision_as_json(item.dismissal) if item.dismissal else None
    return {**events.dump(item.finding), "state": item.state, **times, "dismissal": decision}


def decision_as_json(entry: Any) -> dict[str, Any]:
    from reviewer import text

    name = text.file_name(os.fsdecode(entry.path))[0]
    return {
        "id": entry.id,
        "fileName": name,
        "title": entry.title,
        "reason": entry.reason,
        "at": timestamp(entry.at),
    }
