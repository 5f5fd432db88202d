"""Candidates in, surviving findings out: the order of the filters."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from reviewer.events import Finding
from reviewer.findings import PassResult, Source, grouped, merge, speaking_order
from reviewer.messages import Usage
from reviewer.models.ask import DIRECT, Asker
from reviewer.models.base import Model
from reviewer.secrets import Masks
from reviewer.types import Change, Evidence, is_at_least, severity_rank
from reviewer.verify import agree, claims, lenses
from reviewer.verify.lenses import Effort
from reviewer.verify.noise import noise
from reviewer.verify.precedents import Precedents
from reviewer.verify.refute import refute
from reviewer.verify.severity import capped
from reviewer.verify.verdicts import Judged, protected

Stage = Literal["claim", "noise", "analyzer", "refuted", "precedent", "confidence"]
# What is neither supported nor refuted is published from this confidence on, by profile. What the
# judge supports always is: its confidence orders, it does not drop.
FLOORS: Mapping[str, float] = {"chill": 0.6, "balanced": 0.4, "assertive": 0.0}
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
    """`problems` says why some findings were not judged, one line each."""

    published: tuple[Finding, ...]
    rejected: tuple[Rejected, ...]
    usage: Usage
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """`home` is the first pass that reported it: the judge is asked after that pass's prompt.
    `fixes`: a pass gave a replacement for it. `said_by` is the analyzer's finding of the same."""

    finding: Finding
    home: PassResult
    lenses: frozenset[str]
    proved: bool = False
    fixes: bool = False
    said_by: Finding | None = None


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
    dismissed: Callable[[Finding], bool] = lambda finding: False,
) -> Judgement:
    """Judge what all passes over the units of one file found.

    `published` are findings already published (the analyzers'): what says more than one of them,
    for it is worse or brings a fix, has it among its places. `evidence` is all that analyzers
    report about the file, `precedents` are earlier dismissals, and what is
    `dismissed` itself is no place of another finding. Without a model, or with effort
    `low`, only code judges. A candidate is published, by itself or as a place of another one with
    the same cause, or rejected; it is never lost, and none is added.
    """
    candidates, rejected = await asyncio.to_thread(
        _sift, pass_results, change, source, evidence, published
    )
    judged = [Judged(each.finding) for each in candidates]
    usage, problem = Usage(), ""
    if model is not None and effort != "low":
        asked = [at for at, each in enumerate(candidates) if not each.proved]
        result = await refute(
            model,
            [(candidates[at].home, candidates[at].finding) for at in asked],
            change,
            known=published,
            redact=redact,
            asker=asker,
            precedents=precedents,
        )
        usage, problem = result.usage, result.problem
        for at, each in zip(asked, result.judged, strict=True):
            earlier = None if each.same_as is None else asked[each.same_as]
            judged[at] = replace(each, same_as=earlier)
    kept: dict[int, Finding] = {}
    for at, (candidate, verdict) in enumerate(zip(candidates, judged, strict=True)):
        settled = _settled(candidate, verdict, floor, dismissed)
        if isinstance(settled, Rejected):
            rejected.append(settled)
        else:
            kept[at] = settled
    same = {at: judged[at].same_as for at in kept}
    return Judgement(
        tuple(_joined(kept, same, dismissed)), tuple(rejected), usage, (problem,) if problem else ()
    )


def _settled(
    candidate: _Candidate, verdict: Judged, floor: float, dismissed: Callable[[Finding], bool]
) -> Finding | Rejected:
    """What becomes of a candidate after its verdict. What an analyzer has said on the same lines
    is not said again, unless it is worse or brings a fix: then it speaks for both."""
    finding = _confident(capped(verdict.finding), candidate)
    if verdict.rejected:
        return Rejected(finding, verdict.stage, verdict.rejected)
    other = candidate.said_by or verdict.said_by
    speaks = False
    if other:
        here = agree.same_lines(finding, other)
        adds = not here or _adds(finding, candidate.fixes, other)
        speaks = adds and _may_hide(finding, other, dismissed)
        enough = here and is_at_least(other.severity, finding.severity)
        known = candidate.said_by is not None or _may_hide(other, finding, dismissed)
        if enough and known and not speaks:
            return Rejected(finding, "analyzer", _said_by(other))
    if not verdict.supported and _is_below(finding, floor):
        reason = f"confidence {finding.confidence:.2f} is below {floor:.2f}"
        return Rejected(finding, "confidence", reason)
    return _with_place(finding, other) if other and speaks else finding


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
    for candidate in _candidates(pass_results):
        finding = candidate.finding
        claim = claims.check(finding, change, source)
        proved = claim is not None and claim.verdict == "supported"
        if claim is not None and not proved:
            shown = f" ({claim.path}:{claim.line}: {claim.quote})" if claim.line else ""
            rejected.append(Rejected(finding, "claim", f"not so: {claim.reason}{shown}"))
        elif (other := agree.duplicate_of(finding, published)) and not _adds(
            finding, candidate.fixes, other
        ):
            rejected.append(Rejected(finding, "analyzer", _said_by(other)))
        elif not proved and (reason := noise(finding)):
            rejected.append(Rejected(finding, "noise", reason))
        else:
            finding = capped(agree.with_evidence(finding, evidence))
            kept.append(replace(candidate, finding=finding, proved=proved, said_by=other))
    return kept, rejected


