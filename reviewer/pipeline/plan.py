"""Plans a run before anything is reviewed: the change, the settings, the engine and the units. The
plan does not change during the run."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

from reviewer import __version__, config, findings, memory, text, workspace
from reviewer.config import Settings
from reviewer.context import symbols, units
from reviewer.context.moved import without_moved
from reviewer.context.risk import TESTS, kind, risk
from reviewer.errors import UsageError
from reviewer.events import ReviewContext, ScopeInfo, Tool
from reviewer.languages.outline import Outline
from reviewer.pipeline import sizes, thinking
from reviewer.pipeline.clock import Clock
from reviewer.pipeline.seams import Chooser
from reviewer.pipeline.sizes import Budgets
from reviewer.secrets import Masks
from reviewer.serving import Choice
from reviewer.types import Change, Scope, Severity, Unit

_FLOORS: Mapping[str, Severity] = {"chill": "minor", "balanced": "trivial", "assertive": "info"}
# In tests, documentation and generated files.
_FLOORS_BESIDE: Mapping[str, Severity] = {**_FLOORS, "balanced": "minor"}
_REVIEW_TYPES: Mapping[str, Literal["all", "committed", "uncommitted"]] = {
    "all": "all",
    "diff": "all",
    "staged": "uncommitted",
    "uncommitted": "uncommitted",
    "committed": "committed",
    "commit": "committed",
    "range": "committed",
}


@dataclass(frozen=True)
class Request:
    """A request for a review, from the command line or an integration. `overrides` are settings by
    name, as on the command line."""

    directory: Path
    scope: Scope
    overrides: Mapping[str, Any] = field(default_factory=dict)
    environ: Mapping[str, str] = field(default_factory=dict)
    user_file: Path | None = None
    patch: bytes | None = None  # the content for scope `diff`
    guidelines: tuple[tuple[str, str], ...] = ()  # extra guideline files: (name, text)
    hook: bool = False  # keep GIT_INDEX_FILE and its like
    # List what was held back too: a remembered run does not have it.
    show_rejected: bool = False
    # Absolute paths of the reports that this run writes.
    reports: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Plan:
    """What a run reviews, and how. `since` is the change from the baseline commit to the state
    under review; `warnings` are those known before the review, one line each."""

    request: Request
    change: Change
    settings: Settings
    choice: Choice
    source: findings.Source
    budgets: Budgets
    units: tuple[Unit, ...]  # riskiest files first
    baseline: memory.Baseline = field(default_factory=memory.Baseline)  # of the base revision
    since: Change | None = None
    warnings: tuple[str, ...] = ()

    def floor_of(self, path: str) -> Severity:
        """The least severe findings that are published about a file."""
        if self.settings.min_severity or self.choice.role == "smoke":
            return self.settings.min_severity or "info"
        return (_FLOORS_BESIDE if kind(path) >= TESTS else _FLOORS)[self.settings.profile]

    @property
    def shows_preexisting(self) -> bool:
        """Whether defects of rewritten lines that were there before are published, as `info`."""
        return self.settings.min_severity is None and self.settings.profile != "chill"

    def thought(self, job: Literal["review", "verify"]) -> int:
        """The tokens that the model may think in such a call."""
        thinks = thinking.mode(self.settings, self.choice) in ("on", job)
        return self.budgets.thought if thinks else 0

    @property
    def masks(self) -> Masks:
        """The credentials of the change and its files. Takes a while for a large change."""
        return self.source.masks

    @property
    def redact(self) -> Masks | None:
        """What to mask in prompts: nothing where they stay on this machine."""
        return None if self.choice.local else self.masks


async def make_plan(request: Request, clock: Clock, choose: Chooser) -> Plan:
    """Make the plan, and set the time limit of the clock. Raises ReviewerError when nothing can be
    reviewed."""
    # The repository has no say in it.
    settings = config.load(request.overrides, request.environ, user=request.user_file).settings
    clock.start(settings.timeout)
    loaded, change, since, (baseline, warning) = await clock.needed(
        asyncio.to_thread(_collect, request)
    )
    choice = await clock.needed(choose(loaded.settings, session=change.base_commit))
    plan = Plan(
        request=request,
        change=change,
        settings=loaded.settings,
        choice=choice,
        source=findings.Source(change),
        budgets=_budgets(loaded.settings, choice),
        units=(),
        baseline=baseline,
        since=since,
        warnings=(
            *loaded.warnings,
            *_warnings(change, since),
            *filter(None, [warning, choice.warning]),
        ),
    )
    if short := thinking.warning(plan.settings, choice, plan.budgets.thought):
        plan = replace(plan, warnings=(*plan.warnings, short))
    return replace(plan, units=await clock.needed(asyncio.to_thread(_units, plan)))


def _warnings(*changes: Change | None) -> tuple[str, ...]:
    """Of all changes, each once."""
    return tuple(dict.fromkeys(line for change in changes if change for line in change.warnings))


def with_choice(plan: Plan, choice: Choice) -> Plan:
    """The same plan for another engine."""
    other = replace(plan, choice=choice, budgets=_budgets(plan.settings, choice))
    return replace(other, units=_units(other))


def _collect(
    request: Request,
) -> tuple[config.Loaded, Change, Change | None, tuple[memory.Baseline, str]]:
    """Open the repository and load the settings, the change under review, the change since the
    baseline commit, and the baseline file."""

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
    repository = workspace.open_repository(
        request.directory, hook=request.hook, seconds=load().settings.timeout
    )
    base = workspace.resolve(repository, request.scope)
    loaded = load(workspace.read_base(repository, base, config.REPOSITORY_FILE))
    with memory.open_store(request.environ) as store:
        known = memory.reports(store)
    limits = replace(_limits(loaded.settings), reports=request.reports, written=known)
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
    """The baseline file as it is in the base revision (a change must not dismiss its own findings),
    and a warning when that may surprise the user. Raises UsageError when a file `given` on the
    command line does not exist."""
    if path is None:
        return memory.Baseline(), ""
    name = text.one_line(path)
    if data is not None:
        baseline = memory.parse_baseline(data)
        return (
            baseline,
            (
                f"{name}: ignored {text.count(baseline.ignored, 'malformed line')}"
                if baseline.ignored
                else ""
            ),
        )
    if not given:  # the user's file names one for every repository
        return memory.Baseline(), ""
    at = (change.base_commit or "nothing is committed")[:12]
    if change.read(path, "new") is None:
        raise UsageError(
            f"--baseline: the base ({at}) has no {name}; create it with: reviewer findings list"
            " --baseline FILE"
        )
    return (
        memory.Baseline(),
        f"{name} is not in the base revision ({at}): commit it first, it applies to later changes",
    )


def _below(root: Path, directory: Path, name: str) -> str | None:
    """The path relative to `root`, None when the file is not below it. The file need not exist."""
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


def _units(plan: Plan) -> tuple[Unit, ...]:
    """The units for the model, riskiest files first; none without a model. Ordinals follow the
    order of the change, so that an edit in one file does not alter the prompts for another."""
    if plan.choice.role == "none":
        return ()
    change = plan.change
    # A patch without a repository may claim to remove lines that never existed.
    shorter = without_moved(change.files) if change.scope.kind != "diff" else {}
    split = partial(units.split, budget=plan.budgets.hunks, tokens=plan.choice.tokens)
    made: list[Unit] = []
    order: dict[int, tuple[int, int]] = {}
    for file in change.files:
        read = replace(file, hunks=shorter.get(file.path, file.hunks))
        parts = split(read, first=len(made), outline=partial(_outline, change, file.path))
        made += [replace(unit, file=file) for unit in parts]
        order |= dict.fromkeys((unit.ordinal for unit in parts), risk(read))
    return tuple(sorted(made, key=lambda unit: (order[unit.ordinal], unit.ordinal)))


def _outline(change: Change, path: str) -> Outline | None:
    data = change.read(path, "new")
    return symbols.outline(path, data) if data is not None else None


def _budgets(settings: Settings, choice: Choice) -> Budgets:
    made = sizes.budgets(choice.role, choice.context_tokens, settings.max_tokens)
    left = choice.context_tokens - made.reply - made.hunks - made.context - sizes.RULES_TOKENS
    return replace(made, thought=thinking.budget(settings, choice, left))


def context_event(plan: Plan) -> ReviewContext:
    """The first event of the stream."""
    change, choice, scope = plan.change, plan.choice, plan.request.scope
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
        thinking=thinking.in_effect(plan.settings, choice, plan.budgets.thought),
        input_digest=change.digest,
        files=len(change.files),
        units=len(plan.units),
    )
