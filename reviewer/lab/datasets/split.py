"""Train and test parts without overlap: each repository is cut in time, and rows about the same
finding or the same code stay together, even across several clones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from reviewer.errors import UsageError
from reviewer.lab.datasets.rows import DatasetRow

NAMES = {2: ("train", "test"), 3: ("train", "validation", "test")}


@dataclass
class _Group:
    order: int
    rows: list[DatasetRow] = field(default_factory=list)


def parse_split(given: str) -> tuple[int, ...]:
    """The percentages of `90/10` or `80/10/10`. Raises UsageError."""
    parts = given.split("/")
    if len(parts) in NAMES and all(part.isascii() and part.isdigit() for part in parts):
        shares = tuple(int(part) for part in parts)
        if sum(shares) == 100 and min(shares) > 0:
            return shares
    raise UsageError("--split takes two or three percentages that add up to 100: 90/10 or 80/10/10")


def split(rows: Sequence[DatasetRow], shares: Sequence[int]) -> dict[str, list[DatasetRow]]:
    """The rows of each part by its name. The oldest rows of each repository go to the first part;
    when rounding decides, the earlier part gets the row."""
    names = NAMES[len(shares)]
    parts: dict[str, list[DatasetRow]] = {name: [] for name in names}
    groups = _groups(rows)
    for repository in sorted({group.rows[0].repository for group in groups}):
        mine = [group for group in groups if group.rows[0].repository == repository]
        count = sum(len(group.rows) for group in mine)
        ends = [-(-count * sum(shares[: at + 1]) // 100) for at in range(len(shares))]
        part = done = 0
        for group in mine:
            while done >= ends[part]:
                part += 1
            parts[names[part]] += group.rows
            done += len(group.rows)
    return {
        name: sorted(each, key=lambda row: (row.at, row.repository, row.line))
        for name, each in parts.items()
    }


def _groups(rows: Sequence[DatasetRow]) -> list[_Group]:
    """Rows that share a finding or code, directly or indirectly, in the order of their first
    row."""
    home: dict[str, _Group] = {}
    groups: dict[int, _Group] = {}  # by order
    for number, row in enumerate(sorted(rows, key=lambda row: (row.at, row.repository, row.line))):
        known = {home[each].order: home[each] for each in _about(row) if each in home}
        first = known.pop(min(known)) if known else _Group(number)
        groups[first.order] = first
        for other in known.values():
            first.rows += other.rows
            home.update((each, first) for one in other.rows for each in _about(one))
            del groups[other.order]
        first.rows.append(row)
        home.update((each, first) for each in _about(row))
    return [groups[order] for order in sorted(groups)]


def _about(row: DatasetRow) -> frozenset[str]:
    return row.findings | row.shown
