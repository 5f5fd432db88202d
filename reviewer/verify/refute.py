"""The verification pass: the model is shown each candidate with its code and tries to refute it.

It is asymmetric. Dropping a finding takes a contradicting line that really is in the shown text, or
a precedent that was offered for it (a dismissal of a finding on similar code) and whose reason
applies here too. Findings about security, data integrity or concurrency, and findings that report
several problems, are only lowered. Everything else, and every bad answer, keeps the finding.
Nothing is ever added.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from string import Template
from typing import Literal

from reviewer import prompt, replies, resources, text
from reviewer.errors import EngineError
from reviewer.events import Finding
from reviewer.findings import PassResult
from reviewer.findings.anchor import occurs
from reviewer.findings.search import MIN_PART
from reviewer.messages import Prompt, Usage
from reviewer.models import ask as models
from reviewer.models.ask import DIRECT, Asker
from reviewer.models.base import Model, PromptTooLong, Schema
from reviewer.secrets import Masks
from reviewer.types import Change, Piece, severity_rank
from reviewer.verify import injection, needs, python_names
from reviewer.verify import precedents as earlier
from reviewer.verify.agree import MERGED
from reviewer.verify.precedents import OfferedPrecedent, Precedent, Precedents
from reviewer.verify.severity import lowered, rated

SCHEMA = Schema("refutation", replies.refutation_schema(precedents=False))
WITH_PRECEDENTS = Schema("refutation", replies.refutation_schema(precedents=True))
BATCH = 8  # candidates per question, as many as the schema allows
_REPLY_TOKENS = 280  # per verdict
_DOUBT = 0.5  # maximum confidence if the verifier calls a finding refuted without showing why
_LOWERED = 0.3  # maximum confidence if it shows a contradiction but the finding may not be dropped
_MAX_TEXT = 600  # characters of a field of a candidate
_CONCURRENT = re.compile(
    r"(?i)\b(?:race(?: condition|s)?|data race|concurren\w+|deadlock\w*|dead lock|live ?lock|"
    r"thread[- ]?(?:safe\w*|unsafe)|threads?|mutex\w*|semaphore\w*|atomic\w*|lock(?:s|ed|ing)?|"
    r"unlock\w*|synchroni[sz]\w+|interleav\w+|TOCTOU)\b"
)
_COMMENT = re.compile(
    r"\s*(?://|/\*|\*/|\*\s|<!--|--\s|\"\"\"|'''|#(?!include|define|if|el|endif|pragma|\[|!))"
)


@dataclass(frozen=True, slots=True)
class Judged:
    """A candidate after the pass. `rejected` is why it is held back, "" if it stays; `stage` is the
    filter."""

    finding: Finding
    rejected: str = ""
    stage: Literal["refuted", "precedent"] = "refuted"


@dataclass(frozen=True, slots=True)
class Refuted:
    """All candidates, in order. `problem` says in one line why some have no verdict; "" if all have
    one."""

    judged: tuple[Judged, ...]
    usage: Usage
    problem: str


async def refute(
    model: Model,
    first_pass: PassResult,
    candidates: Sequence[Finding],
    change: Change,
    *,
    redact: Masks | None,
    asker: Asker = DIRECT,
    precedents: Precedents = Precedents(),
) -> Refuted:
    """Ask about the candidates of one unit. Candidates without an answer stay as they are, without
    confidence."""
    judged: list[Judged] = []
    usage, problem = Usage(), ""
    for first in range(0, len(candidates), BATCH):
        batch = candidates[first : first + BATCH]
        numbered = dict(enumerate(batch, 1))
        offered = earlier.offer(numbered, precedents, model.tokens, redact=redact)
        verdicts, spent, wrong = await _round(
            model, first_pass, numbered, needs.Shown(), offered, redact, asker
        )
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
                first_pass.unit,
                first_pass.context,
                change,
                about=" ".join(f"{one.title} {one.comment}" for one in asking.values()),
                budget=needs.TOKENS,
                tokens=model.tokens,
                redact=redact,
                last=True,
            )
        if seen.section:
            again, more, _ = await _round(model, first_pass, asking, seen, offered, redact, asker)
            verdicts, spent = {**verdicts, **again}, models.add(spent, more)
        shown = _shown(first_pass, seen.pieces, redact)
        for at, finding in numbered.items():
            verdict = verdicts.get(at)
            precedent = (
                earlier.named_by_verifier(offered, verdict.precedent, at) if verdict else None
            )
            judged.append(_judged(finding, verdict, shown, change, precedent))
        missing = len(batch) - len(verdicts)
        usage = models.add(usage, spent)
        problem = (
            problem
            or wrong
            or (f"{missing} of {len(batch)} findings got no verdict" if missing else "")
        )
    return Refuted(tuple(judged), usage, problem)


async def _round(
    model: Model,
    first_pass: PassResult,
    asked: dict[int, Finding],
    seen: needs.Shown,
    offered: Mapping[int, OfferedPrecedent],
    redact: Masks | None,
    asker: Asker,
) -> tuple[dict[int, replies.Verdict], Usage, str]:
    """The verdicts by number, only for numbers that were asked about, and what was wrong with the
    answer."""
    listed = earlier.section(offered, asked, redact=redact)
    message = render(first_pass.prompt, asked, seen, precedents=listed)
    try:
        answer = await asker.ask(model, message, WITH_PRECEDENTS if listed else SCHEMA)
    except (EngineError, PromptTooLong) as exc:
        if listed and isinstance(exc, PromptTooLong):  # the precedents can be left out
            return await _round(model, first_pass, asked, seen, {}, redact, asker)
        return {}, Usage(), text.one_line(str(exc))
    found: dict[int, replies.Verdict] = {}
    for verdict in replies.read_verdicts(answer.value or {}):
        if verdict.index in asked:
            found.setdefault(verdict.index, verdict)
    return found, answer.usage, "" if answer.value is not None else answer.problem


def render(
    first: Prompt,
    candidates: dict[int, Finding],
    seen: needs.Shown,
    *,
    precedents: str = "",
) -> Prompt:
    """The question about candidates, by number. It begins exactly like the question about their
    unit, system message included, up to the task, so that the server has nearly all of it cached;
    `precedents` come after that."""
    listed = "\n".join(_candidate(number, finding) for number, finding in candidates.items())
    user = Template(resources.text("prompts/verify/user.md")).substitute(
        shown=first.user[: first.shown].strip(),
        rules=resources.text("prompts/verify/rules.md").strip(),
        candidates=listed,
        fence=prompt.fence(listed),
        precedents=precedents,
        asked=seen.section,
    )
    return Prompt(
        first.system, user.strip(), min(first.max_tokens, _REPLY_TOKENS * len(candidates) + 100)
    )


def _candidate(number: int, finding: Finding) -> str:
    rows = [f"{number}. {finding.file_name}, line {finding.start_line or '?'}: {finding.title}"]
    rows += [f"problem: {finding.comment}", f"scenario: {finding.failure_scenario}"]
    rows += [
        f"code in {quote.file_name}, line {quote.start_line}: {quote.quote}"
        for quote in finding.evidence[:3]
    ]
    return "\n".join(text.cut(text.one_line(text.neutral(row)), _MAX_TEXT) for row in rows)


def _shown(
    first_pass: PassResult, pieces: Iterable[Piece], redact: Masks | None
) -> dict[str, list[str]]:
    """The lines that the model was shown, by file. Removed lines count, since they show the earlier
    state."""
    shown: dict[str, list[str]] = {}
    own = shown.setdefault(first_pass.unit.file.path, [])
    for hunk in first_pass.unit.hunks:
        own += prompt.shown_lines(hunk.lines, redact)
    for piece in (*first_pass.context.pieces, *pieces):
        shown.setdefault(piece.path, []).extend(needs.lines_of(piece, redact))
    return shown


def _contradicted(verdict: replies.Verdict, shown: dict[str, list[str]], change: Change) -> bool:
    """Whether the quoted contradiction is code that was shown. Comments, docstrings and text that
    addresses the reviewer contradict nothing."""
    quote = verdict.contradiction.strip("\n")
    if (
        len("".join(quote.split())) < MIN_PART
        or _COMMENT.match(quote)
        or injection.addresses(quote)
    ):
        return False
    named = verdict.contradiction_file.strip()
    files = [path for path in shown if not named or f"/{text.one_line(path)}".endswith(f"/{named}")]
    return any(
        occurs(quote, [line for line in shown[path] if not _COMMENT.match(line)])
        for path in files
        if not (
            path.endswith(".py")
            and python_names.in_docstring(change.read(path, "new"), quote.strip())
        )
    )


def protected(finding: Finding) -> bool:
    """Whether a model's verdict may lower the finding but not drop it."""
    wording = f"{finding.title}. {finding.comment}"
    return finding.category in ("security", "data_integrity") or bool(_CONCURRENT.search(wording))


