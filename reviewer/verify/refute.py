"""The second pass: the model is shown each candidate with the code it was found in, and tries to
refute it.

It is asymmetric. Dropping a finding takes a line that contradicts it and that really is in the
shown text, or a precedent that was given for it (a dismissal of a finding on like code) and whose
reason is said to hold here as well. Security, data integrity and concurrency, and what says several
things at once, are only lowered; everything else, and every bad answer, keeps the finding. Nothing
is ever added.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from string import Template
from typing import Literal

from reviewer import prompt, replies, resources, secrets, text
from reviewer.errors import EngineError
from reviewer.events import Finding
from reviewer.findings import PassResult
from reviewer.findings.anchor import MIN_PART, occurs
from reviewer.models import ask as models
from reviewer.models.ask import DIRECT, Asker
from reviewer.models.base import Model, PromptTooLong, Schema
from reviewer.types import Change, Piece, Prompt, Usage, severity_rank
from reviewer.verify import injection, needs, python_names
from reviewer.verify import precedents as earlier
from reviewer.verify.agree import MERGED
from reviewer.verify.precedents import Given, Precedent, Precedents
from reviewer.verify.severity import lowered, rated

SCHEMA = Schema("refutation", replies.refutation_schema(precedents=False))
WITH_PRECEDENTS = Schema("refutation", replies.refutation_schema(precedents=True))
BATCH = 8  # candidates of one question, as many as the schema has room for
NEEDS_TOKENS = 1500
_REPLY_TOKENS = 280  # of one verdict
_DOUBT = 0.5  # confidence at most, when the verifier calls a finding refuted and shows nothing
_LOWERED = 0.3  # when it shows a contradiction of a finding that is not dropped for it
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
    """A candidate after the pass. `rejected` is why it is held back, "" for what stays; `stage` by
    what."""

    finding: Finding
    rejected: str = ""
    stage: Literal["refuted", "precedent"] = "refuted"


@dataclass(frozen=True, slots=True)
class Refuted:
    """All candidates, in their order. `problem` says in one line why some have no verdict, "" when
    all have one."""

    judged: tuple[Judged, ...]
    usage: Usage
    problem: str


async def refute(
    model: Model,
    read: PassResult,
    candidates: Sequence[Finding],
    change: Change,
    *,
    redact: bool,
    asker: Asker = DIRECT,
    precedents: Precedents = Precedents(),
) -> Refuted:
    """Ask about the candidates of one unit. What the engine cannot answer stays as it is, without
    confidence."""
    judged: list[Judged] = []
    usage, problem = Usage(), ""
    for first in range(0, len(candidates), BATCH):
        batch = candidates[first : first + BATCH]
        numbered = dict(enumerate(batch, 1))
        given = earlier.give(numbered, precedents, model.tokens, redact=redact)
        verdicts, spent, wrong = await _round(model, read, numbered, (), given, redact, asker)
        pieces: tuple[Piece, ...] = ()
        asking = {
            at: batch[at - 1]
            for at, said in verdicts.items()
            if said.verdict == "unsure" and any(said.needs)
        }
        if asking:
            names = [name for at in asking for name in verdicts[at].needs if name.strip()]
            pieces = await asyncio.to_thread(
                needs.look_up, names, read.unit, change, budget=NEEDS_TOKENS, tokens=model.tokens
            )
        if pieces:
            again, more, _ = await _round(model, read, asking, pieces, given, redact, asker)
            verdicts, spent = {**verdicts, **again}, models.add(spent, more)
        shown = _shown(read, pieces, redact)
        for at, finding in numbered.items():
            said = verdicts.get(at)
            before = earlier.named(given, said.precedent, at) if said else None
            judged.append(_judged(finding, said, shown, change, before))
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
    read: PassResult,
    asked: dict[int, Finding],
    pieces: Sequence[Piece],
    given: Mapping[int, Given],
    redact: bool,
    asker: Asker,
) -> tuple[dict[int, replies.Verdict], Usage, str]:
    """The verdicts by number, for the numbers that were asked about, and what was wrong with the
    answer."""
    before = earlier.shown(given, asked, redact=redact)
    message = render(read.prompt, asked, pieces, redact=redact, precedents=before)
    try:
        answer = await asker.ask(model, message, WITH_PRECEDENTS if before else SCHEMA)
    except (EngineError, PromptTooLong) as exc:
        if before and isinstance(exc, PromptTooLong):  # they are the part that can be left out
            return await _round(model, read, asked, pieces, {}, redact, asker)
        return {}, Usage(), text.one_line(str(exc))
    found: dict[int, replies.Verdict] = {}
    for said in replies.read_verdicts(answer.value or {}):
        if said.index in asked:
            found.setdefault(said.index, said)
    return found, answer.usage, "" if answer.value is not None else answer.problem


def render(
    first: Prompt,
    candidates: dict[int, Finding],
    pieces: Sequence[Piece],
    *,
    redact: bool,
    precedents: str = "",
) -> Prompt:
    """The question about candidates, by number. It begins as the question about their unit did,
    system message and all, so that the server has already read nearly everything; `precedents` come
    after all that."""
    listed = "\n".join(_candidate(number, finding) for number, finding in candidates.items())
    user = Template(resources.text("prompts/verify/user.md")).substitute(
        shown=_before_the_task(first.user),
        rules=resources.text("prompts/verify/rules.md").strip(),
        candidates=listed,
        fence=prompt.fence(listed),
        precedents=precedents,
        asked=_asked(pieces, redact),
    )
    return Prompt(
        first.system, user.strip(), min(first.max_tokens, _REPLY_TOKENS * len(candidates) + 100)
    )


def _before_the_task(user: str) -> str:
    """What a unit's message shows; the task at its end, and a lens after that, are cut off."""
    task = resources.text("prompts/review/user.md").rpartition("${hints}")[2].strip()
    shown, _, _ = user.rpartition(task)
    return (shown or user).strip()


