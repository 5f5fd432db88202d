"""What the team has dismissed in this repository, as precedents for the verifier.

Code decides what may be a precedent for a finding at all: the same category and language, and code
that has most of its words in common. The verifier decides whether the reason of the dismissal holds
there too. Its word alone is not enough, and neither is the likeness.
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

from reviewer import findings, prompt, resources, secrets, text
from reviewer.events import Finding
from reviewer.languages import language
from reviewer.verify import injection

MOST = 3  # precedents of one finding
TOKENS = 300  # of all precedents of one question
CODE_FLOOR = 0.5  # Jaccard index of the words of the code
FLOOR = 0.4  # of the words of the code and of the title together
_LEAST_WORDS = 3  # code with fewer is like too much other code
_MAX_CODE = 1000  # characters that are compared
_MAX_TITLE, _MAX_SHOWN, _MAX_REASON = 120, 200, 240  # characters that are shown
_MOST_READ = 20  # of those that are like a finding, to find MOST that may be shown
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_A-Za-z]+|\d+|[^\w\s()\[\]{},;:.'\"`]+")


class Decision(Protocol):
    """What must be known of a dismissal. `code` is the lines that it was about, "" when that is not
    known."""

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
    """A dismissal that can be compared with findings. `words` are those of its code, `said` those
    of its title."""

    id: str
    path: str
    title: str
    reason: str
    category: str
    code: str
    at: float
    language: str | None
    words: frozenset[str]
    said: frozenset[str]


@dataclass(frozen=True, slots=True)
class Given:
    """A precedent in a question, and the numbers of the candidates that it is like."""

    precedent: Precedent
    candidates: tuple[int, ...]


@dataclass(frozen=True)
class Precedents:
    """All of a run. `settled` tells the findings that need none: there is a decision about them
    already."""

    known: tuple[Precedent, ...] = ()
    settled: Callable[[Finding], bool] = lambda finding: False

    @classmethod
    def of(
        cls,
        decisions: Iterable[Decision],
        settled: Callable[[Finding], bool] = lambda finding: False,
    ) -> Self:
        """From the dismissals that say enough."""
        made = (_precedent(each) for each in decisions if each.category and each.reason)
        return cls(tuple(sorted((one for one in made if one), key=lambda one: one.id)), settled)

    @cached_property
    def digest(self) -> str:
        """Stands for everything that can change a question; "" when there is nothing."""
        said = [
            (one.id, one.path, one.title, one.reason, one.category, one.code, one.at)
            for one in self.known
        ]
        return hashlib.sha256(json.dumps(said).encode("ascii")).hexdigest() if said else ""

    def like(self, finding: Finding) -> tuple[Precedent, ...]:
        """At most MOST, the likest first, then the newest; of several that say the same one, and
        none that speaks to the reviewer."""
        code, path = findings.place_code(finding), findings.path_of(finding)
        words, said, tongue = _words(code), _title_words(finding.title), language(path)
        scored = [
            (-_shared(words | said, one.words | one.said), -one.at, one.id, one)
            for one in self.known
            if one.category == finding.category
            and one.language == tongue
            and _alike(words, one.words)
        ]
        first: dict[tuple[str, str], Precedent] = {}
        for *_, one in sorted(each for each in scored if -each[0] >= FLOOR):
            first.setdefault((one.reason, " ".join(one.code.split())), one)
        chosen = tuple(
            islice((one for one in islice(first.values(), _MOST_READ) if not _speaks(one)), MOST)
        )
        return () if chosen and self.settled(finding) else chosen

    def near(self, path: str, lines: Sequence[tuple[int, str]]) -> list[tuple[int, Precedent]]:
        """What could be given for a finding on these (number, code) lines: (the first line that is
        like it, it). Only code is compared, since nobody knows yet what a finding would say."""
        tongue, words = language(path), [_words(code) for _, code in lines]
        found = []
        for one in self.known if lines else ():
            size = min(len(lines), one.code.count("\n") + 1)
            windows = (
                frozenset().union(*words[at : at + size]) for at in range(len(words) - size + 1)
            )
            at = next((at for at, window in enumerate(windows) if _alike(window, one.words)), None)
            if one.language == tongue and at is not None and not _speaks(one):
                found.append((lines[at][0], one))
        return sorted(found, key=lambda each: (each[0], each[1].id))


def give(
    candidates: Mapping[int, Finding],
    precedents: Precedents,
    tokens: Callable[[str], int],
    *,
    redact: bool,
) -> dict[int, Given]:
    """The precedents of one question by number, at most TOKENS together: the likest of every
    candidate first."""
    wishes = [
        (rank, number, one)
        for number, finding in candidates.items()
        for rank, one in enumerate(precedents.like(finding))
    ]
    chosen: dict[str, Given] = {}
    left = TOKENS
    for _, number, one in sorted(wishes, key=lambda wish: wish[:2]):
        before = chosen.get(one.id)
        cost = 0 if before else tokens("\n".join(_rows(0, Given(one, tuple(candidates)), redact)))
        if cost <= left:
            chosen[one.id] = Given(one, (*before.candidates, number) if before else (number,))
            left -= cost
    return dict(enumerate(chosen.values(), 1))


def shown(given: Mapping[int, Given], candidates: Iterable[int], *, redact: bool) -> str:
    """The part of the question about precedents, for these candidates; "" when there are none."""
    asked = set(candidates)
    rows = [
        row
        for number, one in given.items()
        if (mine := tuple(each for each in one.candidates if each in asked))
        for row in _rows(number, Given(one.precedent, mine), redact)
    ]
    if not rows:
        return ""
    body = "\n".join(rows)
    template = Template(resources.text("prompts/verify/precedents.md"))
    return template.substitute(fence=prompt.fence(body), precedents=body).strip() + "\n\n"


def named(given: Mapping[int, Given], number: int, candidate: int) -> Precedent | None:
    """The precedent that the verifier names for a candidate: only one that was given for it, whose
    code is like its."""
    one = given.get(number)
    return one.precedent if one and candidate in one.candidates else None


def why(one: Precedent) -> str:
    """What is said of a finding that is held back because of it."""
    title, reason = (
        text.cut(text.one_line(each), limit)
        for each, limit in ((one.title, 100), (one.reason, 200))
    )
    return f"dismissed before as {one.id} ({title}): {reason}"


def _rows(number: int, given: Given, redact: bool) -> Iterator[str]:
    one = given.precedent
    like = ", ".join(str(each) for each in given.candidates)
    folder = PurePosixPath(one.path).parent.as_posix()
    yield f"{number}. like candidate {like}: {_plain(one.title, _MAX_TITLE, redact)}"
    yield (
        f"code in {_plain(folder, 80, redact)} ({one.language or 'text'}):"
        f" {_plain(one.code, _MAX_SHOWN, redact)}"
    )
    yield f"dismissed because: {_plain(one.reason, _MAX_REASON, redact)}"


def _plain(said: str, limit: int, redact: bool) -> str:
    """Text of others on one line, in which nothing is a line of the message, a control token or a
    secret."""
    clean = secrets.redact(said)[0] if redact else said
    return text.cut(text.one_line(text.neutral(" ".join(clean.split()))), limit)


@lru_cache(maxsize=1024)
def _speaks(one: Precedent) -> bool:
    """Whether what would be shown of it addresses the reviewer."""
    said = (one.title, _MAX_TITLE), (one.code, _MAX_SHOWN), (one.reason, _MAX_REASON)
    return any(injection.addresses(_plain(each, limit, redact=False)) for each, limit in said)


def _precedent(each: Decision) -> Precedent | None:
    words, path = _words(each.code), text.scalar(os.fsdecode(each.path))
    if len(words) < _LEAST_WORDS:
        return None
    return Precedent(
        each.id,
        path,
        each.title,
        each.reason,
        each.category,
        each.code,
        each.at,
        language(path),
        words,
        _title_words(each.title),
    )


def _words(said: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _WORD.findall(said[:_MAX_CODE]))


def _title_words(title: str) -> frozenset[str]:
    """Without `is`, `of` and their like."""
    return frozenset(word for word in _words(title) if len(word) > 2)


def _alike(words: frozenset[str], others: frozenset[str]) -> bool:
    return len(words) >= _LEAST_WORDS and _shared(words, others) >= CODE_FLOOR


def _shared(words: frozenset[str], others: frozenset[str]) -> float:
    """The Jaccard index."""
    return len(words & others) / len(words | others)
