"""Claims that code can check: whether a name is undefined, unused, not awaited or unreachable is
looked up in the syntax tree of the file, never asked of a model.

A claim is refuted only if it is false for every run of the file, and only if the finding is about
nothing else. Everything else is not checkable.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from reviewer.context.index import index_of
from reviewer.events import Finding
from reviewer.findings import Source, path_of
from reviewer.languages import PYTHON, language
from reviewer.text import decode
from reviewer.types import Change
from reviewer.verify import claim_words as words
from reviewer.verify import python_claims, syntax
from reviewer.verify.facts import ClaimKind, DecidedClaim, Decider, Fact

# By language: what decides claims about its files.
_DECIDERS: dict[str | None, Decider] = {PYTHON.name: python_claims.decide}


@dataclass(frozen=True, slots=True)
class Claim:
    """A decided claim. `line` and `quote` show why (line 0 if there is nothing to show)."""

    kind: ClaimKind
    verdict: Literal["refuted", "supported"]
    reason: str
    path: str
    line: int
    quote: str


def check(finding: Finding, change: Change, source: Source) -> Claim | None:
    """The claim of a model's finding, decided by code; None if it makes no checkable claim, or if
    the claim is in doubt."""
    path = path_of(finding)
    data = source.content(path, "new")
    if finding.side == "old" or finding.start_line is None or data is None:
        return None
    title = finding.title.strip()
    sentence = re.split(r"(?<=[.!?])\s|\n", finding.comment.strip(), maxsplit=1)[0]
    decided: DecidedClaim | None = None
    if words.claimed(words.SYNTAX, title, ""):
        decided = _syntax(path, data, f"{title} {sentence}")
    elif decide := _DECIDERS.get(language(path)):
        lines = (finding.start_line, finding.end_line or finding.start_line)
        decided = decide(title, sentence, path, data, lines, index_of(change))
    if decided is None:
        return None
    kind, fact, where = decided
    quote = decode(source.lines(where, "new").get(fact.line or 0, b"")).strip()
    return Claim(
        kind, "supported" if fact.holds else "refuted", fact.why, where, fact.line or 0, quote
    )


def _syntax(path: str, data: bytes, claim: str) -> DecidedClaim | None:
    """A file that parses has no syntax error. If it does not parse, the analyzers report it, with
    its location."""
    if words.OTHER_SYNTAX.search(claim) or not syntax.parses(path, data):
        return None
    return "syntax", Fact(False, "the file parses", None), path
