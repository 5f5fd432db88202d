"""Which questions a unit gets: the riskiest, none twice, few enough to be answered with care."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reviewer.languages import language_of
from reviewer.languages.testing import is_test
from reviewer.questions.base import Idea
from reviewer.questions.compare import View, compare
from reviewer.questions.facts import NOTHING
from reviewer.questions.parts import tokens
from reviewer.questions.registry import FAMILIES
from reviewer.questions.walk import read
from reviewer.types import Change, FileDiff, Side, Unit

MOST = 12  # questions of one unit
_LEAST = 3
_LINES_EACH = 9  # changed lines per question beyond the least
_PER_FAMILY = 4
_PER_LINE = 2
_WORTH_TWO = 68  # a second question about a line has at least this risk
_FLOOR = 40  # ideas of less risk are not asked, but as the only one about a unit
_LOWEST = 30
# Families that ask about two sides that must agree.
PAIRS = frozenset(
    ("agreement", "arguments", "arrival", "defaults", "order", "sharing", "signatures", "wording")
)
_CODE = re.compile(r"`[^`]*`")
_BEFORE_AND_AFTER = re.compile(r"became|and is|instead of")


@dataclass(frozen=True, slots=True)
class Question:
    """`id` stays the same as long as the sentence does; `line` is a line of `side`."""

    id: str
    path: str
    line: int
    side: Side
    sentence: str
    needs: tuple[str, ...]
    risk: int
    family: str


@dataclass(frozen=True, slots=True)
class Asked:
    """The questions of a unit in the order of its lines, and how many were cut."""

    questions: tuple[Question, ...] = ()
    cut: int = 0

    @property
    def pairs(self) -> bool:
        """Whether one is about two sides that must agree."""
        return any(each.family in PAIRS for each in self.questions)


def ask(change: Change, units: Sequence[Unit]) -> Mapping[int, Asked]:
    """The questions of each unit, by its ordinal. An equal question is asked once in the change."""
    files: dict[str, list[Unit]] = {}
    for unit in units:
        files.setdefault(unit.file.path, []).append(unit)
    asked: dict[int, Asked] = {}
    known: set[str] = set()
    for path in sorted(files):
        mine = sorted(files[path], key=lambda unit: unit.ordinal)
        ideas = _ideas(change, mine[0].file)
        for unit in mine:
            asked[unit.ordinal] = _chosen(unit, ideas, known)
    return asked


def within(asked: Asked, unit: Unit) -> Asked:
    """The questions about lines that a part of the unit still shows."""
    shown = _shown(unit)
    return Asked(tuple(q for q in asked.questions if (q.side, q.line) in shown), asked.cut)


def view_of(change: Change, file: FileDiff) -> View | None:
    """The file as the families see it; None if nothing is asked about such a file."""
    if is_test(file.path) or file.status in ("deleted", "type_changed"):
        return None
    new = change.read(file.path, "new")
    language = language_of(file.path, new)
    if language is None or language.kind != "code" or new is None:
        return None
    has_old = file.status not in ("added", "copied")
    old = change.read(file.old_path or file.path, "old") if has_old else None
    lines = [line for hunk in file.hunks for line in hunk.lines]
    added = [line.new for line in lines if line.kind == "added" and line.new]
    removed = [line.old for line in lines if line.kind == "removed" and line.old]
    return compare(
        file.path,
        language,
        read(old, language, removed) if old is not None else NOTHING,
        read(new, language, added),
        file.hunks,
        added=file.status == "added",
    )


def _ideas(change: Change, file: FileDiff) -> list[tuple[str, Idea]]:
    view = view_of(change, file)
    if view is None:
        return []
    found = [(name, idea) for name, family in FAMILIES.items() for idea in family(view)]
    rank = {name: at for at, name in enumerate(FAMILIES)}
    found.sort(key=lambda item: (-item[1].risk, rank[item[0]], item[1].line, item[1].sentence))
    return [item for item in found if item[1].risk >= _LOWEST]


def _shown(unit: Unit) -> set[tuple[Side, int]]:
    """The changed lines of a unit."""
    shown: set[tuple[Side, int]] = set()
    for hunk in unit.hunks:
        for line in hunk.lines:
            if line.kind == "added" and line.new:
                shown.add(("new", line.new))
            elif line.kind == "removed" and line.old:
                shown.add(("old", line.old))
    return shown


def _chosen(unit: Unit, ideas: Iterable[tuple[str, Idea]], known: set[str]) -> Asked:
    shown = _shown(unit)
    most = min(MOST, _LEAST + len(shown) // _LINES_EACH)
    families: Counter[str] = Counter()
    lines: Counter[tuple[Side, int]] = Counter()
    subjects: set[tuple[int, str]] = set()
    kept: list[Question] = []
    cut = 0
    for family, idea in ideas:
        place = (idea.side, idea.line)
        first = _CODE.search(idea.sentence)
        subject = (idea.line, first[0] if first else "")
        if idea.risk < _FLOOR and kept:
            continue
        if place not in shown or idea.sentence in known or subject in subjects:
            continue
        if (edit := _edit(idea.sentence)) in known:
            continue
        if lines[place] and (idea.risk < _WORTH_TWO or lines[place] >= _PER_LINE):
            continue
        if len(kept) >= most or families[family] >= _PER_FAMILY:
            cut += 1
            continue
        known.update((idea.sentence, edit))
        subjects.add(subject)
        families[family] += 1
        lines[place] += 1
        kept.append(_question(unit.file.path, family, idea))
    kept.sort(key=lambda item: (item.line, item.side, -item.risk, item.id))
    return Asked(tuple(kept), cut)


def _edit(sentence: str) -> str:
    """What is equal for equal edits: the words that were taken away and those that took their
    place. The sentence itself where no word was."""
    spans = _CODE.findall(sentence)
    if len(spans) < 2 or not _BEFORE_AND_AFTER.search(sentence):
        return sentence
    one, two = (Counter(tokens(span)) for span in spans[-2:])
    less, more = sorted((one - two).elements()), sorted((two - one).elements())
    if not any(word[0].isalnum() for word in (*less, *more)):
        return sentence
    return f"{min(less, more)} {max(less, more)}"


def _question(path: str, family: str, idea: Idea) -> Question:
    digest = hashlib.sha256(f"{path}\0{family}\0{idea.sentence}".encode("utf-8", "surrogatepass"))
    return Question(
        f"q{digest.hexdigest()[:6]}",
        path,
        idea.line,
        idea.side,
        idea.sentence,
        idea.needs,
        idea.risk,
        family,
    )
