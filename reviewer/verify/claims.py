"""Claims that code can check: what a finding says is undefined, unused, not awaited, unreachable …
is looked up in the syntax tree of the whole file, and never asked of a model.

A claim is refuted only when it is false for every run of the file, and only when it is what the
finding is about. Everything else is no checkable claim.
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
from reviewer.verify.agree import MERGED
from reviewer.verify.facts import Decide, Fact, Kind, Looked

# By language: who decides what its files claim.
_DECIDE: dict[str | None, Decide] = {PYTHON.name: python_claims.decide}


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim that was decided. `line` and `quote` show why (line 0 when there is nothing to
    show)."""

    kind: Kind
    verdict: Literal["refuted", "supported"]
    reason: str
    path: str
    line: int
    quote: str


def check(finding: Finding, change: Change, source: Source) -> Claim | None:
    """What code can decide about a finding of the model; None when it makes no checkable claim, or
    a doubtful one."""
    path = path_of(finding)
    data = source.content(path, "new")
    if finding.side == "old" or finding.start_line is None or data is None:
        return None
    title = finding.title.strip()
    sentence = re.split(r"(?<=[.!?])\s|\n", finding.comment.strip(), maxsplit=1)[0]
    looked: Looked | None = None
    if words.claimed(words.SYNTAX, title, ""):
        looked = _syntax(path, data, f"{title} {sentence}")
    elif decide := _DECIDE.get(language(path)):
        lines = (finding.start_line, finding.end_line or finding.start_line)
        looked = decide(title, sentence, path, data, lines, index_of(change))
    if looked is None:
        return None
    kind, fact, where = looked
    if not fact.holds and MERGED in finding.comment:
        return None  # the finding says more than this
    quote = decode(source.lines(where, "new").get(fact.line or 0, b"")).strip()
    return Claim(
        kind, "supported" if fact.holds else "refuted", fact.why, where, fact.line or 0, quote
    )


def _syntax(path: str, data: bytes, said: str) -> Looked | None:
    """A file that parses has no syntax error. One that does not is the analyzers' finding, with its
    place."""
    if words.OTHER_SYNTAX.search(said) or not syntax.parses(path, data):
        return None
    return "syntax", Fact(False, "the file parses", None), path