def _candidates(pass_results: Sequence[PassResult]) -> list[_Candidate]:
    """What the passes report, by unit (or the part of one that a pass had to read by itself) and
    line. Only what is said in the same words at the same place is one from the beginning."""
    found: dict[tuple[int, str, str], _Candidate] = {}
    order: dict[int, int] = {}
    for result in pass_results:
        order.setdefault(id(result.unit), len(order))
        for finding in result.findings:
            key = (result.unit.ordinal, finding.id, finding.title)
            known = found.get(key) or _Candidate(finding, result, frozenset())
            fixes = known.fixes or (finding.id, finding.title) in result.replacements
            found[key] = replace(known, lenses=known.lenses | {result.lens}, fixes=fixes)
    return sorted(
        found.values(),
        key=lambda each: (order[id(each.home.unit)], each.finding.start_line or 0),
    )


def _confident(finding: Finding, candidate: _Candidate) -> Finding:
    confidence = _PROVED if candidate.proved else finding.confidence
    if any(candidate.lenses):
        confidence = lenses.blended(confidence, len(candidate.lenses))
    return finding.model_copy(update={"confidence": confidence})


def _is_below(finding: Finding, floor: float) -> bool:
    return finding.confidence is not None and finding.confidence < floor and not protected(finding)


def _adds(finding: Finding, fixes: bool, other: Finding) -> bool:
    """Whether a finding says more than an analyzer's: it is worse, or brings the fix."""
    is_worse = severity_rank(finding.severity) < severity_rank(other.severity)
    return is_worse or (fixes and other.patch is None)


def _with_place(finding: Finding, other: Finding) -> Finding:
    """The finding, as severe as an analyzer's that is now one of its places, and with its patch."""
    worst = min(finding.severity, other.severity, key=severity_rank)
    before = finding.preexisting and other.preexisting
    update = {"severity": worst, "patch": other.patch, "preexisting": before}
    return grouped(finding.model_copy(update=update), [other])


def _said_by(other: Finding) -> str:
    return f"said by {other.source} {other.rule} ({other.id})"


def _joined(
    kept: Mapping[int, Finding],
    same: Mapping[int, int | None],
    dismissed: Callable[[Finding], bool],
) -> list[Finding]:
    """One finding for each cause, in the order of their first places: the most severe one speaks,
    the others are its places, except those that were `dismissed`. Different defects on one line
    are one finding, too."""
    causes: dict[int, list[Finding]] = {}
    cause: dict[int, int] = {}
    for at, finding in kept.items():
        earlier = same[at]
        cause[at] = at if earlier is None else cause.get(earlier, at)
        causes.setdefault(cause[at], []).append(finding)
    findings = []
    for members in causes.values():
        while members:
            speaker = min(members, key=speaking_order)
            hidden = [each for each in members if _may_hide(speaker, each, dismissed)]
            apart = [each for each in members if each is not speaker and each not in hidden]
            worst = min((speaker, *hidden), key=lambda each: severity_rank(each.severity))
            was_before = all(each.preexisting for each in (speaker, *hidden))
            update = {"severity": worst.severity, "preexisting": was_before}
            findings.append(grouped(speaker.model_copy(update=update), hidden))
            members = apart
    return merge(findings)


def _may_hide(speaker: Finding, other: Finding, dismissed: Callable[[Finding], bool]) -> bool:
    """Whether a verdict may let one speak for another that has lines: not for what none may drop,
    and not between what was dismissed and what was not."""
    alike = protected(speaker) or not protected(other)
    lines = other.start_line is not None
    return alike and lines and other is not speaker and dismissed(speaker) == dismissed(other)
