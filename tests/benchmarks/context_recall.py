"""How much of what a reviewer needs is in the context: python tests/benchmarks/context_recall.py
[CASES]

A case is a folder with base/ (a tree), head/ (the files that the change adds or alters), and
needed.json: lines that decide whether the change is right (path and a part of the line), the paths
that the change removes, its renames. The share of the needed lines that reach the model is given
within three budgets, beside the same for the hunks alone and for the hunks with the changed files
whole (as much of them as fits).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from support.changes import change_of

from reviewer.context import gather, units
from reviewer.languages import language_of
from reviewer.types import Change

CASES = Path(__file__).parents[1] / "context" / "cases"
BUDGETS = (1000, 2000, 4000, 8000)
UNIT = 4000

Seen = set[tuple[str, str]]  # (path, line)


@dataclass(frozen=True)
class Case:
    name: str
    change: Change
    needed: tuple[tuple[str, str], ...]


def tokens(text: str) -> int:
    """A rough count, the same for all that is compared."""
    return len(text) // 3 + 1


def load(folder: Path) -> Case:
    about = json.loads((folder / "needed.json").read_text())
    base = _tree(folder / "base")
    head = {
        path: data
        for path, data in {**base, **_tree(folder / "head")}.items()
        if path not in about["removed"]
    }
    needed = tuple((item["path"], item["contains"]) for item in about["needed"])
    return Case(folder.name, change_of(base, head, about["renamed"]), needed)


def _tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def cases(folder: Path = CASES) -> list[Case]:
    return [load(path.parent) for path in sorted(folder.glob("*/needed.json"))]


def in_hunks(case: Case) -> Seen:
    return {
        (file.path, line.data.decode())
        for file in case.change.files
        for hunk in file.hunks
        for line in hunk.lines
    }


def in_files(case: Case, budget: int) -> Seen:
    seen = in_hunks(case)
    for file in case.change.files:
        for line in (case.change.read(file.path, "new") or b"").decode().splitlines():
            budget -= tokens(line)
            if budget >= 0:
                seen.add((file.path, line))
    return seen


def in_context(case: Case, budget: int) -> Seen:
    seen = in_hunks(case)
    for file in case.change.files:
        for unit in units.split(file, budget=UNIT, tokens=tokens):
            context = gather(unit, case.change, evidence=[], budget=budget, tokens=tokens)
            seen |= {
                (piece.path, line) for piece in context.pieces for line in piece.text.split("\n")
            }
    return seen


def missing(case: Case, seen: Seen) -> list[tuple[str, str]]:
    return [
        (path, part)
        for path, part in case.needed
        if not any(path == where and part in line for where, line in seen)
    ]


def share(found: Iterable[tuple[Case, Seen]]) -> float:
    """Of all needed lines of all cases, how many were seen: 0 to 1."""
    counted = [(len(case.needed), len(missing(case, seen))) for case, seen in found]
    return 1 - sum(lost for _, lost in counted) / sum(total for total, _ in counted)


def by_language(every: Iterable[Case]) -> dict[str, list[Case]]:
    """The cases by the language of their first changed file."""
    groups: dict[str, list[Case]] = {}
    for case in every:
        language = language_of(case.change.files[0].path)
        groups.setdefault(language.name if language else "other", []).append(case)
    return groups


def main(folder: Path) -> None:
    every = cases(folder)
    print(f"{len(every)} cases, {sum(len(case.needed) for case in every)} needed lines")
    print(f"{'tokens':>8} {'context':>8} {'files':>8} {'hunks':>8}")
    hunks = share((case, in_hunks(case)) for case in every)
    for budget in BUDGETS:
        context = share((case, in_context(case, budget)) for case in every)
        files = share((case, in_files(case, budget)) for case in every)
        print(f"{budget:>8} {context:>8.2f} {files:>8.2f} {hunks:>8.2f}")
    for language, group in by_language(every).items():
        shares = (share((case, in_context(case, budget)) for case in group) for budget in BUDGETS)
        print(f"{language:>10} {' '.join(f'{each:.2f}' for each in shares)}")
    for case in every:
        for path, part in missing(case, in_context(case, BUDGETS[1])):
            print(f"missing within {BUDGETS[1]}: {case.name}: {path}: {part}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else CASES)
