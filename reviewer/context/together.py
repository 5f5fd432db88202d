"""Changes that belong together although no import connects them: a migration and its model, a
message and its readers, an interface and its implementations. Their changed lines share rare names,
which gives them away."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reviewer.context.index import once_per_change
from reviewer.context.risk import risk
from reviewer.languages import is_generic_name
from reviewer.text import decode
from reviewer.types import Change, FileDiff, Hunk, Line, Side, Unit

LEAST = 1.0  # minimum weight of the names that two hunks share
STRONG = 2.0  # from this weight on, one unit is reviewed again however small the change is
SHARE = 0.25  # share of the tokens of all units that cross-file passes may take
MAX_UNITS = 8
_PARTNERS = 4  # files shown with one unit
# the last kind of `risk` that counts: neither tests nor documentation nor generated files
_CODE = 2
_MAX_FILES = 2000  # changed files that are compared
_MOST_FILES = (
    24  # that a rare name may be in; bounds the cost of looking one up for every unit that has it
)
_MOST_HUNKS = 96
_MAX_LINE = 400
_MAX_NAME = 80
# A plain word may be prose, so it counts only where it is written as in code.
_NAME = re.compile(r"[^\W\d]\w{3,}")
_PLAIN = re.compile(r"(?:(?<=[.\"'`])|(?<!\w)(?=\w+(?:\s*[=(\[]|[\"'`:])))[^\W\d]\w{3,}")
_NO_NAMES = re.compile(
    r"\s*(?:#|//|\*|/\*|<!--|--|import\b|from\b|use\b|require\b)"
)  # comments, and imports
_COMPOUND = re.compile(r"\w_\w|[a-z0-9][A-Z]")


@dataclass(frozen=True, slots=True)
class Related:
    """A hunk of another changed file, and the names its changed lines share with a unit, rarest
    first."""

    file: FileDiff
    hunk: Hunk
    names: tuple[str, ...]
    weight: float


@once_per_change
def _hunks_by_name(change: Change) -> dict[str, dict[str, list[tuple[FileDiff, Hunk]]]]:
    """name → path → the hunks with the name on a changed line, for names in several files but not
    in most."""
    files = [file for file in change.files if risk(file)[0] <= _CODE][:_MAX_FILES]
    hunks: dict[str, dict[str, list[tuple[FileDiff, Hunk]]]] = defaultdict(
        lambda: defaultdict(list)
    )
    most = min(max(2, len(files) // 4), _MOST_FILES)
    for file in files:
        for hunk in file.hunks:
            for name in _names(hunk.lines):
                hunks[name][file.path].append((file, hunk))
    return {
        name: dict(by_path)
        for name, by_path in hunks.items()
        if 2 <= len(by_path) <= most and sum(map(len, by_path.values())) <= _MOST_HUNKS
    }


def _names(lines: Sequence[Line]) -> set[str]:
    changed = [decode(line.data[:_MAX_LINE]) for line in lines if line.kind != "context"]
    code = [text for text in changed if not _NO_NAMES.match(text)]
    found = {name for text in code for name in _NAME.findall(text) if _COMPOUND.search(name)}
    found |= {name for text in code for name in _PLAIN.findall(text)}
    found = {name for name in found if len(name) <= _MAX_NAME}
    return {name for name in found if not is_generic_name(name)}


def related(path: str, hunks: Sequence[Hunk], change: Change) -> list[Related]:
    """Hunks of other files that share names with the changed lines of these hunks, most shared
    first."""
    shared: dict[tuple[str, int], tuple[FileDiff, Hunk, set[str]]] = {}
    places = _hunks_by_name(change)
    for name in {name for hunk in hunks for name in _names(hunk.lines)} & places.keys():
        for other, hunks_there in places[name].items():
            for file, hunk in hunks_there if other != path else ():
                shared.setdefault((other, hunk.new_start), (file, hunk, set()))[2].add(name)
    found = []
    for file, hunk, names in shared.values():
        in_order = tuple(sorted(names, key=lambda name: (len(places[name]), -len(name), name)))
        found.append(Related(file, hunk, in_order, sum(map(_weight, names))))
    strong = [item for item in found if item.weight >= LEAST]
    return sorted(strong, key=lambda item: (-item.weight, item.file.path, item.hunk.new_start))


def _weight(name: str) -> float:
    return 1.0 if _COMPOUND.search(name) else 0.5


def cross_file_units(
    units: Sequence[Unit], change: Change, size: Callable[[Unit], int], effort: str
) -> list[Unit]:
    """The units to review once more, together with related changes in other files: those that share
    the most, each pair of files once, within `SHARE` of the tokens of all units. At least one if
    the names weigh `STRONG`, or with effort `high`."""
    if effort == "low":
        return []
    kinds = {
        file.path: risk(file)[0] for file in {unit.file.path: unit.file for unit in units}.values()
    }
    code = [unit for unit in units if kinds[unit.file.path] <= _CODE]
    scored = [
        (found[0].weight, at, unit, found)
        for at, unit in enumerate(code)
        if (found := related(unit.file.path, unit.hunks, change))
    ]
    room = SHARE * sum(size(unit) for unit in units)
    chosen: list[Unit] = []
    paired: set[frozenset[str]] = set()
    for weight, _, unit, found in sorted(scored, key=lambda item: (-item[0], item[1])):
        pairs = {frozenset((unit.file.path, item.file.path)) for item in found[:_PARTNERS]}
        cost, wanted = size(unit), effort == "high" or weight >= STRONG
        if len(chosen) == MAX_UNITS or pairs <= paired or (cost > room and (chosen or not wanted)):
            continue
        room -= cost
        paired |= pairs
        chosen.append(unit)
    return chosen


def companions(
    path: str, hunks: Sequence[Hunk], change: Change
) -> list[tuple[Related, Side, tuple[int, int]]]:
    """The hunks of other files that share the most names with these: of each the lines that are new
    there, and those that were removed, as first and last line of that side."""
    found: list[tuple[Related, Side, tuple[int, int]]] = []
    strong = [item for item in related(path, hunks, change) if item.weight >= STRONG]
    for item in strong[:_PARTNERS]:
        lines = item.hunk.lines
        added = [line.new for line in lines if line.kind == "added" and line.new]
        removed = [line.old for line in lines if line.kind == "removed" and line.old]
        if added:
            found.append((item, "new", (added[0], added[-1])))
        if removed:
            found.append((item, "old", (removed[0], removed[-1])))
    return found
