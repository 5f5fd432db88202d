"""What comes before the stages: the change, the settings in force, the engine, and the units to ask
about."""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Literal

from reviewer import __version__, config, findings, memory, text, verify, workspace
from reviewer.analyzers import severity
from reviewer.config import Settings
from reviewer.context import together, units
from reviewer.context.moved import without_moved
from reviewer.context.risk import risk
from reviewer.errors import UsageError
from reviewer.events import Event, ReviewContext, ScopeInfo, Tool
from reviewer.run import Chooser, Outcome, Request, Run, Stop, needed
from reviewer.types import Change, Scope, Unit

UNIT_TOKENS = 1600  # hunks of one call: small enough that a small model looks at every line
CONTEXT_TOKENS = (
    1600  # at most; a small hunk gets less: CONTEXT_LEAST and half of what it has itself
)
CONTEXT_LEAST = 400
REPLY_TOKENS = 3072
SMOKE_TOKENS = (300, 0, 384)  # the same for the smoke model, which reads some 75 tokens a second
TOGETHER = "together"  # the lens of a look beside what was changed together with a unit
Look = tuple[str, Unit]  # (lens, unit); "" for a plain look
_RULES_TOKENS = 1500  # the system message takes about 1,000
_REVIEW_TYPES: Mapping[str, Literal["all", "committed", "uncommitted"]] = {
    "all": "all",
    "diff": "all",
    "staged": "uncommitted",
    "uncommitted": "uncommitted",
    "committed": "committed",
    "commit": "committed",
    "range": "committed",
}


async def prepare(
    request: Request, emit: Callable[[Event], None], stop: Stop, choose: Chooser
) -> Run:
    """Everything that the stages need. Raises ReviewerError when there is nothing that could be
    reviewed."""
    began = time.monotonic()
    loaded, change, since, (baseline, doubt) = await needed(
        asyncio.to_thread(_collect, request), stop, config.DEFAULT_TIMEOUT
    )
    settings = loaded.settings
    choice = await needed(choose(settings, session=change.base_commit), stop, settings.timeout)
    outcome = Outcome(
        choice.role, settings.fail_on, skipped=change.skipped, unreviewed=list(change.unreviewed)
    )
    outcome.warnings += (*loaded.warnings, *change.warnings, *filter(None, [doubt]))
    run = Run(
        change, settings, choice, request.guidelines, outcome, emit, findings.Source(change), began
    )
    run.baseline, run.since = baseline, since
    run.todo = units_of(run)
    return run


def looks(run: Run) -> list[Look]:
    """What the model is asked, in this order, once the analyzers have said their part: every unit,
    through every lens with effort `high`; then some of them beside what was changed together with
    them. Files that analyzers have found something in come before others of their kind, except
    tests, documentation and what a program has made."""
    hits = Counter(
        path
        for path, found in run.evidence.items()
        for item in found
        if severity.rating(item.source, item.rule)
    )
    kinds = {file.path: risk(file)[0] for file in run.change.files}
    todo = sorted(run.todo, key=lambda unit: (max(2, kinds[unit.file.path]), -hits[unit.file.path]))
    todo, beyond = _limited(run, todo)
    run.reasons.update((unit.file.path, "unit_limit") for unit in beyond)
    size = partial(units.size, tokens=run.choice.tokens)
    if run.choice.role != "reviewer":
        return [("", unit) for unit in todo]
    effort = run.settings.effort
    first = (
        verify.lens_orders(todo, run.settings.seed)
        if effort == "high"
        else [("", unit) for unit in todo]
    )
    beside = [] if beyond else together.looks(todo, run.change, size, effort)
    return [*first, *((TOGETHER, unit) for unit in beside)]


def _limited(run: Run, todo: list[Unit]) -> tuple[list[Unit], list[Unit]]:
    """What is asked about, and what is beyond `max_units`: what an earlier run has read is not
    counted, so that one run after the other gets through a large change."""
    most = run.settings.max_units
    if most is None or len(todo) <= most:
        return todo, []
    known = (
        run.read_before(todo) if run.settings.cache == "use" else set()
    )  # otherwise all of it is asked again
    fresh = [unit.ordinal for unit in todo if unit.ordinal not in known]
    beyond = set(fresh[most:])
    return [unit for unit in todo if unit.ordinal not in beyond], [
        unit for unit in todo if unit.ordinal in beyond
    ]


