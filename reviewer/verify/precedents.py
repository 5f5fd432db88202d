"""The team's dismissals in this repository, as precedents for the judge.

Code decides which dismissals may be precedents for a finding: same category, same language, and
code that shares most of its words. The judge decides whether the reason of the dismissal applies
there too. Neither its word alone nor similarity alone is enough.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice
from pathlib import PurePosixPath
from string import Template
from typing import Protocol, Self

from reviewer import findings, resources, text
from reviewer.events import Finding
from reviewer.languages import language
from reviewer.secrets import Masks
from reviewer.verify import injection

MOST = 3  # precedents per finding
TOKENS = 300  # for all precedents of one question
CODE_FLOOR = 0.5  # Jaccard index of the words of the code
FLOOR = 0.4  # Jaccard index of the words of code and title together
_LEAST_WORDS = 3  # code with fewer is similar to too much other code
_MAX_CODE = 1000  # characters compared
_MAX_TITLE, _MAX_SHOWN, _MAX_REASON = 120, 200, 240  # characters shown
_MOST_READ = 20  # of those similar to a finding, to find MOST that may be shown
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_A-Za-z]+|\d+|[^\w\s()\[\]{},;:.'\"`]+")


class Decision(Protocol):
    """What is needed of a dismissal. `code` is the lines that it was about, "" if unknown."""

    @property
    def id(self) -> str: ...
    @property
    def path(self) -> bytes: ...
    @property
    def title(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def category(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def at(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Precedent:
    """A dismissal that can be compared with findings. `words` are the words of its code."""

    id: str
    path: str
    title: str
    reason: str
    category: str
    code: str
    at: float
    language: str | None
    words: frozenset[str]
    title_words: frozenset[str]


@dataclass(frozen=True, slots=True)
class OfferedPrecedent:
    """A precedent in a question, and the numbers of the candidates that it resembles."""

    precedent: Precedent
    candidates: tuple[int, ...]


@dataclass(frozen=True)
class Precedents:
    """All precedents of a run. `settled` tells whether a finding already has a decision and needs
    no precedent."""

    known: tuple[Precedent, ...] = ()
    settled: Callable[[Finding], bool] = lambda finding: False

    @classmethod
    def of(
        cls,
        decisions: Iterable[Decision],
        settled: Callable[[Finding], bool] = lambda finding: False,
    ) -> Self:
        """Build from the dismissals that have a category, a reason and enough code."""
        usable = (item for item in decisions if item.category and item.reason)
        known = [item for item in map(_precedent, usable) if item]
        return cls(tuple(sorted(known, key=lambda item: item.id)), settled)

    @cached_property
    def digest(self) -> str:
        """A digest of everything that can change a question; "" if there are no precedents."""
        content = [
            (item.id, item.path, item.title, item.reason, item.category, item.code, item.at)
            for item in self.known
        ]
        return hashlib.sha256(json.dumps(content).encode("ascii")).hexdigest() if content else ""

    def similar_to(self, finding: Finding) -> tuple[Precedent, ...]:
        """At most MOST precedents, the most similar first, then the newest. Of several with equal
        reason and code only one, and none that addresses the reviewer."""
        code, path = findings.place_code(finding), findings.path_of(finding)
        language_name = language(path)
        words, title_words = _words(code), _title_words(finding.title)
        scored = [
            (-_jaccard(words | title_words, item.words | item.title_words), -item.at, item.id, item)
            for item in self.known
            if item.category == finding.category
            and item.language == language_name
            and _similar(words, item.words)
        ]
        first: dict[tuple[str, str], Precedent] = {}
        for *_, precedent in sorted(entry for entry in scored if -entry[0] >= FLOOR):
            first.setdefault((precedent.reason, " ".join(precedent.code.split())), precedent)
        most_similar = islice(first.values(), _MOST_READ)
        harmless = (item for item in most_similar if not _addresses_reviewer(item))
        chosen = tuple(islice(harmless, MOST))
        return () if chosen and self.settled(finding) else chosen

    def similar_near(
        self, path: str, lines: Sequence[tuple[int, str]]
    ) -> list[tuple[int, Precedent]]:
        """What could be offered for a finding on these (number, code) lines: (the first line
        similar to it, precedent). Only code is compared, since the finding's title is not known
        yet."""
        language_name, words = language(path), [_words(code) for _, code in lines]
        found = []
        for precedent in self.known if lines else ():
            size = min(len(lines), precedent.code.count("\n") + 1)
            windows = (
                frozenset().union(*words[at : at + size]) for at in range(len(words) - size + 1)
            )
            at = next(
                (at for at, window in enumerate(windows) if _similar(window, precedent.words)), None
            )
            if (
                precedent.language == language_name
                and at is not None
                and not _addresses_reviewer(precedent)
            ):
                found.append((lines[at][0], precedent))
        return sorted(found, key=lambda item: (item[0], item[1].id))


def offer(
    candidates: Mapping[int, Finding],
    precedents: Precedents,
    tokens: Callable[[str], int],
    *,
    redact: Masks | None,
) -> dict[int, OfferedPrecedent]:
    """The precedents of one question by number, at most TOKENS together, the most similar ones of
    every candidate first."""
    wishes = [
        (rank, number, precedent)
        for number, finding in candidates.items()
        for rank, precedent in enumerate(precedents.similar_to(finding))
    ]
    chosen: dict[str, OfferedPrecedent] = {}
    left = TOKENS
    for _, number, precedent in sorted(wishes, key=lambda wished: wished[:2]):
        before = chosen.get(precedent.id)
        largest = OfferedPrecedent(precedent, tuple(candidates))
        cost = 0 if before else tokens("\n".join(_rows(0, largest, redact)))
        if cost <= left:
            numbers = (*before.candidates, number) if before else (number,)
            chosen[precedent.id] = OfferedPrecedent(precedent, numbers)
            left -= cost
    return dict(enumerate(chosen.values(), 1))


def section(
    offered: Mapping[int, OfferedPrecedent], candidates: Iterable[int], *, redact: Masks | None
) -> str:
    """The section of the question with the precedents of these candidates; "" if there are none."""
    asked = set(candidates)
    rows = [
        row
        for number, item in offered.items()
        if (mine := tuple(candidate for candidate in item.candidates if candidate in asked))
        for row in _rows(number, OfferedPrecedent(item.precedent, mine), redact)
    ]
    if not rows:
        return ""
    body = "\n".join(rows)
    template = Template(resources.text("prompts/verify/precedents.md"))
    return template.substitute(fence=text.fence(body), precedents=body).strip() + "\n\n"


def named_by_judge(
    offered: Mapping[int, OfferedPrecedent], number: int, candidate: int
) -> Precedent | None:
    """The precedent that the judge names for a candidate, if it was offered for that
    candidate."""
    item = offered.get(number)
    return item.precedent if item and candidate in item.candidates else None


def rejection_reason(precedent: Precedent) -> str:
    """The reason reported for a finding that this precedent holds back."""
    title, reason = (
        text.cut(text.one_line(part), limit)
        for part, limit in ((precedent.title, 100), (precedent.reason, 200))
    )
    return f"dismissed before as {precedent.id} ({title}): {reason}"


def _rows(number: int, offered: OfferedPrecedent, redact: Masks | None) -> Iterator[str]:
    precedent = offered.precedent
    candidates = ", ".join(str(candidate) for candidate in offered.candidates)
    folder = PurePosixPath(precedent.path).parent.as_posix()
    yield f"{number}. like candidate {candidates}: {_plain(precedent.title, _MAX_TITLE, redact)}"
    yield (
        f"code in {_plain(folder, 80, redact)} ({precedent.language or 'text'}):"
        f" {_plain(precedent.code, _MAX_SHOWN, redact)}"
    )
    yield f"dismissed because: {_plain(precedent.reason, _MAX_REASON, redact)}"


def _plain(value: str, limit: int, redact: Masks | None) -> str:
    """Untrusted text on one line, without control tokens or secrets."""
    clean = redact.hide(value) if redact else value
    return text.cut(text.one_line(text.neutral(" ".join(clean.split()))), limit)


@lru_cache(maxsize=1024)
def _addresses_reviewer(precedent: Precedent) -> bool:
    """Whether the parts to be shown address the reviewer."""
    parts = (
        (precedent.title, _MAX_TITLE),
        (precedent.code, _MAX_SHOWN),
        (precedent.reason, _MAX_REASON),
    )
    return any(injection.addresses(_plain(part, limit, redact=None)) for part, limit in parts)


def _precedent(decision: Decision) -> Precedent | None:
    words, path = _words(decision.code), text.scalar(os.fsdecode(decision.path))
    if len(words) < _LEAST_WORDS:
        return None
    return Precedent(
        decision.id,
        path,
        decision.title,
        decision.reason,
        decision.category,
        decision.code,
        decision.at,
        language(path),
        words,
        _title_words(decision.title),
    )


def _words(value: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _WORD.findall(value[:_MAX_CODE]))


def _title_words(title: str) -> frozenset[str]:
    """The words of a title, without short ones such as `is` and `of`."""
    return frozenset(word for word in _words(title) if len(word) > 2)


def _similar(words: frozenset[str], others: frozenset[str]) -> bool:
    return len(words) >= _LEAST_WORDS and _jaccard(words, others) >= CODE_FLOOR


def _jaccard(words: frozenset[str], others: frozenset[str]) -> float:
    """The Jaccard index."""
    return len(words & others) / len(words | others)
