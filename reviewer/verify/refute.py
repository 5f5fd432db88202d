"""The judging pass: the model is shown each candidate with its code, says whether it is true, how
bad it is, whether it was so before, and which candidates have one cause.

It is asymmetric. Dropping a finding takes a contradicting line that really is in the code under
review, or a precedent that was offered for it (a dismissal of a finding on similar code) and whose
reason applies here too. Findings about security, data integrity or concurrency are only lowered.
Everything else, and every bad answer, keeps the finding. Nothing is ever added.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from string import Template

from reviewer import replies, resources, text
from reviewer.errors import EngineError
from reviewer.events import Finding, Quote
from reviewer.findings import PassResult
from reviewer.messages import Prompt, Usage
from reviewer.models import ask as models
from reviewer.models.ask import DIRECT, Asker
from reviewer.models.base import Model, PromptTooLong, Schema
from reviewer.secrets import Masks
from reviewer.types import Change
from reviewer.verify import agree, needs
from reviewer.verify import precedents as earlier
from reviewer.verify.precedents import OfferedPrecedent, Precedents
from reviewer.verify.verdicts import (
    Judged,
    judged_by,
    removed_lines,
    shown_lines,
)

SCHEMA = Schema("refutation", replies.refutation_schema(precedents=False))
WITH_PRECEDENTS = Schema("refutation", replies.refutation_schema(precedents=True))
BATCH = 8  # candidates per question, as many as the schema allows
_REPLY_TOKENS = 330  # per verdict
_MOST_KNOWN = 20  # findings that candidates are compared with
_MAX_TEXT = 600  # characters of a field of a candidate


@dataclass(frozen=True, slots=True)
class Refuted:
    """All candidates, in order. `problem` says in one line why some have no verdict; "" if all have
    one."""

    judged: tuple[Judged, ...]
    usage: Usage
    problem: str


@dataclass
class _Court:
    """What all questions about the candidates of one file share."""

    model: Model
    asker: Asker
    change: Change
    precedents: Precedents
    known: Sequence[Finding]
    redact: Masks | None
    judged: list[Judged] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)
    problem: str = ""


async def refute(
    model: Model,
    candidates: Sequence[tuple[PassResult, Finding]],
    change: Change,
    *,
    redact: Masks | None,
    known: Sequence[Finding] = (),
    asker: Asker = DIRECT,
    precedents: Precedents = Precedents(),
) -> Refuted:
    """Ask about the candidates of one file, each with the pass that reported it: after the prompt
    of their unit, which the server has in its cache. Those of a unit follow each other. `known`
    findings of analyzers, and the candidates that stand so far, are named beside them. Candidates
    without an answer stay as they are, without confidence."""
    court = _Court(model, asker, change, precedents, known, redact)
    for _, same_unit in groupby(candidates, key=lambda each: each[0].unit):
        asked = list(same_unit)
        for first in range(0, len(asked), BATCH):
            batch = asked[first : first + BATCH]
            await _judge_batch(court, batch[0][0], [finding for _, finding in batch])
    return Refuted(tuple(court.judged), court.usage, court.problem)


async def _judge_batch(court: _Court, home: PassResult, batch: Sequence[Finding]) -> None:
    numbered = dict(enumerate(batch, 1))
    offered = earlier.offer(numbered, court.precedents, court.model.tokens, redact=court.redact)
    standing = [at for at, each in enumerate(court.judged) if not each.rejected]
    marked: dict[str, Finding | int] = {}
    both: list[Finding | int] = [*court.known, *standing]
    for each in both[-_MOST_KNOWN:]:
        marked[f"K{len(marked) + 1}"] = each
    listed = _known({mark: _found(court, each) for mark, each in marked.items()}, court.redact)
    verdicts, wrong = await _round(court, home, numbered, needs.Shown(), offered, listed)
    seen = needs.Shown()
    asking = {
        at: batch[at - 1]
        for at, verdict in verdicts.items()
        if verdict.verdict == "unsure" and any(verdict.needs)
    }
    if asking:
        names = [name for at in asking for name in verdicts[at].needs if name.strip()]
        seen = await asyncio.to_thread(
            needs.asked_to_see,
            names,
            home.unit,
            home.context,
            court.change,
            about=" ".join(f"{one.title} {one.comment}" for one in asking.values()),
            budget=needs.TOKENS,
            tokens=court.model.tokens,
            redact=court.redact,
            last=True,
        )
    if seen.section:
        again, _ = await _round(court, home, asking, seen, offered, listed)
        verdicts |= {at: _still(verdicts[at], verdict) for at, verdict in again.items()}
    shown = shown_lines(home, seen.pieces, court.redact)
    first = len(court.judged)
    for at, finding in numbered.items():
        verdict = verdicts.get(at)
        if verdict is None:
            court.judged.append(Judged(finding))
            continue
        precedent = earlier.named_by_judge(offered, verdict.precedent, at)
        removed = removed_lines(home, finding, court.redact)
        judged = judged_by(finding, verdict, removed, shown, court.change, precedent)
        court.judged.append(_compared(judged, verdict.same_as, at, first, marked))
    missing = len(batch) - len(verdicts)
    court.problem = (
        court.problem
        or wrong
        or (f"{missing} of {text.count(len(batch), 'finding')} got no verdict" if missing else "")
    )


def _still(first: replies.Verdict, second: replies.Verdict) -> replies.Verdict:
    """The second verdict on a candidate, which stays the same as another: not all others are asked
    about again."""
    return (
        second if second.same_as.strip() else second.model_copy(update={"same_as": first.same_as})
    )


def _found(court: _Court, each: Finding | int) -> Finding:
    return court.judged[each].finding if isinstance(each, int) else each


def _compared(
    judged: Judged, same_as: str, at: int, first: int, marked: Mapping[str, Finding | int]
) -> Judged:
    """The candidate with what it is the same as. `first` is the position of candidate 1 of its
    batch; a candidate can only be the same as an earlier one."""
    mark = same_as.strip().strip("().:").upper()
    if mark.isdecimal() and 0 < int(mark) < at:
        return replace(judged, same_as=first + int(mark) - 1)
    other = marked.get(mark)
    if isinstance(other, int):
        return replace(judged, same_as=other)
    found = judged.finding
    if other and (agree.same_lines(found, other) or agree.quoted(found, other)):
        return replace(judged, said_by=other)
    return judged


async def _round(
    court: _Court,
    home: PassResult,
    asked: Mapping[int, Finding],
    seen: needs.Shown,
    offered: Mapping[int, OfferedPrecedent],
    known: str,
) -> tuple[dict[int, replies.Verdict], str]:
    """The verdicts by number, only for numbers that were asked about, and what was wrong with the
    answer."""
    listed = earlier.section(offered, dict(asked), redact=court.redact)
    message = render(home.prompt, asked, seen, precedents=listed, known=known)
    try:
        answer = await court.asker.ask(court.model, message, WITH_PRECEDENTS if listed else SCHEMA)
    except (EngineError, PromptTooLong) as exc:
        if listed and isinstance(exc, PromptTooLong):  # the precedents can be left out
            return await _round(court, home, asked, seen, {}, known)
        return {}, text.one_line(str(exc))
    court.usage = models.add(court.usage, answer.usage)
    found: dict[int, replies.Verdict] = {}
    for verdict in replies.read_verdicts(answer.value or {}):
        if verdict.index in asked:
            found.setdefault(verdict.index, verdict)
    return found, "" if answer.value is not None else answer.problem


def render(
    first: Prompt,
    candidates: Mapping[int, Finding],
    seen: needs.Shown,
    *,
    precedents: str = "",
    known: str = "",
) -> Prompt:
    """The question about candidates, by number. It begins exactly like the question about their
    unit, system message included, up to the task, so that the server has nearly all of it cached;
    `known` findings and `precedents` come after that."""
    listed = "\n".join(_candidate(number, finding) for number, finding in candidates.items())
    user = Template(resources.text("prompts/verify/user.md")).substitute(
        shown=first.user[: first.shown].strip(),
        rules=resources.text("prompts/verify/rules.md").strip(),
        known=known,
        candidates=listed,
        fence=text.fence(listed),
        precedents=precedents,
        asked=seen.section,
    )
    return Prompt(
        first.system, user.strip(), min(first.max_tokens, _REPLY_TOKENS * len(candidates) + 100)
    )


def _known(marked: Mapping[str, Finding], redact: Masks | None) -> str:
    """The findings that candidates are compared with, a line each."""
    if not marked:
        return ""
    rows = "\n".join(
        text.cut(text.one_line(text.neutral(f"{mark}. {_at(each)}: {each.title}")), 200)
        for mark, each in marked.items()
    )
    rows = redact.hide(rows) if redact else rows
    fence = text.fence(rows)
    return (
        "Known findings, which need no verdict, between the lines"
        f' "{fence}":\n{fence}\n{rows}\n{fence}\n'
    )


def _at(finding: Finding) -> str:
    return f"{finding.file_name}, line {finding.start_line or '?'}"


def _candidate(number: int, finding: Finding) -> str:
    rows = [f"{number}. {_at(finding)}: {finding.title}"]
    rows += [f"problem: {finding.comment}", f"scenario: {finding.failure_scenario}"]
    rows += [_code(quote) for quote in finding.evidence[:3]]
    return "\n".join(
        text.cut(text.one_line(text.neutral(" ".join(row.split()))), _MAX_TEXT) for row in rows
    )


def _code(quote: Quote) -> str:
    lines = enumerate(quote.quote.split("\n"), quote.start_line)
    gone = ", removed" if quote.side == "old" else ""
    return f"code in {quote.file_name}{gone}: " + " | ".join(f"{at}: {line}" for at, line in lines)
