"""Drives the interactive report without a terminal, and reads what is on its screen."""

from __future__ import annotations

import asyncio
import io
import os
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from rich.console import Console
from support.repo import Repo
from support.scripted import Scripted

from reviewer import verdict
from reviewer.doors.tui.actions import Desk
from reviewer.doors.tui.app import ReportApp
from reviewer.doors.tui.board import Session, Start
from reviewer.doors.tui.model import Item
from reviewer.pipeline.plan import Request
from reviewer.pipeline.review import review
from reviewer.types import Scope


def rendered(app: ReportApp, *, styles: bool = False) -> str:
    """The cells of the whole screen, one line a row; with `styles`, as a terminal would get
    them."""
    width, height = app.size
    console = Console(
        width=width,
        height=height,
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
        record=True,
        legacy_windows=False,
        safe_box=False,
    )
    shown = app.screen._compositor.render_update(
        full=True, screen_stack=app._background_screens, simplify=True
    )
    console.print(shown)
    return console.export_text(styles=styles)


def lines(app: ReportApp) -> list[str]:
    """The rows of the screen, without blanks and scroll bars at the right."""
    return [line.rstrip(" ▁▂▃▄▅▆▇█") for line in rendered(app).split("\n")][: app.size.height]


def session(repo: Repo, *findings: Any, start: Start | None = None) -> Session:
    """Findings that are remembered in `repo`, or what `start` reviews."""
    items = tuple(Item(each, each.state, each.state) for each in findings)
    return Session(Desk(repo.path, dict(os.environ)), start, items, clock=lambda: 100.0)


def scripted(repo: Repo, model: Scripted, problem: str = "", **overrides: Any) -> Start:
    """The whole pipeline, with a model that has its replies written down."""
    request = Request(
        repo.path, Scope(), {"analyzers": (), "effort": "low", **overrides}, dict(os.environ)
    )

    async def start(emit: Any, held: Any) -> int:
        return await verdict.conclude(
            request, emit, choose=model.choose(problem), work=held(review)
        )

    return start


def staged(*events: Any, code: int = 0) -> tuple[Start, Callable[[], None]]:
    """(start, go on): a review that sends one event each time it is told to go on, and ends after
    the last one."""
    gate: asyncio.Queue[None] = asyncio.Queue()

    async def start(emit: Any, held: Any) -> int:
        for event in events:
            await gate.get()
            emit(event)
        return code

    return start, lambda: gate.put_nowait(None)


@asynccontextmanager
async def shown(opened: Session, size: tuple[int, int] = (80, 24)):
    app = ReportApp(opened)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield app, pilot


async def settled(app: ReportApp, pilot: Any) -> list[str]:
    """The screen when everything that was begun has ended."""
    await app.workers.wait_for_complete()
    await pilot.pause()
    return lines(app)


def play(
    opened: Session,
    script: Callable[[ReportApp, Any], Awaitable[None]],
    size: tuple[int, int] = (80, 24),
):
    """Run `script(app, pilot)`; the app when it is over."""

    async def go() -> ReportApp:
        async with shown(opened, size) as (app, pilot):
            await script(app, pilot)
        return app

    return asyncio.run(go())