def _judged(
    finding: Finding,
    verdict: replies.Verdict | None,
    shown: dict[str, list[str]],
    change: Change,
    precedent: Precedent | None,
) -> Judged:
    if verdict is None:
        return Judged(finding)
    confidence = verdict.confidence / 100
    severity = rated(verdict.impact, verdict.likelihood, finding.severity)
    if verdict.verdict != "supported" and severity_rank(severity) < severity_rank(finding.severity):
        severity = finding.severity  # doubt raises nothing
    if protected(finding):  # whatever the verifier says, or was made to say
        severity = min(severity, lowered(finding.severity), key=severity_rank)
    if verdict.verdict == "refuted":
        contradicted = _contradicted(verdict, shown, change)
        if not contradicted and precedent is None:
            confidence = min(confidence, _DOUBT)
        elif not protected(finding) and MERGED not in finding.comment:
            if precedent and not contradicted:
                return Judged(finding, earlier.rejection_reason(precedent), "precedent")
            return Judged(
                finding,
                f"refuted: {text.cut(text.one_line(verdict.reason), 200)} "
                f"({text.one_line(verdict.contradiction.strip())})",
            )
        else:
            confidence, severity = min(confidence, _LOWERED), lowered(finding.severity)
    return Judged(finding.model_copy(update={"severity": severity, "confidence": confidence}))