def _collect(
    request: Request,
) -> tuple[config.Loaded, Change, Change | None, tuple[memory.Baseline, str]]:
    """Open the repository, put the settings together, take the change, the one since the baseline
    commit, and read the baseline file."""

    def load(repository_file: bytes | None = None) -> config.Loaded:
        return config.load(
            request.overrides, request.environ, user=request.user_file, repository=repository_file
        )

    if request.patch is not None:
        loaded, rev = load(), request.scope.rev or "-"
        change = workspace.from_patch(
            request.patch, rev, request.directory, _limits(loaded.settings)
        )
        return loaded, change, None, (memory.Baseline(), "")
    repository = workspace.open_repository(request.directory, hook=request.hook)
    base = workspace.resolve(repository, request.scope)
    loaded = load(workspace.read_base(repository, base, config.REPOSITORY_FILE))
    limits = replace(_limits(loaded.settings), reports=request.reports)
    change = workspace.collect(repository, base, request.scope, limits)
    since = None
    if old := loaded.settings.baseline_commit:
        earlier = workspace.measured_from(repository, base, old, "--baseline-commit")
        since = workspace.collect(repository, earlier, request.scope, limits)
    name = loaded.settings.baseline
    given = loaded.origin["baseline"] == "command line"
    path = (
        _below(repository.root, request.directory if given else repository.root, name)
        if name
        else None
    )
    if given and path is None:
        raise UsageError(
            f"--baseline: {text.one_line(name or '')} is not a file inside the repository"
        )
    data = workspace.read_base(repository, base, path, memory.BASELINE_BYTES) if path else None
    return loaded, change, since, _baseline(change, path, data, given=given)


def _baseline(
    change: Change, path: str | None, data: bytes | None, *, given: bool
) -> tuple[memory.Baseline, str]:
    """What the baseline file says at the base revision, since a change must not dismiss its own
    findings; and a warning where that is not all that its user expects. Raises UsageError when a
    file that was `given` is nowhere."""
    if path is None:
        return memory.Baseline(), ""
    name = text.one_line(path)
    if data is not None:
        baseline = memory.parse_baseline(data)
        return (
            baseline,
            (
                f"lines of {name} that are no dismissals: {baseline.ignored}"
                if baseline.ignored
                else ""
            ),
        )
    if not given:  # the user's file names one for every repository
        return memory.Baseline(), ""
    at = (change.base_commit or "nothing is committed")[:12]
    if change.read(path, "new") is None:
        raise UsageError(
            f"--baseline: no {name} at the base ({at}); make it: reviewer findings list --baseline"
            " FILE"
        )
    return (
        memory.Baseline(),
        f"{name} is not in the base revision ({at}): it holds for changes that come after it",
    )


def _below(root: Path, directory: Path, name: str) -> str | None:
    """The path of a file of the repository, None when it is not below its root. The file need not
    exist."""
    full = Path(os.path.realpath(directory), name)
    place = Path(os.path.realpath(full.parent), full.name)
    top = Path(os.path.realpath(root))
    return place.relative_to(top).as_posix() if top in place.parents else None


def _limits(settings: Settings) -> workspace.Limits:
    return workspace.Limits(
        max_file_bytes=settings.max_file_bytes,
        max_diff_bytes=settings.max_diff_bytes,
        include=settings.include,
        exclude=settings.exclude,
        timeout=settings.timeout,
    )


def units_of(run: Run) -> list[Unit]:
    """What the model is asked about, the files of the greatest risk first; nothing without a model.
    The ordinals are those of the order of the change, so that an edit in one file does not change
    how another one is asked about."""
    if run.choice.role == "none":
        return []
    # A patch without a repository may claim to remove what was never there.
    shorter = without_moved(run.change.files) if run.change.scope.kind != "diff" else {}
    todo: list[Unit] = []
    order: dict[int, tuple[int, int]] = {}
    for file in run.change.files:
        read = replace(file, hunks=shorter.get(file.path, file.hunks))
        cut = units.split(read, budget=budgets(run)[0], tokens=run.choice.tokens, first=len(todo))
        todo += [replace(unit, file=file) for unit in cut]
        order |= dict.fromkeys((unit.ordinal for unit in cut), risk(read))
    return sorted(todo, key=lambda unit: (order[unit.ordinal], unit.ordinal))


def budgets(run: Run) -> tuple[int, int, int]:
    """Tokens for the hunks, for the context and for the reply of one call."""
    hunks, around, reply = (
        SMOKE_TOKENS if run.choice.role == "smoke" else (UNIT_TOKENS, CONTEXT_TOKENS, REPLY_TOKENS)
    )
    reply = run.settings.max_tokens or min(reply, run.choice.context_tokens // 4)
    rest = run.choice.context_tokens - reply - _RULES_TOKENS
    return min(hunks, max(200, rest // 2)), max(0, min(around, rest // 3)), reply


def context_event(scope: Scope, run: Run) -> ReviewContext:
    """The first event of the stream."""
    change, choice = run.change, run.choice
    return ReviewContext(
        tool=Tool(name=config.APP, version=__version__),
        review_type=_REVIEW_TYPES[scope.kind],
        scope=ScopeInfo(
            kind=scope.kind,
            base=scope.base or change.base_branch,
            rev=scope.rev,
            paths=list(scope.paths),
        ),
        current_branch=change.current_branch,
        base_branch=change.base_branch,
        base_commit=change.base_commit,
        head_commit=change.head_commit,
        working_directory=str(change.root),
        engine=choice.engine,
        model=choice.model,
        model_role=choice.role,
        input_digest=change.digest,
        files=len(change.files),
        units=len(run.todo),
    )
