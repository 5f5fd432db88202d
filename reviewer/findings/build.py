"""Builds the published finding: place, identity, quoted code, instructions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from string import Template

from reviewer import replies, resources, text
from reviewer.events import CommitPlace, Finding
from reviewer.findings import prose
from reviewer.findings.anchor import Anchor
from reviewer.findings.identity import identity, identity_in_commit
from reviewer.findings.masking import masked
from reviewer.findings.quotes import clean, mask, place_quote, quote_of
from reviewer.findings.source import Source
from reviewer.replies import MAX_CODE_LINE, ReplyFinding
from reviewer.types import Category, Commit, Evidence, ModelRole, Severity, Side

_MAX_TITLE = 120  # characters of an analyzer's message
_SENTENCE = re.compile(r"[.?!](?: \([A-Z]+\d+\))?(?= [A-Z])")  # with the code of the error


def from_model(
    reply: ReplyFinding,
    anchor: Anchor,
    evidence: Sequence[tuple[Anchor, str]],
    source: Source,
    role: ModelRole,
) -> Finding:
    """The finding for a placed reply, with the places of its evidence and why each supports it. A
    smoke model's finding is only an illustration, so it is always `info`."""
    symbol = source.symbol(anchor.path, anchor.side, anchor.start)
    own = (anchor.path, anchor.side, anchor.start, anchor.end)
    quotes = [here] if (here := place_quote(*own, source)) else []
    for place, why in evidence:
        if (place.path, place.side, place.start) != own[:3]:
            said = prose.sentence(why, replies.MAX_WHY)
            quotes.append(quote_of(place.path, place.side, place.start, place.end, said, source))
    problem = prose.paragraphs(reply.problem, replies.MAX_PROBLEM)
    scenario = prose.paragraphs(reply.scenario, replies.MAX_SCENARIO)
    title = prose.sentence(reply.title, replies.MAX_TITLE) or text.cut(problem, 80)
    new_code = "\n".join(reply.new_lines) if whole_code(reply) else ""
    return Finding(
        id=identity(anchor.path, "model", anchor.side, anchor.start, source, symbol),
        state="new",
        source="model",
        rule=None,
        severity="info" if role == "smoke" else reply.severity,
        category=reply.category,
        title=clean(title) or "Unnamed problem",
        file_name=anchor.path,
        start_line=anchor.start,
        end_line=anchor.end,
        side=anchor.side,
        in_diff=anchor.in_diff,
        comment=clean(problem),
        failure_scenario=clean(scenario),
        evidence=quotes,
        confidence=None,
        location=anchor.location,
        codegen_instructions=instructions(
            anchor.path,
            anchor.side,
            anchor.start,
            anchor.end,
            symbol,
            problem,
            scenario,
            prose.paragraphs(reply.advice, replies.MAX_ADVICE),
            origin="a model",
        ),
        suggestions=[mask(new_code)] if new_code.strip() else [],
        patch=None,
    )


def whole_code(reply: ReplyFinding) -> bool:
    """Whether the replacement is complete: a line of the maximum length may have been cut."""
    return all(len(line) < MAX_CODE_LINE for line in (*reply.old_lines, *reply.new_lines))


def from_evidence(
    evidence: Evidence, severity: Severity, category: Category, source: Source
) -> Finding:
    """The finding for an analyzer's hit whose rule is listed. A hit in a commit has no line in the
    files under review."""
    commit, side = evidence.commit, evidence.side
    start, end = (None, None) if commit else (evidence.start, evidence.end or evidence.start)
    symbol = source.symbol(evidence.path, side, start) if start else ""
    quotes = []
    if start and end and (here := place_quote(evidence.path, side, start, end, source)):
        quotes.append(here)
    quotes += [
        quote_of(each.path, "new", each.start, each.end, each.why, source)
        for each in evidence.related
    ]
    rule = f"{evidence.source}:{evidence.rule}"
    place = _place_in(commit, evidence) if commit else None
    finding = Finding(
        id=identity_in_commit(evidence.path, rule, evidence.anchor)
        if commit
        else identity(evidence.path, rule, side, start, source, symbol),
        state="new",
        source=f"analyzer:{evidence.source}",
        rule=evidence.rule,
        severity=severity,
        category=category,
        title=_title(clean(evidence.message).split("\n")[0]),
        file_name=evidence.path,
        start_line=start,
        end_line=end,
        side=side,
        in_diff=start is not None and source.is_changed(evidence.path, side, start, end or start),
        comment=clean(evidence.message),
        failure_scenario="",
        evidence=quotes,
        confidence=None,
        location="exact" if start else "file",
        codegen_instructions=instructions(
            evidence.path,
            side,
            start,
            end,
            symbol,
            evidence.message,
            "",
            evidence.fix,
            origin=f"the analyzer {evidence.source}",
            place=f"at line {place.start_line} of commit {place.id[:10]}" if place else "",
        ),
        suggestions=[],
        patch=None,
        commit=place,
    )
    return masked(finding, source.masks)


def _title(message: str) -> str:
    """The sentences of a message that a title has room for, or the start of its first one."""
    if len(message) <= _MAX_TITLE:
        return message
    ends = [each.end() for each in _SENTENCE.finditer(message, 0, _MAX_TITLE)]
    return message[: ends[-1]] if ends else text.cut(message, _MAX_TITLE)


def _place_in(commit: Commit, evidence: Evidence) -> CommitPlace:
    start = evidence.start or 1
    return CommitPlace(
        id=commit.id,
        subject=clean(commit.subject),
        start_line=start,
        end_line=evidence.end or start,
    )


def instructions(
    path: str,
    side: Side,
    start: int | None,
    end: int | None,
    symbol: str,
    problem: str,
    scenario: str,
    advice: str,
    *,
    origin: str,
    place: str = "",
) -> str:
    """Instructions that an agent can follow without other context. Existing parsers look for the
    first line and "around lines A - B"."""
    return (
        Template(resources.text("prompts/instructions.md"))
        .substitute(
            file_name=text.one_line(text.scalar(path)),
            place=place or (f"at line {start}" if start else "(the whole file)"),
            origin=origin,
            where=_where(symbol, side, start, end),
            problem=clean(problem),
            scenario=f"\nIt fails like this: {clean(scenario)}" if scenario.strip() else "",
            advice=f"\nWhat to do: {clean(advice)}" if advice.strip() else "",
        )
        .strip()
    )


def described(path: str, side: Side, start: int | None, end: int | None, source: Source) -> str:
    """How the instructions for these lines begin, after their opening; "" without anything to
    say."""
    return _where(source.symbol(path, side, start) if start else "", side, start, end)


def _where(symbol: str, side: Side, start: int | None, end: int | None) -> str:
    where = f"In {symbol}()" if symbol else ""
    if start and end and end > start:
        where += f"{', ' if where else 'Here, '}around lines {start} - {end}"
    if start and side == "old":
        where += f"{', o' if where else 'O'}n a line that this change removes"
    return f"{where}: " if where else ""
