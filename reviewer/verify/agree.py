"""Findings of the model that an analyzer reports too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from reviewer.events import Finding, Quote
from reviewer.findings import path_of
from reviewer.types import Evidence

# What a rule is about, as the title and comment of a matching finding would word it.
_TOPICS: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (re.compile(rules), re.compile(said, re.IGNORECASE))
    for rules, said in (
        (
            r"F821|F822|F823|unresolved-reference|undefined|removed-name",
            (
                r"\bundefined\b|\bnot (?:defined|imported)\b|missing"
                r" import|NameError|\bremoved\b|no longer"
            ),
        ),
        (r"F401|F841|ARG\d+|unused-\w+|B007", r"\bunused\b|never (?:used|read)|not used"),
        (
            r"missing-argument|too-many-positional-arguments|unknown-argument|parameter-already-assigned|"
            r"positional-only-parameter-as-kwarg",
            r"\barguments?\b|\bparameters?\b|TypeError|signature",
        ),
        (
            r"unresolved-attribute|removed-attribute|PLE0237",
            r"\battributes?\b|\bmethods?\b|AttributeError",
        ),
        (r"removed-module|unresolved-import", r"\bimports?\b|\bmodules?\b|ImportError"),
        (r"unused-awaitable|invalid-await|RUF006|PLE1142", r"\bawait\w*|coroutine|\basync"),
        (
            r"[\w-]*syntax[\w-]*|E9\d\d|broken-\w+",
            r"\bsyntax|does not parse|invalid (?:JSON|TOML)|malformed",
        ),
        (
            r"B006|B008|B039|RUF008|RUF012",
            r"\bmutable\b|shared (?:by|between|across)|default argument",
        ),
        (
            r"E722|BLE001|S110|S112|\w*swallow\w*|\w*empty-catch\w*",
            r"\bswallow|\bexcept\b|silently|ignor\w+ (?:all )?(?:the )?exceptions?",
        ),
        (r"conflict-marker", r"\bconflict\b|merge marker"),
        (
            r"[\w-]*(?:key|token|secret|password|jwt|webhook|auth-url)",
            r"\bsecret|\bpassword|\bcredential|\btokens?\b|\bkeys?\b|hard-?coded",
        ),
        (
            r"bidirectional|invisible|confusable",
            r"invisible|bidirectional|unicode|homoglyph|confusable|zero-width",
        ),
        (r"test-\w+|assertion-removed", r"\btests?\b|\bassert"),
        (r"F5\d\d|PLE1205|PLE1206|PLE13\d\d", r"\bformat|placeholder"),
        (r"B023", r"\bclosure|late binding|loop variable"),
        (r"F632", r"\bidentity\b|\bis\b.*\bliteral|`is`"),
        (r"addresses-reviewer", r"\breviewer\b|prompt injection|instructions?"),
    )
)


def duplicate_of(finding: Finding, published: Iterable[Finding]) -> Finding | None:
    """The published analyzer finding that reports the same problem on the same lines."""
    for other in published:
        if other.source == "model" or not same_lines(finding, other):
            continue
        if _same_topic(finding, other.source.removeprefix("analyzer:"), other.rule or ""):
            return other
    return None


def same_lines(finding: Finding, other: Finding) -> bool:
    """Whether the two are about a line that is the same."""
    return (other.file_name, other.side) == (finding.file_name, finding.side) and _overlap(
        finding, other.start_line, other.end_line
    )


def quoted(finding: Finding, other: Finding) -> bool:
    """Whether one of the two quotes a line that the other is about: a call and what it calls."""
    return any(
        (quote.file_name, quote.side) == (about.file_name, about.side)
        and _overlap(about, quote.start_line, quote.end_line)
        for about, said in ((finding, other), (other, finding))
        for quote in said.evidence
    )


def with_evidence(finding: Finding, evidence: Sequence[Evidence]) -> Finding:
    """The finding, with analyzers' evidence for the same problem on the same lines added to its
    own."""
    quotes = list(finding.evidence)
    for item in evidence:
        same = item.path == path_of(finding) and item.side == finding.side
        if (
            same
            and _overlap(finding, item.start, item.end)
            and _same_topic(finding, item.source, item.rule)
        ):
            assert item.start is not None, "what overlaps has lines"
            why = f"{item.source} {item.rule}: {item.message}"
            if all(quote.why != why for quote in quotes):
                known = next((quote for quote in quotes if quote.file_name == item.path), None)
                shown = known or Quote(
                    file_name=item.path,
                    start_line=item.start,
                    end_line=item.end or item.start,
                    quote="",
                    why="",
                )
                quotes.append(shown.model_copy(update={"why": why}))
    return (
        finding
        if len(quotes) == len(finding.evidence)
        else finding.model_copy(update={"evidence": quotes})
    )


def _overlap(finding: Finding, start: int | None, end: int | None) -> bool:
    if start is None or finding.start_line is None:
        return False
    return finding.start_line <= (end or start) and start <= (
        finding.end_line or finding.start_line
    )


def _same_topic(finding: Finding, source: str, rule: str) -> bool:
    wording = f"{finding.title}. {finding.comment}"
    if rule and re.search(rf"\b{re.escape(rule)}\b", wording):
        return True
    return any(rules.fullmatch(rule) and words.search(wording) for rules, words in _TOPICS)
