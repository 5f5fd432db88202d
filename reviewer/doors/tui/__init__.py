"""The interactive report on the terminal (extra `tui`): `reviewer review --interactive` and
`reviewer findings --interactive`. Its other modules import Textual at the top, so they are imported
only when needed."""

from __future__ import annotations

import asyncio
import importlib.metadata
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from reviewer import installer, verdict, watchdog
from reviewer.errors import Exit, UsageError

if TYPE_CHECKING:
    from reviewer.doors.tui.app import ReportApp
    from reviewer.doors.tui.board import Session
    from reviewer.events import Event
    from reviewer.verdict import Work

OLDEST = 8  # major version of Textual
# Leaves the full screen, shows the cursor, and ends reports of the mouse and of pastes.
_RESET = b"\x1b[?1049l\x1b[?25h\x1b[?1000l\x1b[?1003l\x1b[?1006l\x1b[?2004l"
NO_TERMINAL = "--interactive needs a terminal; leave it out, or write a page with -o html=FILE"


def check() -> None:
    """Raises UsageError where the report cannot be shown: one line that names what is missing."""
    streams = (sys.__stdin__, sys.__stdout__, sys.__stderr__)
    if (
        not all(stream is not None and stream.isatty() for stream in streams)
        or os.environ.get("TERM") == "dumb"
    ):
        raise UsageError(NO_TERMINAL)
    try:
        version = importlib.metadata.version("textual")
        import textual  # noqa: F401 it may be there in part
    except ImportError as exc:  # PackageNotFoundError is one
        if (exc.name or "").split(".")[0] not in ("textual", "rich"):
            raise
        raise _missing() from None
    if int(version.split(".")[0]) < OLDEST:
        raise _missing()


def _missing() -> UsageError:
    return UsageError(f"--interactive needs Textual {OLDEST} or newer: {installer.hint('tui')}")


def review(
    directory: Path,
    start: Callable[[Callable[[Event], None], Callable[[Work], Work]], Awaitable[int]],
    *,
    color: bool,
) -> int:
    """Show a review during and after its run; returns its exit code. `start` is a `board.Start`."""
    check()
    from reviewer.doors.tui.actions import Desk
    from reviewer.doors.tui.board import Session
    from reviewer.outputs.page import Page, write

    app = _shown(Session(Desk(directory, dict(os.environ)), start), color=color)
    with suppress(OSError):  # the terminal itself may be gone
        page = Page(
            min(
                os.get_terminal_size(sys.__stdout__.fileno()).columns if sys.__stdout__ else 80, 120
            ),
            color,
        )
        write(sys.stdout, "\n".join([*app.live.last_lines(page), ""]))
        if app.failed:
            write(sys.stderr, f"reviewer: {app.failed}\n")
    return app.code


def findings(directory: Path, *, color: bool) -> int:
    """Show the findings of the last run in this repository."""
    check()
    from reviewer.doors.tui.actions import Desk, remembered
    from reviewer.doors.tui.board import Session

    desk = Desk(directory, dict(os.environ))
    items, complete = remembered(desk)
    return _shown(Session(desk, items=tuple(items), complete=complete), color=color).code


def _shown(session: Session, *, color: bool) -> ReportApp:
    """Run the app; returns it when it is over."""
    from reviewer.doors.tui.app import ReportApp

    if color:  # Textual reads only the variable; an explicit --color wins
        os.environ.pop("NO_COLOR", None)
    else:
        os.environ["NO_COLOR"] = "1"
    app = ReportApp(session)

    async def run() -> None:
        with _signals(asyncio.get_running_loop(), app):
            await app.run_async()

    # Keys are not signals here, but in an editor Ctrl-C is one, and none for us.
    words = verdict.last_words(
        stream=False, before=_RESET, terminal=_modes(), signals=watchdog.ENDING
    )
    with watchdog.watch(words), asyncio.Runner() as runner:
        runner.run(run())
    if app.return_code:  # a bug: its traceback is on the terminal
        app.code = Exit.CANNOT_RUN
    return app


def _modes() -> list[Any] | None:
    """The modes of the terminal, to be restored; None where terminals have none. Raises UsageError
    when it is gone."""
    if sys.platform == "win32":
        return None
    import termios

    try:
        return termios.tcgetattr(2)
    except termios.error:
        raise UsageError(NO_TERMINAL) from None


@contextmanager
def _signals(loop: asyncio.AbstractEventLoop, app: ReportApp) -> Iterator[None]:
    """A signal from outside restores the terminal. Keys are not signals here: Ctrl-C arrives as a
    key."""

    def handle(number: int, _: FrameType | None) -> None:
        loop.call_soon_threadsafe(
            app.signalled, "interrupted" if number == signal.SIGINT else "terminated"
        )

    app.handlers = dict.fromkeys((signal.SIGINT, *watchdog.ENDING), handle)
    before = {number: signal.signal(number, handle) for number in app.handlers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
