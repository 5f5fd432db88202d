"""What a run has found, held back, published, read and left unread, and why: the only mutable state
of the pipeline. Every rule that decides a verdict is a method here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from reviewer import findings, verify
from reviewer.analyzers import ANALYZERS
from reviewer.context import units
from reviewer.events import Event, Finding
from reviewer.findings import PassResult
from reviewer.models import ask
from reviewer.pipeline.outcome import Outcome
from reviewer.pipeline.passes import Pass
from reviewer.pipeline.plan import Plan
from reviewer.pipeline.seams import Decisions, Undecided
from reviewer.types import (
    Evidence,
    Severity,
    Side,
    Unit,
    Unreviewed,
    UnreviewedReason,
    Usage,
    is_at_least,
)

_FLOORS: Mapping[str, Severity] = {"chill": "minor", "balanced": "trivial", "assertive": "info"}
_RANK = {name: rank for rank, name in enumerate(ANALYZERS)}


@dataclass
class Ledger:
    """`send` takes each finding that is published, `decisions` what was decided before."""

    plan: Plan
    send: Callable[[Event], None]
    decisions: Decisions = field(default_factory=Undecided)

    # What was found.
    published: list[Finding] = field(default_factory=list)
    stood_by: list[Finding] = field(default_factory=list)  # severe enough, dismissed ones included
    announced: list[Finding] = field(default_factory=list)  # by analyzers, not published yet
    rejected: list[verify.Rejected] = field(default_factory=list)
    held_back: Counter[str] = field(default_factory=Counter)
    evidence: dict[str, list[Evidence]] = field(default_factory=dict)  # by path
    # sources that were asked about the whole change: model, reviewer, analyzer:NAME
    asked: set[str] = field(default_factory=set)
    warnings: list[str] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)
    read: list[Unit] = field(default_factory=list)  # that the model has read in full
    recalled: bool = False  # the findings are those of an earlier run about the same change
    _aged: bool = False  # a finding was held back because it is older than the baseline commit
    _known: set[str] = field(default_factory=set)  # ids that were published or dismissed
    _pending: dict[str, Finding] = field(default_factory=dict)  # found, neither published nor not

    # What the passes have done.
    _reasons: dict[str, UnreviewedReason] = field(default_factory=dict)  # by path
    _cut_short: UnreviewedReason | None = None  # why the passes that are left were not made
    _left: Counter[str] = field(default_factory=Counter)  # passes that have not ended, by path
    _ahead: Counter[int] = field(default_factory=Counter)  # the same by unit, without `across`
    _unread: Counter[int] = field(default_factory=Counter)  # those that did not read it in full
    _results: dict[int, list[tuple[int, PassResult]]] = field(default_factory=dict)  # by unit
    _deferred: list[tuple[bool, int, int, PassResult]] = field(default_factory=list)

    # By (path, side, line): the first unit that shows the line.
    _first: dict[tuple[str, Side, int | None], int] = field(init=False)

    def __post_init__(self) -> None:
        self.warnings += self.plan.warnings
        self._first = units.first_shown(self.plan.units)

    # Evidence

    def add_evidence(self, items: Iterable[Evidence]) -> None:
        for item in items:
            self.evidence.setdefault(item.path, []).append(item)

    def hints(self, path: str) -> list[Evidence]:
        """What is known of a file before the model is asked, whichever analyzer was quickest."""
        return sorted(self.evidence.get(path, ()), key=lambda item: _RANK.get(item.source, -1))

    def warn(self, message: str) -> None:
        if message not in self.warnings:
            self.warnings.append(message)

    def spend(self, usage: Usage) -> None:
        self.usage = ask.add(self.usage, usage)

    # Findings

    def is_severe(self, finding: Finding) -> bool:
        """Whether the finding is at or above the severity that the user wants to see."""
        settings = self.plan.settings
        lowest = "info" if self.plan.choice.role == "smoke" else _FLOORS[settings.profile]
        floor = settings.min_severity or lowest
        return is_at_least(finding.severity, floor)

    def hold(self, found: Iterable[Finding]) -> None:
        """Keep what is still to be judged or proved: if the time ends first, it is published as it
        is, never lost."""
        self._pending.update((finding.id, finding) for finding in found)

    def release(self, found: Iterable[Finding]) -> None:
        """These were judged: they are published or rejected now."""
        for finding in found:
            self._pending.pop(finding.id, None)

    def announce(self, finding: Finding) -> None:
        """Tell the judges of the model's findings what an analyzer has found, before its fix is
        proved."""
        if self.is_severe(finding) and not self.decisions.dismissed(finding):
            self.announced.append(finding)

    def publish(self, given: Finding, *, aged: bool | None = None) -> None:
        """Send a finding that is severe enough, was not sent before, and is not older than the
        baseline commit (`aged`, where that is known)."""
        self._pending.pop(given.id, None)
        finding, dismissed = self.decisions.judge(given)
        since = self.plan.since
        if not self.is_severe(finding):
            self.held_back["below the severity floor"] += 1
        elif since and (findings.older(finding, since) if aged is None else aged):
            self._aged = True
            self.held_back["there at the baseline commit"] += 1
        elif finding.id in self._known:
            self.held_back["duplicate"] += 1
        else:
            self._known.add(finding.id)
            self.stood_by.append(finding)
            if dismissed is not None:
                self.held_back["dismissed"] += 1
            else:
                self.published.append(finding)
                self.send(finding)

    def publish_pending(self) -> None:
        """What was not judged or proved in time is said as it is."""
        for finding in list(self._pending.values()):
            self.publish(finding)

    def reject(self, rejected: Sequence[verify.Rejected]) -> None:
        self.rejected += rejected
        for each in rejected:
            self.held_back[each.stage] += 1

    # Passes

    def expect(self, paths: Iterable[str]) -> None:
        """The model is to read these files, one path for each pass. Until all passes of a file have
        ended it counts as unread."""
        self._left |= Counter(paths)

    def expect_passes(self, passes: Sequence[Pass], left_out: Sequence[Unit]) -> None:
        self._reasons.update((unit.file.path, "unit_limit") for unit in left_out)
        self.expect(each.unit.file.path for each in passes)
        self._ahead = Counter(each.unit.ordinal for each in passes if not each.is_across)
        self._unread = Counter(self._ahead)

    def add_result(self, made: Pass, result: PassResult) -> None:
        """Take what a pass has found. Findings on lines that another unit shows first, or that none
        shows, and those of passes across files, are deferred: they count only if nobody else has
        published them."""
        mine = made.unit.ordinal

        def is_own(finding: Finding) -> bool:
            place = (findings.path_of(finding), finding.side, finding.start_line)
            return not made.is_across and self._first.get(place) == mine

        own = tuple(filter(is_own, result.findings))
        others = tuple(finding for finding in result.findings if not is_own(finding))
        if others:
            deferred = replace(result, findings=others)
            self._deferred.append((made.is_across, mine, made.place, deferred))
            for finding in others:
                if finding.id not in self._known:
                    self._pending.setdefault(finding.id, finding)
        if not made.is_across:
            self._results.setdefault(mine, []).append((made.place, replace(result, findings=own)))
        self.hold(own)

    def pass_read(self, made: Pass, reason: UnreviewedReason | None) -> None:
        """A pass has its answer; `reason` says why it is none about the whole unit."""
        if not made.is_across:
            self._unread[made.unit.ordinal] -= not reason

    def pass_cancelled(self, made: Pass) -> None:
        """The time is up: nobody is asked any more to judge what was found in the unit."""
        self._results.pop(made.unit.ordinal, None)

    def pass_ended(self, made: Pass) -> list[PassResult]:
        """One pass less to wait for. After the last pass over a unit: the results of all of them,
        in the order of the passes, to be judged together."""
        if made.is_across:
            return []
        mine = made.unit.ordinal
        self._ahead[mine] -= 1
        if not self._unread[mine]:
            self.read.append(made.unit)
        if self._ahead[mine]:
            return []
        return [result for _, result in sorted(self._results.pop(mine, []), key=lambda at: at[0])]

    def pass_delivered(self, made: Pass, reason: UnreviewedReason | None) -> None:
        path = made.unit.file.path
        self._left[path] -= 1
        if reason:
            self._reasons[path] = reason

    def deferred(self) -> Iterator[list[PassResult]]:
        """What was deferred, by unit, as far as it is still unpublished when its turn comes: in a
        fixed order, so that it does not matter which pass was answered first. Settle each before
        the next."""
        waiting = sorted(self._deferred, key=lambda item: item[:3])
        for _, same_unit in groupby(waiting, key=lambda item: item[:2]):
            results = [
                replace(
                    result,
                    findings=tuple(each for each in result.findings if each.id not in self._known),
                )
                for *_, result in same_unit
            ]
            if any(result.findings for result in results):
                yield results

    # The account

    def give_up(self, paths: Iterable[str], reason: UnreviewedReason) -> None:
        """Nothing more will be said of these files."""
        self._reasons.update((path, reason) for path in paths)

    def cut_short(self, reason: UnreviewedReason) -> None:
        """The passes that have not ended will not be made; the first reason counts."""
        self._cut_short = self._cut_short or reason

    def why_unread(self, path: str) -> UnreviewedReason | None:
        if reason := self._reasons.get(path):
            return reason
        return (self._cut_short or "timeout") if self._left[path] > 0 else None

    def reviewed(self) -> tuple[str, ...]:
        return tuple(
            file.path for file in self.plan.change.files if self.why_unread(file.path) is None
        )

    def unreviewed(self) -> tuple[Unreviewed, ...]:
        """Every file of the change is reviewed or unreviewed, never neither."""
        reasons = ((file.path, self.why_unread(file.path)) for file in self.plan.change.files)
        unread = (Unreviewed(path, reason) for path, reason in reasons if reason)
        return (*self.plan.change.unreviewed, *unread)

    def withheld(self) -> set[str]:
        """Ids of findings that are held back only because something like them was dismissed."""
        return {each.finding.id for each in self.rejected if each.stage == "precedent"}

    def is_whole(self, *, over: bool) -> bool:
        """Whether all of the change was reviewed; `over`: the run was stopped or out of time."""
        return not over and not self.unreviewed()

    def may_be_recalled(self, *, over: bool) -> bool:
        """Whether a later run about the same change may repeat these findings instead of looking:
        not where anything is missing, was warned about, or hangs on other commits or decisions."""
        whole = self.is_whole(over=over) and not self.recalled
        return whole and not self.warnings and not self._aged and not self.withheld()

    def outcome(
        self, *, seconds: float, resolved: Sequence[str], hits: int, misses: int
    ) -> Outcome:
        return Outcome(
            model_role=self.plan.choice.role,
            fail_on=self.plan.settings.fail_on,
            findings=tuple(self.published),
            rejected=tuple(self.rejected),
            held_back=dict(self.held_back),
            resolved=tuple(resolved),
            reviewed=self.reviewed(),
            skipped=self.plan.change.skipped,
            unreviewed=self.unreviewed(),
            warnings=tuple(self.warnings),
            usage=self.usage,
            cache_hits=hits,
            cache_misses=misses,
            seconds=seconds,
        )
