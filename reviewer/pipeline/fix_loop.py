"""`reviewer review --fix`: review, apply the proved fixes, and review again until nothing is left
to fix or a round brings no improvement.

All rounds together send one stream: the context of the first review, status events and heartbeats,
and then the findings of the final state. Each round is journaled as `reviewer fix` does it, and the
index is never touched.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from reviewer import config, findings, memory, serving, workspace
from reviewer.config import Settings
from reviewer.errors import ReviewerError, UsageError
from reviewer.events import Event, Finding, Heartbeat, ReviewContext, Status
from reviewer.fixes import journal, report, service
from reviewer.fixes.writer import WriteFailed
from reviewer.messages import Usage
from reviewer.models import ask
from reviewer.pipeline.clock import Clock, Emit, Stop
from reviewer.pipeline.compare import rank, why_worse
from reviewer.pipeline.outcome import Outcome
from reviewer.pipeline.pace import Pace
from reviewer.pipeline.plan import Request
from reviewer.pipeline.review import review
from reviewer.pipeline.seams import Chooser
from reviewer.text import count, one_line
from reviewer.types import Unreviewed, UnreviewedReason

SCOPES: Final = ("all", "uncommitted")  # those that review the worktree

MAX_REFUSALS: Final = 5  # refused fixes that the notes list
# What is passed on from each review; its end is not the end of the run.
_PROGRESS: Final = (
    "setting_up",
    "building_code_graph",
    "tools_completed",
    "reviewing",
    "summarizing",
)


@dataclass
class _Loop:
    """What the reviews of one command share, and their totals. `clock` times the command as a
    whole; each review has a clock of its own."""

    request: Request
    choose: Chooser
    clock: Clock
    settings: Settings
    progress: Callable[[str], None]
    repository: workspace.Repository | None = None
    reviews: int = 0
    usage: Usage = field(default_factory=Usage)
    hits: int = 0
    misses: int = 0
    # By finding id: its state in the first review that found it.
    first_states: dict[str, Literal["new", "open"]] = field(default_factory=dict)
    resolved: list[str] = field(default_factory=list)
    # By round, without those undone: the number of fixes that it applied.
    fixes: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    async def review(self) -> Outcome:
        """Review once, in the time that is left. Raises what `review` raises."""
        overrides = dict(self.request.overrides)
        if self.reviews:
            overrides["timeout"] = max(self.clock.seconds_left, 0.001)
            if self.settings.cache == "fresh":  # the replies of the earlier rounds are fresh
                overrides["cache"] = "use"
        self.reviews += 1
        request = replace(self.request, overrides=overrides)
        outcome = await review(request, self.forward, self.clock.stop, self.choose)
        self.usage = ask.add(self.usage, outcome.usage)
        self.hits, self.misses = self.hits + outcome.cache_hits, self.misses + outcome.cache_misses
        for finding in outcome.findings:
            for name in findings.ids(finding):  # a later round may find only one of its places
                self.first_states.setdefault(name, finding.state)
        return outcome

    def forward(self, event: Event) -> None:
        """Turn the streams of several reviews into one: the first context, heartbeats and progress,
        but no findings and no end."""
        match event:
            case ReviewContext() if self.reviews == 1:
                self.clock.send(event)
            case Heartbeat():
                # How long it takes is not known: there may be another round.
                self.clock.pace = Pace((0.0,) * event.units_total, event.units_done)
                self.clock.beat()
            case Status(status=status) if status in _PROGRESS:
                self.clock.send(event)


async def review_and_fix(
    request: Request,
    emit: Emit,
    stop: Stop,
    choose: Chooser = serving.choose,
    *,
    max_rounds: int,
    progress: Callable[[str], None] = lambda line: None,
    beat_seconds: float | None = None,
) -> Outcome:
    """Like `review`, but apply every patch proved at least `clean` to the worktree and review the
    change again, up to `max_rounds` times. A round that ends worse than it began is undone.
    `progress` gets a line about each round.

    Raises ReviewerError when nothing can be reviewed; then no file was changed.
    """
    if request.scope.kind not in SCOPES or request.patch is not None:
        raise UsageError(
            "--fix changes the worktree: use it with the default scope or with --uncommitted"
        )
    settings = config.load(request.overrides, request.environ, user=request.user_file).settings
    clock = Clock(stop, emit)
    clock.start(settings.timeout)
    loop = _Loop(request, choose, clock, settings, progress)
    beats = asyncio.create_task(clock.beats(beat_seconds))
    try:
        outcome = await loop.review()
        loop.resolved += outcome.resolved
        for number in range(1, max_rounds + 1):
            before = outcome
            outcome, improved = await _round(loop, before, number)
            if not improved:
                break
        return _finish(loop, outcome)
    finally:
        beats.cancel()


async def _round(loop: _Loop, before: Outcome, number: int) -> tuple[Outcome, bool]:
    """Run one more round. Return the outcome for the files as they are then, and whether it is
    better than `before`."""
    if loop.clock.over:
        return before, False
    try:
        done = await _apply(loop, before)
    except ReviewerError as exc:
        loop.warnings.append(f"could not apply the fixes: {exc.message}")
        return before, False
    if done is None:
        return before, False
    after: Outcome | None = None
    try:
        files = ", ".join(one_line(entry.path) for entry in done.manifest.files)
        fixes = count(len(done.manifest.fixes), "fix", "fixes")
        found = count(len(before.findings), "finding")
        loop.progress(f"round {number}: {found}; applied {fixes} in {files}")
        await asyncio.to_thread(_feedback(loop).record, "auto", done.manifest.fixes)
        after = await loop.review()
        why = why_worse(before, after)
    except ReviewerError as exc:
        why = f"the files could not be reviewed again: {exc.message}"
    except BaseException:  # a closed stream or a bug: an unreviewed change must not stay
        _undo(loop, done)
        raise
    if not why and after:
        loop.resolved += after.resolved
        loop.fixes.append(len(done.manifest.fixes))
        return after, rank(after) < rank(before)
    return await _undo_round(loop, before, after, done, number, why), False


async def _apply(loop: _Loop, outcome: Outcome) -> journal.Run | None:
    """Write all proved fixes that are compatible; None when there are none. A smoke model's
    findings are never applied. Raises ReviewerError; then nothing was written."""
    trusted = [
        finding
        for finding in outcome.findings
        if outcome.model_role != "smoke" or finding.source != "model"
    ]
    selected, _ = report.select(trusted, (), None, service.MINIMUM)
    if not selected:
        return None
    if loop.repository is None:
        loop.repository = await asyncio.to_thread(workspace.open_repository, loop.request.directory)
    written = service.write(loop.repository, selected)
    if written.run is None:
        loop.notes += [
            f"Not applied: {one_line(fix.finding.title)}: {why}"
            for fix, why in written.refused[:MAX_REFUSALS]
        ]
    return written.run


def _feedback(loop: _Loop) -> memory.FeedbackLog:
    """Records these fixes as automatic, so that they count neither as accepted nor as fixed by
    hand."""
    assert loop.repository is not None
    return memory.FeedbackLog(loop.request.environ, loop.repository.common_dir)


def _undo(loop: _Loop, done: journal.Run) -> None:
    """Restore the files as they were before the round. Raises WriteFailed when one has been
    changed since."""
    assert loop.repository is not None
    service.undo(loop.repository, _feedback(loop), done.name, kind="returned")


async def _undo_round(
    loop: _Loop, before: Outcome, after: Outcome | None, done: journal.Run, number: int, why: str
) -> Outcome:
    """Undo a round that ended worse. Return the outcome for the files as they are then."""
    try:
        _undo(loop, done)
    except WriteFailed as exc:
        loop.fixes.append(len(done.manifest.fixes))
        loop.warnings.append(
            f"round {number} ended worse ({why}) and could not be undone: {exc.message}"
        )
        return after or _not_reviewed_again(
            loop, before, {entry.path for entry in done.manifest.files}
        )
    line = f"round {number} was undone: {why}"
    loop.progress(line)
    loop.notes.append(line[0].upper() + line[1:])
    if not loop.clock.over:
        # Makes the remembered last run match the files again. All replies come from the cache.
        try:
            await loop.review()
        except ReviewerError as exc:
            loop.warnings.append(
                f"`reviewer fix` cannot apply these findings until the next review: {exc.message}"
            )
    return before


def _not_reviewed_again(loop: _Loop, before: Outcome, changed: set[str]) -> Outcome:
    """`before`, with the files that have changed since listed as unreviewed."""
    reason: UnreviewedReason = (
        "interrupted" if loop.clock.stop.done() else "timeout" if loop.clock.over else "model_error"
    )
    listed = {item.path for item in before.unreviewed}
    return replace(
        before,
        reviewed=tuple(path for path in before.reviewed if path not in changed),
        unreviewed=(
            *before.unreviewed,
            *(Unreviewed(path, reason) for path in sorted(changed - listed)),
        ),
    )


def _finish(loop: _Loop, outcome: Outcome) -> Outcome:
    """Send the findings of the final state. Return the outcome with the totals of all rounds."""
    remaining = {name for finding in outcome.findings for name in findings.ids(finding)}
    found = tuple(_with_first_state(loop, finding) for finding in outcome.findings)
    for finding in found:
        loop.clock.send(finding)
    loop.clock.send(outcome.stopped_by(loop.clock.stop).last_status)
    if loop.fixes:
        rounds = count(len(loop.fixes), "round")
        again = ", once for each round" if len(loop.fixes) > 1 else ""
        loop.notes.insert(
            0,
            f"Applied {count(sum(loop.fixes), 'fix', 'fixes')} in {rounds};"
            f" undo with: reviewer undo{again}",
        )
    return replace(
        outcome,
        findings=found,
        resolved=tuple(dict.fromkeys(id_ for id_ in loop.resolved if id_ not in remaining)),
        usage=loop.usage,
        cache_hits=loop.hits,
        cache_misses=loop.misses,
        seconds=loop.clock.elapsed,
        warnings=tuple(dict.fromkeys((*outcome.warnings, *loop.warnings))),
        notes=(*outcome.notes, *loop.notes),
    )


def _with_first_state(loop: _Loop, finding: Finding) -> Finding:
    """The finding in its first state: one that an earlier round found is still new to the user."""
    return finding.model_copy(update={"state": loop.first_states[finding.id]})
