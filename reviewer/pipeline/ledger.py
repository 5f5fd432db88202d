"""The account of a run: which findings it published or held back, which files it read, and why.
This is the pipeline's only mutable state. Every rule that decides a verdict is a method here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from reviewer import findings, verify
from reviewer.analyzers import ANALYZERS
from reviewer.context import units
from reviewer.events import Event, Finding
from reviewer.findings import PassResult
from reviewer.findings.ignored import Ignores
from reviewer.messages import Usage
from reviewer.models import ask
from reviewer.pipeline.gaps import Gaps
from reviewer.pipeline.hidden import Hidden
from reviewer.pipeline.outcome import IGNORED, Outcome
from reviewer.pipeline.passes import Pass
from reviewer.pipeline.plan import Plan
from reviewer.pipeline.results import Results
from reviewer.pipeline.seams import Decisions, Undecided
from reviewer.pipeline.tally import Tally
from reviewer.types import (
    Evidence,
    Unit,
    Unreviewed,
    UnreviewedReason,
    is_at_least,
    severity_rank,
)

_RANK = {name: rank for rank, name in enumerate(ANALYZERS)}


@dataclass
class Ledger:
    """`send` gets each finding that is published. `decisions` are those that the user made about
    findings of earlier runs."""

    plan: Plan
    send: Callable[[Event], None]
    decisions: Decisions = field(default_factory=Undecided)

    # Findings
    published: list[Finding] = field(default_factory=list)
    kept: list[Finding] = field(default_factory=list)  # those published and those dismissed
    # Analyzers' findings whose fixes are being proved, and those that are ignored.
    announced: list[Finding] = field(default_factory=list)
    rejected: list[verify.Rejected] = field(default_factory=list)
    hidden: Hidden = field(default_factory=Hidden)
    held_back: Counter[str] = field(default_factory=Counter)  # by reason
    evidence: dict[str, list[Evidence]] = field(default_factory=dict)  # by path
    # Those that covered the whole change: model, reviewer, analyzer:NAME.
    sources: set[str] = field(default_factory=set)
    warnings: list[str] = field(default_factory=list)
    details: dict[str, str] = field(default_factory=dict)  # by path: why a reply was unusable
    usage: Usage = field(default_factory=Usage)
    read: list[Unit] = field(default_factory=list)  # read by the model in full
    clean_commits: list[str] = field(default_factory=list)  # without a credential
    recalled: bool = False  # the findings come from an earlier run over the same change
    _has_older: bool = False  # held back a finding that is older than the baseline commit
    _known: set[str] = field(default_factory=set)  # ids of `kept`
    # Not yet judged or proved, by id and title: different defects of a line have one id.
    _pending: dict[str, dict[str, Finding]] = field(default_factory=dict)

    # Passes
    gaps: Gaps = field(default_factory=Gaps)
    questions: Tally = field(default_factory=Tally)
    _asked: set[int] = field(default_factory=set)  # positions
    _reasons: dict[str, UnreviewedReason] = field(default_factory=dict)  # by path
    _cut_short: UnreviewedReason | None = None  # why the remaining passes were not made
    _file_passes: Counter[str] = field(default_factory=Counter)  # by path: not ended yet
    _results: Results = field(init=False)
    _ignores: Ignores = field(init=False)

    def __post_init__(self) -> None:
        self.warnings += self.plan.warnings
        self._results = Results(units.first_shown(self.plan.units))
        self._ignores = Ignores(self.plan.settings.ignore)

    # Evidence

    def add_evidence(self, items: Iterable[Evidence]) -> None:
        for item in items:
            self.evidence.setdefault(item.path, []).append(item)

    def hints(self, path: str) -> list[Evidence]:
        """The evidence about a file, whichever analyzer ended first."""
        return sorted(self.evidence.get(path, ()), key=lambda item: _RANK.get(item.source, -1))

    def warn(self, message: str) -> None:
        if (hidden := self.plan.masks.hide(message)) not in self.warnings:
            self.warnings.append(hidden)

    def spend(self, usage: Usage, pass_: Pass | None = None) -> None:
        self.usage = ask.add(self.usage, usage)
        if pass_ and usage.calls:
            self._asked.add(pass_.position)

    def has_asked(self, pass_: Pass) -> bool:
        """Whether the model was called in this pass: not if its reply came from the cache."""
        return pass_.position in self._asked

    # Findings

    def is_shown(self, finding: Finding) -> bool:
        """Whether the profile shows the finding: it is severe enough for its file, or it was there
        before and its line was rewritten."""
        if finding.preexisting and self.plan.shows_preexisting:
            return True
        return is_at_least(finding.severity, self.plan.floor_of(findings.path_of(finding)))

    def hold(self, pending: Iterable[Finding]) -> None:
        """Keep findings to be judged or proved; when the time is up, they are still `pending`."""
        for finding in pending:
            same_line = self._pending.setdefault(finding.id, {})
            known = same_line.get(finding.title)
            same_line[finding.title] = findings.combine(known, finding) if known else finding

    def release(self, judged: Iterable[Finding]) -> None:
        """Stop holding findings that were judged: the caller publishes or rejects them."""
        for finding in judged:
            self._pending.get(finding.id, {}).pop(finding.title, None)

    def announce(self, finding: Finding) -> None:
        """Let the model's findings be compared with an analyzer's while its fix is being proved."""
        if self.is_shown(finding) and not self.decisions.dismissed(finding):
            self.announced.append(finding)

    def publish(self, candidate: Finding, *, is_older: bool | None = None) -> None:
        """Send a finding that is severe enough, not a duplicate, neither ignored nor dismissed, and
        not older than the baseline commit. `is_older` overrides the comparison with that one."""
        self.release([candidate])
        split = self._ignores.split(candidate, self.plan.source)
        finding, dismissed = candidate, None
        if split.left is not None:
            finding, dismissed = self.decisions.judge(split.left)
        since = self.plan.since
        if not self.is_shown(finding):
            self.held_back["below the severity floor"] += 1
        elif since and (findings.is_older(finding, since) if is_older is None else is_older):
            self._has_older = True
            self.held_back["older than the baseline commit"] += 1
        elif finding.id in self._known:
            self.held_back["duplicate"] += 1
        else:
            self._pending.pop(candidate.id, None)  # what else is pending for it is a duplicate
            self._known.update(findings.ids(finding))
            # with the places that were dismissed or ignored: they may be reported later
            self.kept.append(candidate.model_copy(update={"state": finding.state}))
            if split.why:
                self.held_back[IGNORED] += 1
                self.hidden.ignore(candidate, split)
                self.announced.append(candidate)  # it speaks for what the model says of the same
            if dismissed is not None:
                self.held_back["dismissed"] += 1
                self.hidden.dismiss(finding, dismissed)
            elif split.left is not None:
                self.published.append(finding)
                self.send(finding)

    def pending(self) -> list[Finding]:
        """The findings that were not judged or proved in time, the most severe first."""
        found = findings.merge([each for same in self._pending.values() for each in same.values()])
        return sorted(found, key=lambda each: severity_rank(each.severity))

    def leave(self, pending: Sequence[Finding]) -> None:
        """There is no time left to publish these: their files count as unread."""
        self.give_up(map(findings.path_of, pending), "timeout")
        self.held_back["found too late"] += len(pending)

    def reject(self, rejected: Sequence[verify.Rejected]) -> None:
        hide = self.plan.masks.hide
        self.rejected += (replace(each, reason=hide(each.reason)) for each in rejected)
        self.held_back.update(each.stage for each in rejected)

    # Passes

    def expect(self, paths: Iterable[str]) -> None:
        """Expect a pass for each path. A file counts as unread until all its passes have ended."""
        self._file_passes |= Counter(paths)

    def expect_passes(self, passes: Sequence[Pass], left_out: Sequence[Unit]) -> None:
        self._reasons.update((unit.file.path, "unit_limit") for unit in left_out)
        self.expect(pass_.unit.file.path for pass_ in passes)
        self._results.expect(passes)

    def add_result(self, pass_: Pass, result: PassResult) -> None:
        """Enter the findings of a pass. Those on lines of another unit or of none, and those of
        passes across files, are deferred: they count only if no other pass publishes them."""
        own, others = self._results.add(pass_, result)
        self.hold((*own, *(each for each in others if each.id not in self._known)))

    def pass_answered(self, pass_: Pass, reason: UnreviewedReason | None) -> None:
        """Note that a pass has its answer; `reason` says why it does not cover the whole unit."""
        if not reason:
            self._results.answered(pass_)

    def pass_cancelled(self, pass_: Pass) -> None:
        """Drop the file's results: there is no time left to judge them. Its findings stay held."""
        self._results.drop(pass_)

    def pass_ended(self, pass_: Pass) -> list[PassResult]:
        """Note that a pass has ended. After the last pass over a file, return the results of all of
        them, by unit and in the order of the passes, to be judged together."""
        results, is_read = self._results.ended(pass_)
        if is_read:
            self.read.append(pass_.unit)
        return results

    def pass_delivered(self, pass_: Pass, reason: UnreviewedReason | None) -> None:
        path = pass_.unit.file.path
        self._file_passes[path] -= 1
        if reason:
            self._reasons[path] = reason

    def deferred(self) -> Iterator[list[PassResult]]:
        """The deferred results, by unit in a fixed order, without the findings published in the
        meantime. Settle each batch before taking the next."""
        return self._results.deferred(self._known)

    # Outcome

    def give_up(self, paths: Iterable[str], reason: UnreviewedReason) -> None:
        """Count these files as unreviewed."""
        self._reasons.update((path, reason) for path in paths)

    def cut_short(self, reason: UnreviewedReason) -> None:
        """Note that the remaining passes will not be made. The first reason counts."""
        self._cut_short = self._cut_short or reason

    def why_unread(self, path: str) -> UnreviewedReason | None:
        plan = self.plan  # a smoke model is no reviewer
        if plan.choice.role != "reviewer" and self.gaps.include(path, plan.settings.analyzers):
            return "analyzer_error"
        if reason := self._reasons.get(path):
            return reason
        return (self._cut_short or "timeout") if self._file_passes[path] > 0 else None

    def reviewed(self) -> tuple[str, ...]:
        return tuple(file.path for file in self.plan.change.files if not self.why_unread(file.path))

    def unreviewed(self) -> tuple[Unreviewed, ...]:
        """Every file of the change is reviewed or unreviewed, never neither."""
        reasons = ((file.path, self.why_unread(file.path)) for file in self.plan.change.files)
        unread = (Unreviewed(path, why, self.details.get(path, "")) for path, why in reasons if why)
        return (*self.plan.change.unreviewed, *unread)

    def withheld(self) -> set[str]:
        """Ids of findings held back only because similar ones were dismissed."""
        return {item.finding.id for item in self.rejected if item.stage == "precedent"}

    def is_complete(self, *, over: bool) -> bool:
        """Whether all of the change was reviewed. `over`: stopped, or out of time."""
        return not over and not self.unreviewed()

    def may_be_recalled(self, *, over: bool) -> bool:
        """Whether a later run over the same change may repeat these findings instead of reviewing:
        not if anything is missing, caused a warning, or depends on other commits or decisions."""
        complete = self.is_complete(over=over) and not self.recalled
        warned = set(self.warnings) - {self.plan.choice.warning}  # each run gives that one itself
        return complete and not warned and not self._has_older and not self.withheld()

    def outcome(
        self, *, seconds: float, resolved: Sequence[str], hits: int, misses: int
    ) -> Outcome:
        return Outcome(
            model_role=self.plan.choice.role,
            fail_on=self.plan.settings.fail_on,
            findings=tuple(findings.told_once(self.published)),
            rejected=tuple(self.rejected),
            hidden=tuple(self.hidden.told),
            notes=self.hidden.notes,
            held_back=dict(self.held_back),
            resolved=tuple(resolved),
            reviewed=self.reviewed(),
            skipped=self.plan.change.skipped,
            unreviewed=self.unreviewed(),
            warnings=tuple(self.warnings),
            usage=self.usage,
            questions=self.questions.counts,
            cache_hits=hits,
            cache_misses=misses,
            seconds=seconds,
        )
