"""What a verdict of the judge does to its candidate."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from reviewer import prompt, replies, text
from reviewer.events import Finding
from reviewer.findings import PassResult
from reviewer.findings.anchor import occurs
from reviewer.findings.search import MIN_PART
from reviewer.secrets import Masks
from reviewer.types import Change, Line, Piece, severity_rank
from reviewer.verify import injection, needs, python_names
from reviewer.verify import precedents as earlier
from reviewer.verify.precedents import Precedent
from reviewer.verify.severity import lowered, rated

_DOUBT = 0.5  # maximum confidence if the judge calls a finding refuted without showing why
_LOWERED = 0.3  # maximum confidence if it shows a contradiction but the finding may not be dropped
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
    filter. `same_as` is the position of an earlier candidate with the same cause, `said_by` a known
    finding of an analyzer that reports the same on the same lines."""

    finding: Finding
    rejected: str = ""
    stage: Literal["refuted", "precedent"] = "refuted"
    supported: bool = False
    same_as: int | None = None
    said_by: Finding | None = None


def shown_lines(
    first_pass: PassResult, pieces: Iterable[Piece], redact: Masks | None
) -> dict[str, list[str]]:
    """The lines that the model was shown, by file, without those that the change removes."""
    shown: dict[str, list[str]] = {}
    own = shown.setdefault(first_pass.unit.file.path, [])
    for hunk in first_pass.unit.hunks:
        own += prompt.shown_lines([line for line in hunk.lines if line.kind != "removed"], redact)
    for piece in (*first_pass.context.pieces, *pieces):
        shown.setdefault(piece.path, []).extend(needs.lines_of(piece, redact))
    return shown


def removed_lines(first_pass: PassResult, finding: Finding, redact: Masks | None) -> list[str]:
    """The removed lines that the change has put the finding's lines in the place of, as the model
    was shown them; none for a finding about removed lines."""
    start, end = finding.start_line or 0, finding.end_line or finding.start_line or 0
    removed: list[Line] = []
    for hunk in first_pass.unit.hunks:
        for _, block in groupby(hunk.lines, key=lambda line: line.kind == "context"):
            lines = list(block)
            if any(line.new and start <= line.new <= end for line in lines):
                removed += (line for line in lines if line.kind == "removed")
    return prompt.shown_lines(removed, redact) if finding.side == "new" else []


def _was_before(verdict: replies.Verdict, finding: Finding, removed: Sequence[str]) -> bool:
    """Whether the judge names a removed line that had the defect too, or only such a line
    contradicts it: the old code did the same."""
    quote = verdict.before.strip("\n")
    if not quote.strip() and verdict.verdict == "refuted":
        quote = verdict.contradiction.strip("\n")
    return (
        not protected(finding)
        and re.search(r"\w", quote) is not None
        and not _COMMENT.match(quote)
        and occurs(quote, removed)  # a short one only as a whole line
    )


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


def judged_by(
    finding: Finding,
    verdict: replies.Verdict,
    removed: Sequence[str],
    shown: dict[str, list[str]],
    change: Change,
    precedent: Precedent | None,
) -> Judged:
    """The candidate after its verdict. `removed` lines stood where it stands now, `shown` are the
    lines by file that may contradict it."""
    confidence = verdict.confidence / 100
    severity = rated(verdict.impact, verdict.likelihood, finding.severity)
    if verdict.verdict != "supported" and severity_rank(severity) < severity_rank(finding.severity):
        severity = finding.severity  # doubt raises nothing
    if protected(finding):  # whatever the judge says, or was made to say
        severity = min(severity, lowered(finding.severity), key=severity_rank)
    contradicted = verdict.verdict == "refuted" and _contradicted(verdict, shown, change)
    before = not contradicted and _was_before(verdict, finding, removed)
    if before:
        severity = "info"
    elif verdict.verdict == "refuted":
        if not contradicted and precedent is None:
            confidence = min(confidence, _DOUBT)
        elif not protected(finding):
            if precedent and not contradicted:
                return Judged(finding, earlier.rejection_reason(precedent), "precedent")
            return Judged(
                finding,
                f"refuted: {text.cut(text.one_line(verdict.reason), 200)} "
                f"({text.one_line(verdict.contradiction.strip())})",
            )
        else:
            confidence, severity = min(confidence, _LOWERED), lowered(finding.severity)
    rated_as = {"severity": severity, "confidence": confidence, "preexisting": before}
    return Judged(
        finding.model_copy(update=rated_as), supported=before or verdict.verdict == "supported"
    )
