"""Plans a run before anything is reviewed: the change, the settings, the engine and the units. The
plan does not change during the run."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Literal

from reviewer import __version__, config, findings, memory
from reviewer.config import Settings
from reviewer.context import symbols, units
from reviewer.context.moved import without_moved
from reviewer.context.risk import TESTS, kind, risk
from reviewer.events import ReviewContext, ScopeInfo, Tool
from reviewer.languages.outline import Outline
from reviewer.pipeline import sizes, subject, thinking
from reviewer.pipeline.clock import Clock
from reviewer.pipeline.request import Request as Request
from reviewer.pipeline.seams import Chooser
from reviewer.pipeline.sizes import Budgets
from reviewer.secrets import Masks
from reviewer.serving import Choice
from reviewer.types import Change, Severity, Unit

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
    notes: tuple[str, ...] = ()  # for the user to know, but not warnings

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
    taken = await clock.needed(asyncio.to_thread(subject.take, request))
    loaded, change = taken.loaded, taken.change
    choice = await clock.needed(choose(loaded.settings, session=change.base_commit))
    plan = Plan(
        request=request,
        change=change,
        settings=loaded.settings,
        choice=choice,
        source=findings.Source(change),
        budgets=_budgets(loaded.settings, choice),
        units=(),
        baseline=taken.baseline,
        since=taken.since,
        warnings=(*taken.warnings, *filter(None, [choice.warning])),
        notes=taken.notes,
    )
    if short := thinking.warning(plan.settings, choice, plan.budgets.thought):
        plan = replace(plan, warnings=(*plan.warnings, short))
    return replace(plan, units=await clock.needed(asyncio.to_thread(_units, plan)))


def with_choice(plan: Plan, choice: Choice) -> Plan:
    """The same plan for another engine."""
    other = replace(plan, choice=choice, budgets=_budgets(plan.settings, choice))
    return replace(other, units=_units(other))


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
