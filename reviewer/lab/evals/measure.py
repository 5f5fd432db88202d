"""Runs one case through the normal pipeline, with its own repository and memory, and measures the
result."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reviewer import verdict
from reviewer.errors import ConfigError, EngineError, GitFailed, ReviewerError, UsageError
from reviewer.events import Event, Finding
from reviewer.findings import told_once
from reviewer.lab.evals import confirm, matching
from reviewer.lab.evals.engine import Counted, Engine
from reviewer.lab.evals.load import LoadedCase
from reviewer.lab.evals.materialize import BASE, CannotRun, changed, materialize
from reviewer.lab.evals.results import Reported, Result, Spot
from reviewer.pipeline.clock import Stop
from reviewer.pipeline.outcome import Outcome
from reviewer.pipeline.plan import Request
from reviewer.pipeline.review import review
from reviewer.types import FileDiff, Scope

_KEYS = (
    "REVIEWER_API_KEY",
    "REVIEWER_API_KEY_FILE",
)  # the only variables of the user's environment that a case sees


@dataclass
class RunContext:
    """Shared by all cases of a run."""

    engine: Engine
    settings: Mapping[str, Any]  # overrides, as for a Request
    timeout: float  # seconds for one review
    run_tests: bool = False
    under_way: dict[Path, float] = field(default_factory=dict)  # start time of each running review
    ended_early: int = 0  # reviews that timed out

    def overdue(self) -> bool:
        now = time.monotonic()
        return any(now - began >= self.timeout for began in self.under_way.values())


async def measure(bench: RunContext, loaded: LoadedCase, repeat: int, stop: Stop) -> Result | None:
    """The result of one case; None when the user stopped it.

    A review that times out ends every program that this process waits for, including those of other
    reviews: whatever was measured in the meantime is measured again. Raises EngineError when the
    engine no longer answers, UsageError and ConfigError for settings that no review accepts.
    """
    while True:
        early = bench.ended_early
        with tempfile.TemporaryDirectory(prefix="reviewer-", ignore_cleanup_errors=True) as name:
            made, over = await _attempt(bench, loaded, repeat, Path(name), stop)
        if stop.done():
            return None
        if over or (bench.ended_early == early and not bench.overdue()):
            return made


async def _attempt(
    bench: RunContext, loaded: LoadedCase, repeat: int, top: Path, stop: Stop
) -> tuple[Result, bool]:
    """The result, and whether the review timed out."""
    repo, state = top / "repo", top / "state"
    try:
        files = await asyncio.to_thread(_made, loaded, repo)
    except CannotRun as exc:
        return _result(loaded, repeat, (), unrunnable=str(exc)), False
    models: list[Counted] = []
    found: list[Finding] = []

    def emit(event: Event) -> None:
        if isinstance(event, Finding):
            found.append(event)

    request = Request(repo, Scope("committed", BASE), bench.settings, _environment(state))
    outcome, code = None, 0
    began = bench.under_way[repo] = time.monotonic()
    try:
        outcome = await review(request, emit, stop, bench.engine.chooser(models.append))
    except (UsageError, ConfigError, EngineError):
        raise
    except ReviewerError as exc:
        code = exc.exit_code
    finally:
        del bench.under_way[repo]
        seconds = time.monotonic() - began
        over = seconds >= bench.timeout
        bench.ended_early += over
    if outcome is None:
        return _result(
            loaded, repeat, files, outcome="error", exit_code=code, seconds=seconds
        ), over
    if not stop.done() and any(item.reason == "model_error" for item in outcome.unreviewed):
        why = await bench.engine.gone()
        if why:
            raise EngineError(why)
    told, reported = await asyncio.to_thread(_tried, bench, loaded, repo, told_once(found))
    return _measured(loaded, repeat, files, outcome, models, told, reported), over


def _made(loaded: LoadedCase, repo: Path) -> tuple[FileDiff, ...]:
    materialize(loaded, repo)
    try:
        return changed(repo)
    except GitFailed as exc:
        raise CannotRun(exc.message) from None


def _environment(state: Path) -> dict[str, str]:
    return {name: os.environ[name] for name in _KEYS if name in os.environ} | {
        "REVIEWER_STATE_DIR": str(state)
    }


def _tried(
    bench: RunContext, loaded: LoadedCase, repo: Path, found: list[Finding]
) -> tuple[bool | None, tuple[Reported, ...]]:
    """Whether the tests see the defect, and each finding with whether its patch makes them pass."""
    if not bench.run_tests:
        return None, tuple(_reported(finding, None) for finding in found)
    case = loaded.case
    told = confirm.confirmed(case, repo)
    return told, tuple(
        _reported(each, confirm.fixes(case, repo, each) if told else None) for each in found
    )


def _measured(
    loaded: LoadedCase,
    repeat: int,
    files: Sequence[FileDiff],
    outcome: Outcome,
    models: list[Counted],
    told: bool | None,
    reported: tuple[Reported, ...],
) -> Result:
    last = verdict.complete(outcome, None)
    return _result(
        loaded,
        repeat,
        files,
        outcome=last.outcome,
        exit_code=last.exit_code,
        unreviewed=last.unreviewed_file_count,
        findings=reported,
        held_back={reason: count for reason, count in sorted(outcome.held_back.items()) if count},
        replies=sum(model.replies for model in models),
        bad_replies=sum(model.bad for model in models),
        calls=last.usage.calls,
        prompt_tokens=last.usage.prompt_tokens,
        cached_tokens=last.usage.cached_tokens,
        completion_tokens=last.usage.completion_tokens,
        seconds=last.duration_seconds,
        tests_confirmed=told,
    )


def _result(loaded: LoadedCase, repeat: int, files: Sequence[FileDiff], **measured: Any) -> Result:
    case = loaded.case
    lines = sum(
        line.kind != "context" for file in files for hunk in file.hunks for line in hunk.lines
    )
    return Result(
        case=case.id,
        digest=loaded.digest,
        repeat=repeat,
        language=case.language,
        kind=case.kind,
        tags=case.tags,
        defects=case.defects,
        changed_lines=lines,
        hunks=matching.spans(files),
        **measured,
    )


def _reported(finding: Finding, fixes: bool | None) -> Reported:
    names = (
        "id",
        "start_line",
        "end_line",
        "side",
        "severity",
        "category",
        "source",
        "rule",
        "title",
        "comment",
        "location",
        "confidence",
    )
    proved = finding.patch.verification if finding.patch else None
    return Reported(
        file=finding.file_name,
        verification=proved,
        fixes=fixes,
        places=[
            Spot(
                file=each.file_name,
                start_line=each.start_line,
                end_line=each.end_line,
                side=each.side,
            )
            for each in finding.places
        ],
        **{name: getattr(finding, name) for name in names},
    )
