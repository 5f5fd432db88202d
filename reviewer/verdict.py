"""The verdict of a run: its last event and its exit code."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from reviewer import events, reasons, serving, text, watchdog
from reviewer.errors import Exit, Interrupted, OutOfTime, ReviewerError, RunExit, limit
from reviewer.events import (
    CacheInfo,
    Complete,
    Counts,
    Error,
    Event,
    Finding,
    SkippedFile,
    UnreviewedFile,
    UsageInfo,
)
from reviewer.pipeline.clock import Stop, Stopped
from reviewer.pipeline.outcome import IGNORED, Outcome
from reviewer.pipeline.plan import Request
from reviewer.pipeline.review import review
from reviewer.pipeline.seams import Chooser
from reviewer.types import REPORT, Severity, is_at_least

Work = Callable[[Request, Callable[[Event], None], Stop, Chooser], Awaitable[Outcome]]


async def conclude(
    request: Request,
    emit: Callable[[Event], None],
    *,
    verbose: bool = False,
    choose: Chooser = serving.choose,
    work: Work = review,
) -> int:
    """Run the review, end its stream with exactly one `complete` or `error` whatever happens, and
    return the exit code. `work` does the reviewing: `review`, or a loop around it."""
    loop = asyncio.get_running_loop()
    stop: Stop = loop.create_future()
    with _signals(loop, stop):
        try:
            outcome = await work(request, emit, stop, choose)
            outcome = outcome.stopped_by(stop)
            last = complete(outcome, outcome.fail_on)
            emit(last)
            _print_held_back(outcome, verbose=verbose, rejected=request.show_rejected)
            return last.exit_code
        except ReviewerError as exc:
            emit(error(exc))
            return exc.exit_code
        except OSError as exc:
            if isinstance(exc, BrokenPipeError):
                raise  # the reader of stdout has gone
            emit(crash(exc, verbose))
        except Exception as exc:  # noqa: BLE001 a bug of ours must still end the stream, here and nowhere else
            emit(crash(exc, verbose))
    return Exit.CANNOT_RUN


def _print_held_back(outcome: Outcome, *, verbose: bool, rejected: bool) -> None:
    """On stderr, since it belongs neither in the report nor in the stream."""
    if (verbose or rejected) and any(outcome.held_back.values()):
        held = ", ".join(
            f"{count} {reason}" for reason, count in sorted(outcome.held_back.items()) if count
        )
        print(f"held back: {held}", file=sys.stderr)  # noqa: T201
    judged = ((item.finding, f"{item.stage}: {item.reason}") for item in outcome.rejected)
    for finding, why in (*judged, *outcome.hidden) if rejected else ():
        place = f"{finding.file_name}:{finding.start_line or 1}"
        entry = f"{place}: {finding.title} [{finding.id}]\n    {why}"
        print(text.printable(entry), file=sys.stderr)  # noqa: T201


@contextmanager
def _signals(loop: asyncio.AbstractEventLoop, stop: Stop) -> Iterator[None]:
    """Let the first Ctrl-C or SIGTERM end the run cleanly, and the second one at once."""

    def end(name: Stopped) -> None:
        if not stop.done():
            stop.set_result(name)

    def handle(number: int, _: FrameType | None) -> None:
        name: Stopped = "interrupted" if number == signal.SIGINT else "terminated"
        watchdog.heard(number)
        if not stop.done():
            loop.call_soon_threadsafe(end, name)
        elif not watchdog.is_watching():  # which ends it with a last event
            os._exit(watchdog.CODES[name])

    ends = [number for number in watchdog.ENDING if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, *ends)}  # nohup
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def complete(outcome: Outcome, fail_on: Severity | None) -> Complete:
    """The `complete` event of a run. Exit code and outcome follow from what was reviewed, never
    from what was printed."""
    unreviewed = outcome.unreviewed
    failed = bool(unreviewed or outcome.stopped)
    status = outcome.end
    return Complete(
        status=status,
        outcome=(
            "failed" if failed else "completed_with_warnings" if outcome.warnings else "completed"
        ),
        findings=len(outcome.findings),
        counts=Counts.model_validate(Counter(finding.severity for finding in outcome.findings)),
        ignored=outcome.held_back.get(IGNORED, 0),
        resolved=list(outcome.resolved),
        reviewed_files=[text.file_name(path)[0] for path in outcome.reviewed],
        skipped_files=[
            SkippedFile(file_name=item.path, reason=item.reason, detail=item.detail or None)
            for item in outcome.skipped
        ],
        unreviewed_files=[
            UnreviewedFile(file_name=item.path, reason=item.reason, detail=item.detail or None)
            for item in unreviewed
        ],
        unreviewed_file_count=len(unreviewed),
        usage=UsageInfo(
            calls=outcome.usage.calls,
            prompt_tokens=outcome.usage.prompt_tokens,
            cached_tokens=outcome.usage.cached_tokens,
            completion_tokens=outcome.usage.completion_tokens,
            thinking_tokens=outcome.usage.thinking_tokens,
        ),
        questions=outcome.questions,
        cache=CacheInfo(hits=outcome.cache_hits, misses=outcome.cache_misses),
        duration_seconds=round(outcome.seconds, 3),
        exit_code=exit_code(outcome, fail_on),
        message=message(outcome, status == "review_skipped"),
    )


def exit_code(outcome: Outcome, fail_on: Severity | None) -> RunExit:
    """130/143 stopped > 1 a finding at or above `fail_on` > 3 something is unreviewed > 0."""
    if outcome.stopped:
        return Exit.TERMINATED if outcome.stopped == "terminated" else Exit.INTERRUPTED
    if fail_on and any(gates(finding, outcome, fail_on) for finding in outcome.findings):
        return Exit.FINDINGS
    return Exit.INCOMPLETE if outcome.unreviewed else Exit.OK


def gates(finding: Finding, outcome: Outcome, fail_on: Severity) -> bool:
    """Whether a finding counts for `--fail-on`. Those of a smoke model never do."""
    if outcome.model_role == "smoke" and finding.source == "model":
        return False
    return counts(finding, fail_on)


def counts(finding: Finding, fail_on: Severity) -> bool:
    """Whether a finding of a real reviewer counts for `--fail-on`: never one that was there before
    the change, whatever the floor."""
    return not finding.preexisting and is_at_least(finding.severity, fail_on)


def message(outcome: Outcome, skipped: bool) -> str:
    """What the reader of the last event must know; exactly "Review completed" when there is nothing
    to add."""
    parts = []
    if skipped:
        others = [each for each in outcome.skipped if each.detail != REPORT]
        parts.append("Every changed file was skipped" if others else "No changes detected")
    if outcome.unreviewed:
        parts.append(reasons.sentence(outcome.unreviewed, len(outcome.reviewed)))
    if outcome.stopped:
        parts.append("The run was interrupted")
    parts += [*outcome.notes, *outcome.warnings]
    if not parts:
        return "Review completed"
    return ". ".join(part.rstrip(".") for part in parts) + "."


def error(exc: ReviewerError) -> Error:
    """The `error` event for a run that could not review anything."""
    return Error(
        error_type=exc.error_type,
        message=text.one_line(exc.message),
        recoverable=exc.recoverable,
        details=dict(exc.details),
    )


def last_words(*, stream: bool, before: bytes = b"", **more: Any) -> watchdog.LastWords:
    """What is said of a run that had to be stopped: the last line of an event `stream` on stdout,
    else one line on stderr. `more`: see `LastWords`."""
    late = (
        "the run went on past its time limit and was stopped: narrow the scope, or exclude the"
        " files that take so long"
    )
    early = "the run was stopped before it could end cleanly: run it again to see what it finds"
    why: dict[watchdog.Cause, ReviewerError] = {
        "out_of_time": OutOfTime(late),
        "interrupted": Interrupted(early),
        "terminated": Interrupted(early, terminated=True),
    }
    said = {
        cause: b"%b%b\n"
        % (before, (events.line(error(exc)) if stream else f"reviewer: {exc.message}").encode())
        for cause, exc in why.items()
    }
    return watchdog.LastWords(1 if stream else 2, said, stream=stream, **more)


def crash(exc: Exception, verbose: bool) -> Error:
    """The `error` event for a bug of ours, or for a limit of the system that a call met; the
    traceback goes to stderr with --verbose."""
    if verbose:
        traceback.print_exception(exc, file=sys.stderr)
    return Error(
        error_type="internal",
        message=limit(exc)
        or (
            f"internal error: {type(exc).__name__}: {text.one_line(str(exc))[:300]}; "
            "please report it with the output of: reviewer doctor"
        ),
        recoverable=False,
    )
