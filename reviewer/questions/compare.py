"""Old against new: which facts a change takes away, which it adds, and which it only alters."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from reviewer.languages.base import Language
from reviewer.questions.facts import Fact, Role, Side
from reviewer.questions.parts import NAME, TOKEN, bare, canonical, is_literal, last_name, tokens
from reviewer.types import Hunk

_Key = tuple[int, Role, str]  # hunk, role, function
_ALIKE = 0.5  # share of common tokens from which two facts are the same one, altered
_SAID = 100_000  # characters
_NAMED = 600  # characters
_TRIES = 10  # facts of a hunk that one fact is compared with
_PAIRED: frozenset[Role] = frozenset(
    (
        *("branch", "assign", "return", "loop", "raise", "string", "regex", "hold", "await"),
        *("index", "entry", "case", "assert", "catch"),
    )
)


@dataclass(frozen=True, slots=True)
class Pair:
    old: Fact
    new: Fact


@dataclass(frozen=True)
class View:
    """A file as the families see it. `fresh`: facts of the new side that the old one lacks, altered
    ones included; `lost`: facts of the old side without a counterpart."""

    path: str
    language: Language
    old: Side
    new: Side
    fresh: tuple[Fact, ...]
    lost: tuple[Fact, ...]
    pairs: tuple[Pair, ...]
    hunks: tuple[Hunk, ...]
    added: bool  # a new file

    @cached_property
    def words(self) -> Counter[str]:
        """How often the new side has each word."""
        return Counter(word for line in self.new.lines for word in NAME.findall(line))

    @cached_property
    def set_to(self) -> dict[str, str]:
        """What the changed lines of the new side assign, by its name."""
        found = (fact for fact in self.new.facts if fact.role == "assign")
        return {fact.parts[0]: fact.parts[1] for fact in found}

    @cached_property
    def said(self) -> str:
        """The fresh facts as one text, to look for what is still there in other words."""
        return "\0".join(canonical(fact.text) for fact in self.fresh)[:_SAID]

    @cached_property
    def passed(self) -> frozenset[tuple[str, ...]]:
        """The arguments of fresh calls."""
        return frozenset(fact.parts for fact in self.fresh if fact.role == "call")

    def only_named(self, old: str, new: str) -> bool:
        """Whether the new text is the old one with a part that got a name."""
        names = {name for name in NAME.findall(new) if name in self.set_to}
        if not names or len(new) + len(old) > _NAMED:
            return False
        spelled = TOKEN.sub(lambda word: self.set_to[word[0]] if word[0] in names else word[0], new)
        return canonical(spelled) == canonical(old)

    def of(self, *roles: Role) -> list[Fact]:
        return [fact for fact in self.fresh if fact.role in roles]

    def gone(self, *roles: Role) -> list[Fact]:
        return [fact for fact in self.lost if fact.role in roles]

    def altered(self, *roles: Role) -> list[Pair]:
        return [pair for pair in self.pairs if pair.new.role in roles]


def compare(
    path: str, language: Language, old: Side, new: Side, hunks: Sequence[Hunk], *, added: bool
) -> View:
    renames = _renames(hunks, old, new)
    fresh, lost = _cancel(old.facts, new.facts, renames)
    both = {each.name for each in old.functions} & {each.name for each in new.functions}
    before = _by_hunk(lost, hunks, old, both, is_old=True)
    pairs = _pairs(before, _by_hunk(fresh, hunks, new, both, is_old=False))
    altered = {id(pair.old) for pair in pairs}
    return View(
        path,
        language,
        old,
        new,
        tuple(fresh),
        tuple(fact for fact in lost if id(fact) not in altered),
        tuple(pairs),
        tuple(hunks),
        added,
    )


def _cancel(
    old: Iterable[Fact], new: Iterable[Fact], renames: Mapping[str, str]
) -> tuple[list[Fact], list[Fact]]:
    """(facts only of the new side, facts only of the old one). Moved and mechanically renamed code
    has none."""
    old = list(old)
    keys = [(fact.role, canonical(_renamed(fact.text, renames))) for fact in old]
    spare, known = Counter(keys), Counter(keys)
    fresh = []
    for fact in new:
        key = (fact.role, canonical(fact.text))
        if spare[key]:
            spare[key] -= 1
        else:
            fresh.append(fact)
    lost = []
    taken = known - spare
    for fact, key in zip(old, keys, strict=True):
        if taken[key]:
            taken[key] -= 1
        else:
            lost.append(fact)
    return fresh, lost


def _renamed(text: str, renames: Mapping[str, str]) -> str:
    return TOKEN.sub(lambda word: renames.get(word[0], word[0]), text) if renames else text


def _renames(hunks: Iterable[Hunk], old: Side, new: Side) -> dict[str, str]:
    """Names that the change replaces by another one on at least two lines, where nothing else of
    the line changes, and that are gone from the file."""
    seen: Counter[tuple[str, str]] = Counter()
    for hunk in hunks:
        removed: list[bytes] = []
        added: list[bytes] = []
        for line in (*hunk.lines, None):
            if line is not None and line.kind == "removed":
                removed.append(line.data)
            elif line is not None and line.kind == "added":
                added.append(line.data)
            else:
                for before, after in zip(removed, added, strict=False):
                    seen.update(_renaming(before[:500], after[:500]))
                removed, added = [], []
    found = {(old, new) for (old, new), number in seen.items() if number > 1}
    targets = Counter(before for before, _ in found)
    if not found:
        return {}
    gone, known = set(NAME.findall("\n".join(new.lines))), set(NAME.findall("\n".join(old.lines)))
    return {
        before: after
        for before, after in sorted(found)
        if targets[before] == 1 and before not in gone and after not in known
    }


def _renaming(before: bytes, after: bytes) -> set[tuple[str, str]]:
    texts = [data.decode("utf-8", "replace") for data in (before, after)]
    if bare(texts[0]) == bare(texts[1]):
        return set()  # only a text differs
    one, two = (tokens(text) for text in texts)
    if len(one) != len(two):
        return set()
    differing = {(a, b) for a, b in zip(one, two, strict=True) if a != b}
    names = all(word.isidentifier() and not is_literal(word) for pair in differing for word in pair)
    return differing if len(differing) == 1 and names else set()


def _pairs(olds: Mapping[_Key, list[Fact]], news: Mapping[_Key, list[Fact]]) -> list[Pair]:
    """Lost and fresh facts of one hunk that are the same one, altered."""
    pairs: list[Pair] = []
    for key, before in olds.items():
        after = news.get(key, [])
        if key[1] == "call":
            pairs += _calls(before, after)
        elif key[1] == "binary":
            pairs += _binaries(before, after)
        elif key[1] in _PAIRED:
            pairs += _alike(before, after)
    pairs.sort(key=lambda pair: (pair.new.line, pair.new.role, pair.new.text))
    return pairs


def _by_hunk(
    facts: Iterable[Fact], hunks: Sequence[Hunk], side: Side, both: Container[str], *, is_old: bool
) -> dict[_Key, list[Fact]]:
    """What may be paired. A result is that of its function, if both sides have one of its name."""
    starts = [hunk.old_start if is_old else hunk.new_start for hunk in hunks]
    ends = [
        hunk.old_start + hunk.old_count if is_old else hunk.new_start + hunk.new_count
        for hunk in hunks
    ]
    found: dict[_Key, list[Fact]] = {}
    for fact in facts:
        at = bisect_right(starts, fact.line) - 1
        if at < 0 or fact.line > ends[at]:  # it begins above the lines that it changes on
            at = min(at + 1, len(starts) - 1)
        function = side.function(fact) if fact.role == "return" else None
        home = function.name if function and function.name in both else ""
        found.setdefault((at, fact.role, home), []).append(fact)
    return found


def _calls(before: Sequence[Fact], after: Sequence[Fact]) -> list[Pair]:
    """Calls of the same function, in order."""
    waiting: dict[str, list[Fact]] = {}
    for fact in after:
        waiting.setdefault(last_name(fact.name), []).append(fact)
    pairs = []
    for fact in before:
        if same := waiting.get(last_name(fact.name)):
            pairs.append(Pair(fact, same.pop(0)))
    return pairs


def _binaries(before: Sequence[Fact], after: Sequence[Fact]) -> list[Pair]:
    """Operations of which one operand stayed: another operator, or another value."""
    waiting: dict[str, list[Fact]] = {}
    for fact in after:
        for part in set(fact.parts):
            waiting.setdefault(part, []).append(fact)
    used: set[int] = set()
    pairs = []
    for fact in before:
        for part in fact.parts:
            same = next(
                (item for item in waiting.get(part, ())[:_TRIES] if id(item) not in used), None
            )
            if same is not None and last_name(part) + part != "":
                used.add(id(same))
                pairs.append(Pair(fact, same))
                break
    return pairs


def _alike(before: Sequence[Fact], after: Sequence[Fact]) -> list[Pair]:
    """The most similar ones, each once."""
    scored = []
    words = [Counter(tokens(fact.text)) for fact in after]
    for at, fact in enumerate(before[: _TRIES * 4]):
        mine = Counter(tokens(fact.text))
        target = fact.parts[0] if fact.role in ("assign", "entry") else None
        for to, other in enumerate(after[: _TRIES * 4]):
            common = (mine & words[to]).total() * 2 / max(1, mine.total() + words[to].total())
            if target is not None and other.parts[0] == target:
                common += 0.5
            if common >= _ALIKE:
                scored.append((-common, at, to))
    scored.sort()
    pairs, used_old, used_new = [], set(), set()
    for _, at, to in scored:
        if at not in used_old and to not in used_new:
            used_old.add(at)
            used_new.add(to)
            pairs.append(Pair(before[at], after[to]))
    return pairs
