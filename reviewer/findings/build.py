"""Builds the published finding: anchor, identity, quoted code, instructions."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from string import Template

from reviewer import prompt, resources, secrets, text
from reviewer.context.symbols import symbol_at
from reviewer.events import Finding, Quote
from reviewer.findings.anchor import Anchor, find_line
from reviewer.findings.source import Source
from reviewer.replies import MAX_CODE_LINE, ReplyFinding
from reviewer.types import Category, Evidence, ModelRole, Severity, Side, severity_rank

EXCERPT_MARGIN = 1  # unchanged lines shown around the place
EXCERPT_LINES = 12
_PLACE = "the place"  # what the quote of the anchored lines says of itself


def from_model(
    reply: ReplyFinding, anchor: Anchor, source: Source, role: ModelRole, known: frozenset[str]
) -> Finding:
    """The finding for a reply that was placed. `known` are the files that the model was shown. What
    a smoke model says is an illustration: it never rises above `info`."""
    symbol = _symbol(anchor.path, anchor.side, anchor.start, source)
    quotes = (
        [here]
        if (here := _excerpt(anchor.path, anchor.side, anchor.start, anchor.end, source))
        else []
    )
    for item in reply.evidence:
        place = find_line(item.quote, item.file_name, source) if item.file_name in known else None
        if place and (item.file_name != anchor.path or place[0] != anchor.start):
            quotes.append(_quote(item.file_name, "new", *place, item.why, source))
    new_code = "\n".join(reply.new_lines) if whole_code(reply) else ""
    return Finding(
        id=identity(anchor.path, "model", anchor.side, anchor.start, source, symbol),
        state="new",
        source="model",
        rule=None,
        severity="info" if role == "smoke" else reply.severity,
        category=reply.category,
        title=_clean(reply.title) or _clean(reply.problem)[:80] or "Unnamed problem",
        file_name=anchor.path,
        start_line=anchor.start,
        end_line=anchor.end,
        side=anchor.side,
        in_diff=anchor.in_diff,
        comment=_clean(reply.problem),
        failure_scenario=_clean(reply.scenario),
        evidence=quotes,
        confidence=None,
        location=anchor.location,
        codegen_instructions=instructions(
            anchor.path,
            anchor.side,
            anchor.start,
            anchor.end,
            symbol,
            reply.problem,
            reply.scenario,
            reply.advice,
            origin="a model",
        ),
        suggestions=[_mask(new_code)] if new_code.strip() else [],
        patch=None,
    )


def whole_code(reply: ReplyFinding) -> bool:
    """Whether no line of the replacement reaches the longest that a reply may hold: it may have
    been cut there."""
    return all(len(line) < MAX_CODE_LINE for line in (*reply.old_lines, *reply.new_lines))


def from_evidence(
    evidence: Evidence, severity: Severity, category: Category, source: Source
) -> Finding:
    """The finding for an analyzer's hit whose rule is listed. It is as exact as the analyzer;
    whether the line was changed is looked up."""
    start, end = evidence.start, evidence.end or evidence.start
    symbol = _symbol(evidence.path, evidence.side, start, source) if start else ""
    quotes = []
    if start and end and (here := _excerpt(evidence.path, evidence.side, start, end, source)):
        quotes.append(here)
    quotes += [
        _quote(place.path, "new", place.start, place.end, place.why, source)
        for place in evidence.related
    ]
    return Finding(
        id=identity(
            evidence.path,
            f"{evidence.source}:{evidence.rule}",
            evidence.side,
            start,
            source,
            symbol,
        ),
        state="new",
        source=f"analyzer:{evidence.source}",
        rule=evidence.rule,
        severity=severity,
        category=category,
        title=text.cut(_clean(evidence.message).split("\n")[0], 120),
        file_name=evidence.path,
        start_line=start,
        end_line=end,
        side=evidence.side,
        in_diff=start is not None
        and _is_changed(evidence.path, evidence.side, start, end or start, source),
        comment=_clean(evidence.message),
        failure_scenario="",
        evidence=quotes,
        confidence=None,
        location="exact" if start else "file",
        codegen_instructions=instructions(
            evidence.path,
            evidence.side,
            start,
            end,
            symbol,
            evidence.message,
            "",
            evidence.fix,
            origin=f"the analyzer {evidence.source}",
        ),
        suggestions=[],
        patch=None,
    )


def identity(
    path: str, rule: str, side: Side, start: int | None, source: Source, symbol: str
) -> str:
    """12 hex digits that stay the same across runs and when lines move: sha256 over path, rule,
    side, the anchored line without white space, the enclosing symbol, and which of the equal lines
    in that symbol it is."""
    return _digest([path, *_traits(path, rule, side, start, source, symbol)])


def fingerprint(finding: Finding, source: Source) -> str:
    """What `identity` says, without the path: the same for the same finding in a file that was
    renamed."""
    return id_under("*", finding, source)


def id_under(path: str, finding: Finding, source: Source) -> str:
    """The id that a finding would have if its file had the name `path`."""
    own, start, name = (
        path_of(finding),
        finding.start_line,
        finding.source.removeprefix("analyzer:"),
    )
    rule = name if finding.rule is None else f"{name}:{finding.rule}"
    symbol = _symbol(own, finding.side, start, source) if start else ""
    return _digest([path, *_traits(own, rule, finding.side, start, source, symbol)])


def quoted_code_stands(finding: Finding, source: Source) -> bool:
    """Whether the lines that the finding shows as its place are in its file as they were, wherever
    they are now."""
    path = path_of(finding)
    quote = next((each for each in finding.evidence if each.why == _PLACE), None)
    if quote is None:
        return False
    lines = source.lines(path, finding.side)
    whole = _mask("\n".join(_source_text(lines, number) for number in sorted(lines)))
    return f"\n{quote.quote}\n" in f"\n{whole}\n"


def place_code(finding: Finding) -> str:
    """The lines that the finding is about, as it quotes them, without those around them; "" when it
    quotes none."""
    quote = next((each for each in finding.evidence if each.why == _PLACE), None)
    if quote is None or finding.start_line is None:
        return ""
    first, last = finding.start_line, finding.end_line or finding.start_line
    return "\n".join(
        quote.quote.split("\n")[max(0, first - quote.start_line) : last - quote.start_line + 1]
    )


def path_of(finding: Finding) -> str:
    """The path as the operating system has it, whose bytes need not be UTF-8."""
    encoded = finding.file_name_base64
    return finding.file_name if encoded is None else os.fsdecode(base64.b64decode(encoded))


def _traits(
    path: str, rule: str, side: Side, start: int | None, source: Source, symbol: str
) -> list[str | int]:
    lines = source.bare(path, side)
    anchor = lines.get(start, b"") if start else b""
    twins = [n for n, code in lines.items() if start and n < start and code == anchor]
    ordinal = sum(_symbol(path, side, number, source) == symbol for number in twins)
    return [rule, side, anchor.decode("latin-1"), symbol, ordinal]


def _digest(key: list[str | int]) -> str:
    return hashlib.sha256(json.dumps(key).encode()).hexdigest()[:12]


def merge(findings: Sequence[Finding]) -> list[Finding]:
    """One finding for each id, in first-seen order: the more severe one, which also names what the
    other says."""
    merged: dict[str, Finding] = {}
    for finding in findings:
        known = merged.get(finding.id)
        merged[finding.id] = combine(known, finding) if known else finding
    return list(merged.values())


def combine(known: Finding, other: Finding) -> Finding:
    """Two findings at one place as one."""
    first, second = sorted((known, other), key=lambda finding: severity_rank(finding.severity))
    if second.title == first.title or second.title in first.comment:
        return first
    return first.model_copy(
        update={"comment": f"{first.comment}\nAlso here: {second.title}. {second.comment}"}
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
) -> str:
    """What an agent can act on alone. The first line and "around lines A - B" are what existing
    parsers look for."""
    where = f"In {symbol}()" if symbol else ""
    if start and end and end > start:
        where += f"{', ' if where else 'Here, '}around lines {start} - {end}"
    if start and side == "old":
        where += f"{', o' if where else 'O'}n a line that this change removes"
    return (
        Template(resources.text("prompts/instructions.md"))
        .substitute(
            file_name=text.one_line(text.scalar(path)),
            place=f"at line {start}" if start else "(the whole file)",
            origin=origin,
            where=f"{where}: " if where else "",
            problem=_clean(problem),
            scenario=f"\nIt fails like this: {_clean(scenario)}" if scenario.strip() else "",
            advice=f"\nWhat to do: {_clean(advice)}" if advice.strip() else "",
        )
        .strip()
    )


def _symbol(path: str, side: Side, line: int, source: Source) -> str:
    content = source.content(path, side)
    return symbol_at(path, content, line) if content is not None else ""


def _excerpt(path: str, side: Side, start: int, end: int, source: Source) -> Quote | None:
    lines = source.lines(path, side)
    if start not in lines:
        return None
    end = min(end, start + EXCERPT_LINES - 1)
    first = start - EXCERPT_MARGIN if start - EXCERPT_MARGIN in lines else start
    last = end + EXCERPT_MARGIN if end + EXCERPT_MARGIN in lines else end
    return _quote(path, side, first, last, _PLACE, source)


def _quote(path: str, side: Side, start: int, end: int, why: str, source: Source) -> Quote:
    lines = source.lines(path, side)
    code = "\n".join(
        _source_text(lines, number)
        for number in range(start, min(end, start + EXCERPT_LINES + 1) + 1)
    )
    return Quote(
        file_name=path,
        start_line=start,
        end_line=max(start, end),
        quote=_mask(code),
        why=_clean(why),
    )


def _source_text(lines: Mapping[int, bytes], number: int) -> str:
    return text.cut(text.decode(lines.get(number, b"").removesuffix(b"\r")), prompt.MAX_LINE)


def _is_changed(path: str, side: Side, start: int, end: int, source: Source) -> bool:
    file = source.file(path)
    if file is None:
        return False
    kind = "added" if side == "new" else "removed"
    numbers = (
        line.new if side == "new" else line.old
        for h in file.hunks
        for line in h.lines
        if line.kind == kind
    )
    return any(number is not None and start <= number <= end for number in numbers)


def _clean(said: str) -> str:
    """What a model or tool said, for publication: trimmed, and no secret in it."""
    return _mask(said.strip())


def _mask(said: str) -> str:
    return secrets.redact(said)[0]
