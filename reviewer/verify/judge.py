"""Candidates in, surviving findings out: the order of the filters."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from reviewer.events import Finding
from reviewer.findings import PassResult, Source, merge
from reviewer.messages import Usage
from reviewer.models import ask as models
from reviewer.models.ask import DIRECT, Asker
from reviewer.models.base import Model
from reviewer.secrets import Masks
from reviewer.types import Change, Evidence
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
# confidence of a claim that code has confirmed; the rest of the finding may still be wrong
_PROVED = 0.95


@dataclass(frozen=True, slots=True)
class Rejected:
    """An unpublished finding, the filter that rejected it, and why, in one line."""

    finding: Finding
    stage: Stage
    reason: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """`problems` says why some findings were not verified, one line each."""

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
    pass_results: Sequence[PassResult],
    change: Change,
    source: Source,
    *,
    model: Model | None,
    effort: Effort = "medium",
    floor: float = 0.0,
    redact: Masks | None,
    asker: Asker = DIRECT,
    evidence: Sequence[Evidence] = (),
    published: Sequence[Finding] = (),
    precedents: Precedents = Precedents(),
) -> Judgement:
    """Judge the findings of one or more units of a file (with effort `high`, of all lenses of a
    unit together).

    `published` are findings already published (the analyzers'), `evidence` is all that analyzers
    report about the file, `precedents` are earlier dismissals. Without a model, or with effort
    `low`, only code judges. A candidate is published or rejected, never lost, and none is added.
    """
    candidates, rejected = await asyncio.to_thread(
        _sift, pass_results, change, source, evidence, published
    )
    judged = {item.finding.id: item.finding for item in candidates}
    usage, problems = Usage(), []
    if model is not None and effort != "low":
        for pass_result, asked in _by_origin(
            pass_results, [item.finding for item in candidates if not item.proved]
        ):
            result = await refute(
                model, pass_result, asked, change, redact=redact, asker=asker, precedents=precedents
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
    pass_results: Sequence[PassResult],
    change: Change,
    source: Source,
    evidence: Sequence[Evidence],
    published: Iterable[Finding],
) -> tuple[list[_Candidate], list[Rejected]]:
    """Apply the filters that need no model."""
    kept: list[_Candidate] = []
    rejected: list[Rejected] = []
    published = tuple(published)
    for voted in _merged(pass_results):
        finding = voted.finding
        claim = claims.check(finding, change, source)
        proved = claim is not None and claim.verdict == "supported"
        if claim is not None and not proved:
            shown = f" ({claim.path}:{claim.line}: {claim.quote})" if claim.line else ""
            rejected.append(Rejected(finding, "claim", f"not so: {claim.reason}{shown}"))
        elif other := agree.duplicate_of(finding, published):
            rejected.append(
                Rejected(finding, "analyzer", f"said by {other.source} {other.rule} ({other.id})")
            )
        elif not proved and agree.MERGED not in finding.comment and (reason := noise(finding)):
            rejected.append(Rejected(finding, "noise", reason))
        else:
            kept.append(_Candidate(voted, capped(agree.with_evidence(finding, evidence)), proved))
    return kept, rejected


def _merged(pass_results: Sequence[PassResult]) -> list[Voted]:
    if not any(pass_result.lens for pass_result in pass_results):
        return [
            Voted(finding, ())
            for finding in merge(
                [finding for pass_result in pass_results for finding in pass_result.findings]
            )
        ]
    by_lens: dict[str, list[Finding]] = {}
    for pass_result in pass_results:
        by_lens.setdefault(pass_result.lens, []).extend(pass_result.findings)
    return votes.vote(by_lens)


def _by_origin(
    pass_results: Sequence[PassResult], asked: Sequence[Finding]
) -> list[tuple[PassResult, list[Finding]]]:
    """The findings grouped by the first pass that reported them: its prompt is the likeliest to be
    in the server's cache."""
    origin: dict[str, int] = {}
    for at, pass_result in enumerate(pass_results):
        for finding in pass_result.findings:
            origin.setdefault(finding.id, at)
    groups: dict[int, list[Finding]] = {}
    for finding in asked:
        groups.setdefault(origin[finding.id], []).append(finding)
    return [(pass_results[at], groups[at]) for at in sorted(groups)]


def _confident(finding: Finding, candidate: _Candidate) -> Finding:
    confidence = _PROVED if candidate.proved else finding.confidence
    if candidate.voted.lenses:
        confidence = votes.blended(confidence, candidate.voted)
    return (
        finding
        if confidence == finding.confidence
        else finding.model_copy(update={"confidence": confidence})
    )
