"""Runs the whole pipeline on a real repository with a scripted model."""

from __future__ import annotations

import asyncio

from reviewer import verdict
from reviewer.pipeline.plan import Request
from reviewer.types import Scope


def run(
    repo,
    model,
    *,
    scope=None,
    problem="",
    failure=None,
    analyzers=(),
    show_rejected=False,
    **overrides,
):
    """(events, exit code). With effort `low` unless told otherwise: the model is not asked to
    refute."""
    events = []
    request = Request(
        repo.path,
        scope or Scope(),
        {"analyzers": analyzers, "effort": "low", **overrides},
        show_rejected=show_rejected,
    )

    async def go():
        return await verdict.conclude(request, events.append, choose=model.choose(problem, failure))

    return events, asyncio.run(go())


def kinds(events):
    """Their types, without heartbeats, which come with time."""
    return [event.type for event in events if event.type != "heartbeat"]


def found(events):
    return [event for event in events if event.type == "finding"]
