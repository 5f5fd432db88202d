"""Candidates in, findings that survived out: the order of the filters."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from reviewer.events import Finding
from reviewer.findings import PassResult, Source, merge
from reviewer.models import ask as models
from reviewer.models.ask import DIRECT, Asker
from reviewer.models.base import Model
from reviewer.types import Change, Evidence, Usage
from reviewer.verify import agree, claims, votes
from reviewer.verify.noise import noise
from reviewer.verify.precedents import Precedents
from reviewer.verify.refute import protected, refute
from reviewer.verify.severity import capped
from reviewer.verify.votes import Voted

Effort = Literal["low", "medium", "high"]
Stage = Literal["claim", "noise", "analyzer", "refuted", "precedent", "confidence"]
FLOORS: Mapping[str, float] = {
    "chill": 0.6,
    "balanced": 0.4,
    "assertive": 0.0,
}  # confidence, by profile
# confidence of a claim that code has confirmed; the rest of what a finding says may still be wrong
_PROVED = 0.95


@dataclass(frozen=True, slots=True)
class Rejected:
    """A finding that is not published, by which filter and why, in one line."""

    finding: Finding
    stage: Stage
    reason: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """`problems`: one line each, why some findings were not put to the test."""

    published: tuple[Finding, ...]
    rejected: tuple[Rejected, ...]
    usage: Usage
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Candidate:
    voted: Voted
    finding: Finding
    proved: bool


async def judge(
    reads: Sequence[PassResult],
    change: Change,
    source: Source,
    *,
    model: Model | None,
    effort: Effort = "medium",
    floor: float = 0.0,
    redact: bool,
    asker: Asker = DIRECT,
    evidence: Sequence[Evidence] = (),
    published: Sequence[Finding] = (),
    precedents: Precedents = Precedents(),
) -> Judgement:
    """Judge what was found in one or several units of a file (with effort `high`: all lenses of a
    unit together).

    `published` are the findings that the reader has already (the analyzers'), `evidence` all that
    analyzers say about the file, `precedents` what was dismissed before. Without a model, and with
    effort `low`, only code judges. A candidate is published or rejected, never lost, and none is
    added.
    """
    candidates, rejected = await asyncio.to_thread(
        _sift, reads, change, source, evidence, published
    )
    judged = {item.finding.id: item.finding for item in candidates}
    usage, problems = Usage(), []
    if model is not None and effort != "low":
        for read, asked in _by_home(
            reads, [item.finding for item in candidates if not item.proved]
        ):
            result = await refute(
                model, read, asked, change, redact=redact, asker=asker, precedents=precedents
            )
            usage = models.add(usage, result.usage)
            problems += [result.problem] if result.problem else []
            for item in result.judged:
                judged[item.finding.id] = item.finding
                if item.rejected:
                    del judged[item.finding.id]
                    rejected.append(Rejected(item.finding, item.stage, item.rejected))
    kept = []
    for candidate in candidates:
        finding = judged.get(candidate.finding.id)
        if finding is None:
            continue
        finding = _confident(capped(finding), candidate)
        if finding.confidence is not None and finding.confidence < floor and not protected(finding):
            rejected.append(
                Rejected(
                    finding,
                    "confidence",
                    f"confidence {finding.confidence:.2f} is below {floor:.2f}",
                )
            )
        else:
            kept.append(finding)
    return Judgement(tuple(kept), tuple(rejected), usage, tuple(problems))


def _sift(
    reads: Sequence[PassResult],
    change: Change,
    source: Source,
    evidence: Sequence[Evidence],
    published: Iterable[Finding],
) -> tuple[list[_Candidate], list[Rejected]]:
    """What code alone decides."""
    kept: list[_Candidate] = []
    rejected: list[Rejected] = []
    published = tuple(published)
    for voted in _merged(reads):
        finding = voted.finding
        claim = claims.check(finding, change, source)
        proved = claim is not None and claim.verdict == "supported"
        if claim is not None and not proved:
            shown = f" ({claim.path}:{claim.line}: {claim.quote})" if claim.line else ""
            rejected.append(Rejected(finding, "claim", f"not so: {claim.reason}{shown}"))
        elif other := agree.said_before(finding, published):
            rejected.append(
                Rejected(finding, "analyzer", f"said by {other.source} {other.rule} ({other.id})")
            )
        elif not proved and agree.MERGED not in finding.comment and (reason := noise(finding)):
            rejected.append(Rejected(finding, "noise", reason))
        else:
            kept.append(_Candidate(voted, capped(agree.with_evidence(finding, evidence)), proved))
    return kept, rejected


def _merged(reads: Sequence[PassResult]) -> list[Voted]:
    if not any(read.lens for read in reads):
        return [
            Voted(finding, ())
            for finding in merge([finding for read in reads for finding in read.findings])
        ]
    by_lens: dict[str, list[Finding]] = {}
    for read in reads:
        by_lens.setdefault(read.lens, []).extend(read.findings)
    return votes.vote(by_lens)


def _by_home(
    reads: Sequence[PassResult], asked: Sequence[Finding]
) -> list[tuple[PassResult, list[Finding]]]:
    """The findings with the read that they come from: the first one, whose prompt the server is
    likeliest to hold."""
    home: dict[str, int] = {}
    for at, read in enumerate(reads):
        for finding in read.findings:
            home.setdefault(finding.id, at)
    groups: dict[int, list[Finding]] = {}
    for finding in asked:
        groups.setdefault(home[finding.id], []).append(finding)
    return [(reads[at], groups[at]) for at in sorted(groups)]


def _confident(finding: Finding, candidate: _Candidate) -> Finding:
    confidence = _PROVED if candidate.proved else finding.confidence
    if candidate.voted.lenses:
        confidence = votes.blended(confidence, candidate.voted)
    return (
        finding
        if confidence == finding.confidence
        else finding.model_copy(update={"confidence": confidence})
    )
