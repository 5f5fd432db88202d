"""`reviewer review --fix`: review, apply what is proved, review again, until nothing is left or
nothing improves.

One stream comes out of all rounds: the context of the first review, signs of life, and then the
findings of the files as they are at the end. What a round wrote is journaled like `reviewer fix`
does it, and never touches the index.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from reviewer import config, memory, serving, workspace
from reviewer.config import Settings
from reviewer.errors import ReviewerError, UsageError
from reviewer.events import Event, Finding, Heartbeat, ReviewContext, Status
from reviewer.fixes import journal, report, service, target
from reviewer.fixes.writer import WriteFailed
from reviewer.models import ask
from reviewer.pipeline.clock import Clock, Emit, Stop
from reviewer.pipeline.outcome import Outcome
from reviewer.pipeline.plan import Request
from reviewer.pipeline.review import review
from reviewer.pipeline.seams import Chooser
from reviewer.text import count, one_line
from reviewer.types import SEVERITIES, Unreviewed, UnreviewedReason, Usage

SCOPES: Final = ("all", "uncommitted")  # whose new side is the worktree

LISTED: Final = 5  # refused fixes that are named
_WORKING: Final = (
    "setting_up",
    "building_code_graph",
    "tools_completed",
    "reviewing",
    "summarizing",
)


@dataclass
class _Loop:
    """What the reviews of one command share, and what they add up to. `clock` is that of the whole
    command; each review has its own beside it."""

    request: Request
    choose: Chooser
    clock: Clock
    settings: Settings
    say: Callable[[str], None]
    repository: workspace.Repository | None = None
    reviews: int = 0
    usage: Usage = field(default_factory=Usage)
    hits: int = 0
    misses: int = 0
    # By id: the state that a finding had before this command.
    states: dict[str, Literal["new", "open"]] = field(default_factory=dict)
    resolved: list[str] = field(default_factory=list)
    fixes: list[int] = field(default_factory=list)  # how many each round applied that stands
    notes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    async def review(self) -> Outcome:
        """One review, in the time that is left. Raises what `review` raises."""
        overrides = dict(self.request.overrides)
        if self.reviews:
            overrides["timeout"] = max(self.clock.seconds_left, 0.001)
            if self.settings.cache == "fresh":  # what has just been asked need not be asked again
                overrides["cache"] = "use"
        self.reviews += 1
        request = replace(self.request, overrides=overrides)
        outcome = await review(request, self.take, self.clock.stop, self.choose)
        self.usage = ask.add(self.usage, outcome.usage)
        self.hits, self.misses = self.hits + outcome.cache_hits, self.misses + outcome.cache_misses
        for finding in outcome.findings:
            self.states.setdefault(finding.id, finding.state)
        return outcome

    def take(self, event: Event) -> None:
        """Let one stream out of several reviews: the first context, signs of life, no finding and
        no end."""
        match event:
            case ReviewContext() if self.reviews == 1:
                self.clock.send(event)
            case Heartbeat():
                self.clock.done, self.clock.total = event.units_done, event.units_total
                self.clock.beat()
            case Status(status=status) if status in _WORKING:
                self.clock.send(event)


async def review_and_fix(
    request: Request,
    emit: Emit,
    stop: Stop,
    choose: Chooser = serving.choose,
    *,
    most: int,
    say: Callable[[str], None] = lambda line: None,
    beat_seconds: float | None = None,
) -> Outcome:
    """As `review`, but what is proved at least as `clean` is applied to the worktree and the change
    reviewed again, `most` times at most. A round that ends worse than it began is undone. `say` is
    told about each round, in a line.

    Raises ReviewerError when nothing can be reviewed; then nothing was changed.
    """
    if request.scope.kind not in SCOPES or request.patch is not None:
        raise UsageError(
            "--fix changes the worktree: it goes with the default scope or --uncommitted"
        )
    if not target.SUPPORTED:
        raise UsageError(target.UNSUPPORTED)
    settings = config.load(request.overrides, request.environ, user=request.user_file).settings
    clock = Clock(stop, emit)
    clock.timeout = settings.timeout
    loop = _Loop(request, choose, clock, settings, say)
    beats = asyncio.create_task(clock.beats(beat_seconds))
    try:
        outcome = await loop.review()
        loop.resolved += outcome.resolved
        for number in range(1, most + 1):
            before = outcome
            outcome, improved = await _round(loop, before, number)
            if not improved:
                break
        return _finish(loop, outcome)
    finally:
        beats.cancel()


async def _round(loop: _Loop, before: Outcome, number: int) -> tuple[Outcome, bool]:
    """The outcome for the files as they are after one more round, and whether that is better than
    it was before."""
    if loop.clock.over:
        return before, False
    try:
        done = await _apply(loop, before)
    except ReviewerError as exc:
        loop.warnings.append(f"Fixes could not be applied: {exc.message}")
        return before, False
    if done is None:
        return before, False
    after: Outcome | None = None
    try:
        files = ", ".join(one_line(entry.path) for entry in done.manifest.files)
        fixes = count(len(done.manifest.fixes), "fix", "fixes")
        found = count(len(before.findings), "finding")
        loop.say(f"round {number}: {found}; applied {fixes} in {files}")
        await asyncio.to_thread(_feedback(loop).record, "auto", done.manifest.fixes)
        after = await loop.review()
        why = worse(before, after)
    except ReviewerError as exc:
        why = f"the files could not be reviewed again: {exc.message}"
    except BaseException:  # the reader has gone, or a bug: what nobody has looked at does not stay
        _undo(loop, done)
        raise
    if not why and after:
        loop.resolved += after.resolved
        loop.fixes.append(len(done.manifest.fixes))
        return after, rank(after) < rank(before)
    return await _taken_back(loop, before, after, done, number, why), False


async def _apply(loop: _Loop, found: Outcome) -> journal.Run | None:
    """Write all proved fixes that go together; None when there are none. What a smoke model says
    changes nothing. Raises ReviewerError; then nothing was written."""
    trusted = [
        each for each in found.findings if found.model_role != "smoke" or each.source != "model"
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
            for fix, why in written.refused[:LISTED]
        ]
    return written.run


def _feedback(loop: _Loop) -> memory.FeedbackLog:
    """Where it is recorded that nobody was asked, so that it counts neither as accepted nor as
    fixed by hand."""
    assert loop.repository is not None
    return memory.FeedbackLog(loop.request.environ, loop.repository.common_dir)


def _undo(loop: _Loop, done: journal.Run) -> None:
    """Put the files back as they were before the round. Raises WriteFailed when somebody has
    changed one since."""
    assert loop.repository is not None
    service.undo(loop.repository, _feedback(loop), done.name, kind="returned")


async def _taken_back(
    loop: _Loop, before: Outcome, after: Outcome | None, done: journal.Run, number: int, why: str
) -> Outcome:
    """Undo a round that ended worse; the outcome that belongs to the files as they are then."""
    try:
        _undo(loop, done)
    except WriteFailed as exc:
        loop.fixes.append(len(done.manifest.fixes))
        loop.warnings.append(
            f"Round {number} ended worse ({why}) and could not be taken back: {exc.message}"
        )
        return after or _unseen(loop, before, {entry.path for entry in done.manifest.files})
    said = f"round {number} was taken back: {why}"
    loop.say(said)
    loop.notes.append(said[0].upper() + said[1:])
    if not loop.clock.over:
        # so that what is remembered as the last run is about the files as they are; the replies are
        # remembered
        try:
            await loop.review()
        except ReviewerError as exc:
            loop.warnings.append(
                f"`reviewer fix` knows these findings again after the next review: {exc.message}"
            )
    return before


def _unseen(loop: _Loop, before: Outcome, changed: set[str]) -> Outcome:
    """The outcome when files have changed since and nobody could look at them again."""
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


def worse(before: Outcome, after: Outcome) -> str:
    """Why the state of the files that gave `after` is not to be kept, in a few words; "" when it
    is."""
    known = {(item.path, item.reason) for item in before.unreviewed}
    missing = sorted(
        (item.path, item.reason)
        for item in after.unreviewed
        if (item.path, item.reason) not in known
    )
    if missing:
        return f"{one_line(missing[0][0])} could not be reviewed again ({missing[0][1]})"
    if after.warnings and not before.warnings:
        return f"the review was not as complete: {after.warnings[0].rstrip('.')}"
    was, now = rank(before), rank(after)
    if now[: len(SEVERITIES)] > was[: len(SEVERITIES)]:
        return f"more severe findings ({_severities(now)} instead of {_severities(was)})"
    if len(after.findings) > len(before.findings):
        return f"more findings ({_severities(now)} instead of {_severities(was)})"
    return ""


def rank(outcome: Outcome) -> tuple[int, ...]:
    """Findings by severity, the most severe first, and the number of unreviewed files: less is
    better."""
    counts = Counter(finding.severity for finding in outcome.findings)
    return (*(counts[severity] for severity in SEVERITIES), len(outcome.unreviewed))


def _severities(counts: tuple[int, ...]) -> str:
    said = [
        f"{number} {severity}"
        for number, severity in zip(counts, SEVERITIES, strict=False)
        if number
    ]
    return ", ".join(said) or "none"


def _finish(loop: _Loop, outcome: Outcome) -> Outcome:
    """Send the findings of the files as they are now, and what all rounds together did and cost."""
    left = {finding.id for finding in outcome.findings}
    found = tuple(_first_seen(loop, finding) for finding in outcome.findings)
    for finding in found:
        loop.clock.send(finding)
    looked = bool(outcome.reviewed or outcome.unreviewed)
    loop.clock.send(
        Status(phase="analyzing", status="review_completed" if looked else "review_skipped")
    )
    if loop.fixes:
        rounds = count(len(loop.fixes), "round")
        again = ", once for each round" if len(loop.fixes) > 1 else ""
        loop.notes.insert(
            0,
            f"Applied {count(sum(loop.fixes), 'fix', 'fixes')} in {rounds};"
            f" take back with: reviewer undo{again}",
        )
    return replace(
        outcome,
        findings=found,
        resolved=tuple(dict.fromkeys(each for each in loop.resolved if each not in left)),
        usage=loop.usage,
        cache_hits=loop.hits,
        cache_misses=loop.misses,
        seconds=loop.clock.elapsed,
        warnings=tuple(dict.fromkeys((*outcome.warnings, *loop.warnings))),
        notes=(*outcome.notes, *loop.notes),
    )


def _first_seen(loop: _Loop, finding: Finding) -> Finding:
    """With the state that it had before this command: what only an earlier round has seen is new to
    the reader."""
    return finding.model_copy(update={"state": loop.states[finding.id]})
