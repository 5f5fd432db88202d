"""A plan as `make_plan` would make it, for a change in memory and a scripted model."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from support.scripted import Scripted

from reviewer import config
from reviewer.findings import Source
from reviewer.pipeline.plan import Budgets, Plan, Request, with_choice
from reviewer.types import Change, Scope


def plan_of(
    made: Change, *, model: Scripted | None = None, role: str = "reviewer", **settings: Any
):
    loaded = config.load(settings, {}).settings
    choose = (model or Scripted(role=role)).choose()
    choice = asyncio.run(choose(loaded, session=None))
    plan = Plan(
        request=Request(Path("/nonexistent"), Scope()),
        change=made,
        settings=loaded,
        choice=choice,
        source=Source(made),
        budgets=Budgets(0, 0, 0),
        units=(),
    )
    return with_choice(plan, choice)