def _candidate(number: int, finding: Finding) -> str:
    rows = [f"{number}. {finding.file_name}, line {finding.start_line or '?'}: {finding.title}"]
    rows += [f"problem: {finding.comment}", f"scenario: {finding.failure_scenario}"]
    rows += [
        f"code in {quote.file_name}, line {quote.start_line}: {quote.quote}"
        for quote in finding.evidence[:3]
    ]
    return "\n".join(text.cut(text.one_line(text.neutral(row)), _MAX_TEXT) for row in rows)


def _asked(pieces: Sequence[Piece], redact: bool) -> str:
    if not pieces:
        return ""
    parts = (
        f"{text.one_line(piece.path)}, lines {piece.start}-{piece.end}:\n"
        + "\n".join(_lines(piece, redact))
        for piece in pieces
    )
    body = "\n\n".join(parts)
    fence = prompt.fence(body)
    return (
        f'What you asked to see, between the lines "{fence}"; leave needs empty'
        f" now:\n{fence}\n{body}\n{fence}\n"
    )


def _lines(piece: Piece, redact: bool) -> list[str]:
    clean = text.printable(text.neutral(piece.text.replace("\r\n", "\n")))
    return (secrets.redact(clean)[0] if redact else clean).split("\n")


def _shown(read: PassResult, pieces: Iterable[Piece], redact: bool) -> dict[str, list[str]]:
    """The lines that the model was shown, by file. Removed lines count: they say what was so
    before."""
    shown: dict[str, list[str]] = {}
    own = shown.setdefault(read.unit.file.path, [])
    for hunk in read.unit.hunks:
        own += prompt.shown_lines(hunk.lines, redact)
    for piece in (*read.context.pieces, *pieces):
        shown.setdefault(piece.path, []).extend(_lines(piece, redact))
    return shown


def _contradicted(said: replies.Verdict, shown: dict[str, list[str]], change: Change) -> bool:
    """Whether the quoted contradiction is code that was shown. What a comment or docstring
    promises, and what addresses the reviewer, contradicts nothing."""
    quote = said.contradiction.strip("\n")
    if (
        len("".join(quote.split())) < MIN_PART
        or _COMMENT.match(quote)
        or injection.addresses(quote)
    ):
        return False
    named = said.contradiction_file.strip()
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
    """Whether the finding may be lowered, but not dropped on a model's word."""
    said = f"{finding.title}. {finding.comment}"
    return finding.category in ("security", "data_integrity") or bool(_CONCURRENT.search(said))


def _judged(
    finding: Finding,
    said: replies.Verdict | None,
    shown: dict[str, list[str]],
    change: Change,
    before: Precedent | None,
) -> Judged:
    if said is None:
        return Judged(finding)
    confidence = said.confidence / 100
    severity = rated(said.impact, said.likelihood, finding.severity)
    if said.verdict != "supported" and severity_rank(severity) < severity_rank(finding.severity):
        severity = finding.severity  # doubt raises nothing
    if protected(finding):  # whatever the verifier says, or was made to say
        severity = min(severity, lowered(finding.severity), key=severity_rank)
    if said.verdict == "refuted":
        contradicted = _contradicted(said, shown, change)
        if not contradicted and before is None:
            confidence = min(confidence, _DOUBT)
        elif not protected(finding) and MERGED not in finding.comment:
            if before and not contradicted:
                return Judged(finding, earlier.why(before), "precedent")
            return Judged(
                finding,
                f"refuted: {text.cut(text.one_line(said.reason), 200)} "
                f"({text.one_line(said.contradiction.strip())})",
            )
        else:
            confidence, severity = min(confidence, _LOWERED), lowered(finding.severity)
    return Judged(finding.model_copy(update={"severity": severity, "confidence": confidence}))
