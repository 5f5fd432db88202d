"""What comes before the stages: the change, the settings in force, the engine, and the units to ask about."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Literal

from reviewer import __version__, config, findings, workspace
from reviewer.config import Settings
from reviewer.context import units
from reviewer.events import Event, ReviewContext, ScopeInfo, Tool
from reviewer.run import Chooser, Outcome, Request, Run, Stop, needed
from reviewer.types import Change, Scope, Unit

UNIT_TOKENS = 1600  # hunks of one call: small enough that a small model looks at every line
CONTEXT_TOKENS = 1600  # at most; a small hunk gets less: CONTEXT_LEAST and half of what it has itself
CONTEXT_LEAST = 400
REPLY_TOKENS = 3072
SMOKE_TOKENS = (300, 0, 384)  # the same for the smoke model, which reads some 75 tokens a second
_RULES_TOKENS = 1500  # the system message takes about 1,000
_REVIEW_TYPES: Mapping[str, Literal["all", "committed", "uncommitted"]] = {
    "all": "all", "diff": "all", "staged": "uncommitted", "uncommitted": "uncommitted",
    "committed": "committed", "commit": "committed", "range": "committed",
}  # fmt: skip


async def prepare(request: Request, emit: Callable[[Event], None], stop: Stop, choose: Chooser) -> Run:
    """Everything that the stages need. Raises ReviewerError when there is nothing that could be reviewed."""
    began = time.monotonic()
    loaded, change = await needed(asyncio.to_thread(_collect, request), stop, config.DEFAULT_TIMEOUT)
    settings = loaded.settings
    choice = await needed(choose(settings, session=change.base_commit), stop, settings.timeout)
    outcome = Outcome(choice.role, settings.fail_on, skipped=change.skipped, unreviewed=list(change.unreviewed))
    outcome.warnings += (*loaded.warnings, *change.warnings)
    run = Run(change, settings, choice, request.guidelines, outcome, emit, findings.Source(change), began)
    run.todo = units_of(run)
    return run


def _collect(request: Request) -> tuple[config.Loaded, Change]:
    """Open the repository, put the settings together, and take the change."""

    def load(repository_file: bytes | None = None) -> config.Loaded:
        return config.load(request.overrides, request.environ, user=request.user_file, repository=repository_file)

    if request.patch is not None:
        loaded = load()
        name = request.scope.rev or "-"
        return loaded, workspace.from_patch(request.patch, name, request.directory, _limits(loaded.settings))
    repository = workspace.open_repository(request.directory, hook=request.hook)
    base = workspace.resolve(repository, request.scope)
    loaded = load(workspace.read_base(repository, base, config.REPOSITORY_FILE))
    return loaded, workspace.collect(repository, base, request.scope, _limits(loaded.settings))


def _limits(settings: Settings) -> workspace.Limits:
    return workspace.Limits(
        max_file_bytes=settings.max_file_bytes,
        max_diff_bytes=settings.max_diff_bytes,
        include=settings.include,
        exclude=settings.exclude,
        timeout=settings.timeout,
    )


def units_of(run: Run) -> list[Unit]:
    """What the model is asked about, in the order of the change; nothing without a model."""
    if run.choice.role == "none":
        return []
    todo: list[Unit] = []
    for file in run.change.files:
        todo += units.split(file, budget=budgets(run)[0], tokens=run.choice.tokens, first=len(todo))
    return todo


def budgets(run: Run) -> tuple[int, int, int]:
    """Tokens for the hunks, for the context and for the reply of one call."""
    hunks, around, reply = SMOKE_TOKENS if run.choice.role == "smoke" else (UNIT_TOKENS, CONTEXT_TOKENS, REPLY_TOKENS)
    reply = run.settings.max_tokens or min(reply, run.choice.context_tokens // 4)
    rest = run.choice.context_tokens - reply - _RULES_TOKENS
    return min(hunks, max(200, rest // 2)), max(0, min(around, rest // 3)), reply


def context_event(scope: Scope, run: Run) -> ReviewContext:
    """The first event of the stream."""
    change, choice = run.change, run.choice
    return ReviewContext(
        tool=Tool(name=config.APP, version=__version__),
        review_type=_REVIEW_TYPES[scope.kind],
        scope=ScopeInfo(kind=scope.kind, base=scope.base or change.base_branch, rev=scope.rev, paths=list(scope.paths)),
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
