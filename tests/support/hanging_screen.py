"""The interactive report on the terminal that it is started on, with a review that ends only when
it is stopped, or (with the argument `never`) not even then."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from support.event_cases import context, finding

from reviewer import verdict
from reviewer.doors import tui
from reviewer.pipeline.outcome import Outcome
from reviewer.pipeline.plan import Request
from reviewer.types import Scope


async def hang(request, emit, stop, choose):
    emit(context())
    emit(finding(1, title="Found so far"))
    await (asyncio.sleep(3600) if sys.argv[1:] == ["never"] else stop)
    return Outcome(model_role="reviewer", findings=[finding(1, title="Found so far")])


async def start(emit, held):
    return await verdict.conclude(Request(Path(), Scope()), emit, work=held(hang))


sys.exit(tui.review(Path(), start, color=False))
