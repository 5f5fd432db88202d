"""`reviewer review --fix`: review, apply what is proved, review again, until nothing is left or
nothing improves.

One stream comes out of all rounds: the context of the first review, signs of life, and then the
findings of the files as they are at the end. What a round wrote is journaled like `reviewer fix`
does it, and never touches the index.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Literal

from reviewer import config, memory, serving, workspace
from reviewer.config import Settings
from reviewer.errors import ReviewerError, UsageError
from reviewer.events import Event, Finding, Heartbeat, ReviewContext, Status
from reviewer.fixes import apply, journal, report, target
from reviewer.fixes.writer import WriteFailed
from reviewer.memory import feedback
from reviewer.models import ask
from reviewer.review import review
from reviewer.run import HEARTBEAT_SECONDS, Chooser, Outcome, Request, Stop
from reviewer.text import one_line
from reviewer.types import SEVERITIES, Unreviewed, UnreviewedReason, Usage

MINIMUM: Final = "clean"  # how much must be proved about a patch that nobody is asked about
SCOPES: Final = ("all", "uncommitted")  # whose new side is the worktree

LISTED: Final = 5  # refused fixes that are named


@dataclass
class _Stream:
    """Lets one stream out of several reviews: the first context, signs of life, no finding and no
    end."""

    emit: Callable[[Event], None]
    began: float = field(default_factory=time.monotonic)
    last: float = 0.0  # when something was sent; 0 before the context
    units: tuple[int, int] = (0, 0)

    def take(self, event: Event) -> None:
        match event:
            case ReviewContext() if not self.last:
                self.send(event)
            case Heartbeat():
                self.units = event.units_done, event.units_total
                self.beat()
            case Status(
                status="setting_up"
                | "building_code_graph"
                | "tools_completed"
                | "reviewing"
                | "summarizing"
            ):
                self.send(event)

    def send(self, event: Event) -> None:
        self.last = time.monotonic()
        self.emit(event)

    def beat(self) -> None:
        elapsed = round(time.monotonic() - self.began, 1)
        self.send(
            Heartbeat(elapsed_seconds=elapsed, units_done=self.units[0], units_total=self.units[1])
        )

    async def beats(self, every: float) -> None:
        """Findings are held back and count for nothing here, so the beats of the reviews are not
        enough."""
        while True:
            await asyncio.sleep(
                max(0.05, self.last + every - time.monotonic()) if self.last else 0.05
            )
            if self.last and time.monotonic() - self.last >= every:
                self.beat()


@dataclass
class _Loop:
    """What the rounds share, and what they add up to."""

    request: Request
    stop: Stop
    choose: Chooser
    stream: _Stream
    settings: Settings
    say: Callable[[str], None]
    root: Path | None = None
    looks: int = 0
    usage: Usage = field(default_factory=Usage)
    hits: int = 0
    misses: int = 0
    states: dict[str, Literal["new", "open"]] = field(
        default_factory=dict
    )  # by id: before this command
    resolved: list[str] = field(default_factory=list)
    fixes: list[int] = field(default_factory=list)  # how many each round applied that stands
    notes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def seconds_left(self) -> float:
        return self.stream.began + self.settings.timeout - time.monotonic()

    @property
    def over(self) -> bool:
        return self.stop.done() or self.seconds_left <= 0

    async def look(self) -> Outcome:
        """One review, in the time that is left. Raises what `review` raises."""
        overrides = dict(self.request.overrides)
        if self.looks:
            overrides["timeout"] = max(self.seconds_left, 0.001)
            if self.settings.cache == "fresh":  # what has just been asked need not be asked again
                overrides["cache"] = "use"
        self.looks += 1
        outcome = await review(
            replace(self.request, overrides=overrides), self.stream.take, self.stop, self.choose
        )
        self.usage = ask.add(self.usage, outcome.usage)
        self.hits, self.misses = self.hits + outcome.cache_hits, self.misses + outcome.cache_misses
        for finding in outcome.findings:
            self.states.setdefault(finding.id, finding.state)
        return outcome


async def review_and_fix(
    request: Request,
    emit: Callable[[Event], None],
    stop: Stop,
    choose: Chooser = serving.choose,
    *,
    most: int,
    say: Callable[[str], None] = lambda line: None,
    beat_seconds: float = HEARTBEAT_SECONDS,
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
    loop = _Loop(request, stop, choose, _Stream(emit), settings, say)
    beats = asyncio.create_task(loop.stream.beats(beat_seconds))
    try:
        outcome = await loop.look()
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
    if loop.over:
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
        fixes, found = (
            _count(len(done.manifest.fixes), "fix"),
            _count(len(before.findings), "finding"),
        )
        loop.say(f"round {number}: {found}; applied {fixes} in {files}")
        await asyncio.to_thread(_tell_memory, loop, done.manifest.fixes, "auto")
        after = await loop.look()
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
    selected, _ = report.select(trusted, (), None, MINIMUM)
    if not selected:
        return None
    if loop.root is None:
        loop.root = (
            await asyncio.to_thread(workspace.open_repository, loop.request.directory)
        ).root
    with journal.locked(loop.root) as home:
        plan = apply.plan(loop.root, selected)
        if not plan.replacements:
            loop.notes += [
                f"Not applied: {one_line(fix.finding.title)}: {why}"
                for fix, why in plan.refused[:LISTED]
            ]
            return None
        return journal.apply(loop.root, home, plan.replacements, [fix.id for fix in plan.accepted])


def _tell_memory(loop: _Loop, ids: Sequence[str], kind: feedback.Kind) -> None:
    """So that what nobody was asked about does not count as accepted, nor as fixed by hand."""
    repository = workspace.open_repository(loop.request.directory)
    with memory.open_store(loop.request.environ) as store:
        feedback.record(store, memory.repository_key(repository.common_dir), kind, ids)


def _undo(loop: _Loop, done: journal.Run) -> None:
    """Put the files back as they were before the round. Raises WriteFailed when somebody has
    changed one since."""
    assert loop.root is not None
    with journal.locked(loop.root) as home:
        journal.undo(loop.root, home, done.name)
    _tell_memory(loop, done.manifest.fixes, "returned")


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
    if not loop.over:
        # so that what is remembered as the last run is about the files as they are; the replies are
        # remembered
        try:
            await loop.look()
        except ReviewerError as exc:
            loop.warnings.append(
                f"`reviewer fix` knows these findings again after the next review: {exc.message}"
            )
    return before


def _unseen(loop: _Loop, before: Outcome, changed: set[str]) -> Outcome:
    """The outcome when files have changed since and nobody could look at them again."""
    reason: UnreviewedReason = (
        "interrupted" if loop.stop.done() else "timeout" if loop.over else "model_error"
    )
    before.reviewed = [path for path in before.reviewed if path not in changed]
    listed = {item.path for item in before.unreviewed}
    before.unreviewed += [Unreviewed(path, reason) for path in sorted(changed - listed)]
    return before


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
    outcome.findings = [_first_seen(loop, finding) for finding in outcome.findings]
    for finding in outcome.findings:
        loop.stream.send(finding)
    looked = bool(outcome.reviewed or outcome.unreviewed)
    loop.stream.send(
        Status(phase="analyzing", status="review_completed" if looked else "review_skipped")
    )
    outcome.resolved = tuple(dict.fromkeys(each for each in loop.resolved if each not in left))
    outcome.usage, outcome.cache_hits, outcome.cache_misses = loop.usage, loop.hits, loop.misses
    outcome.seconds = time.monotonic() - loop.stream.began
    outcome.warnings += [said for said in loop.warnings if said not in outcome.warnings]
    if loop.fixes:
        rounds, again = (
            _count(len(loop.fixes), "round"),
            ", once for each round" if len(loop.fixes) > 1 else "",
        )
        loop.notes.insert(
            0,
            f"Applied {_count(sum(loop.fixes), 'fix')} in {rounds}; "
            f"take back with: reviewer undo{again}",
        )
    outcome.notes += loop.notes
    return outcome


def _first_seen(loop: _Loop, finding: Finding) -> Finding:
    """With the state that it had before this command: what only an earlier round has seen is new to
    the reader."""
    return finding.model_copy(update={"state": loop.states[finding.id]})


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}{'es' if noun == 'fix' else 's'}"
