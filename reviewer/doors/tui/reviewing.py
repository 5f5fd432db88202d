"""The review behind the interactive report: how it starts, reports and ends."""

from __future__ import annotations

import signal
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import FrameType

from reviewer import verdict
from reviewer.doors.tui.board import Board, Session, Start
from reviewer.doors.tui.live import Live
from reviewer.doors.tui.model import Item
from reviewer.errors import Exit, ReviewerError
from reviewer.events import Event, Finding
from reviewer.pipeline.clock import Stop, Stopped
from reviewer.pipeline.outcome import Outcome
from reviewer.pipeline.plan import Request
from reviewer.pipeline.seams import Chooser
from reviewer.verdict import Work

RUNNING = "not while the review is running: ^C stops it and keeps finished work"
BUSY = "one moment: the last action is still running"


class Reviewing(Board):
    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.stop: Stop | None = None  # ends the running review
        self.stopped_by: Stopped = "interrupted"
        self.handlers: Mapping[int, Callable[[int, FrameType | None], None]] = {}  # of signals
        self.running = self.stopping = self.leaving = self.editing = self.acting = False
        self.failed = ""  # why the report is missing although there is a verdict

    def take(self, event: Event) -> None:
        self.live = self.live.after(event)
        if isinstance(event, Finding):
            self.items[event.id] = Item(event, event.state, event.state)
        self.draw_soon()

    def holding(self, work: Work) -> Work:
        """`work`, with its `stop` kept for the keys."""

        async def held(
            request: Request, emit: Callable[[Event], None], stop: Stop, choose: Chooser
        ) -> Outcome:
            self.stop = stop
            if self.stopping:
                stop.set_result(self.stopped_by)
            for (
                number,
                handler,
            ) in (
                self.handlers.items()
            ):  # those of `conclude` would end the process on a raw terminal
                signal.signal(number, handler)
            return await work(request, emit, stop, choose)

        return held

    async def review(self, start: Start) -> None:
        try:
            self.code = await start(self.take, self.holding)
        except ReviewerError as exc:  # before the review began
            self.code = exc.exit_code
            self.take(verdict.error(exc))
        except OSError as exc:  # as without a screen: what could not be written is no verdict
            self.code = Exit.CANNOT_RUN
            self.failed = f"cannot write the report: {exc.strerror}"
            self.show_message(self.failed)
        self.running, self.stop = False, None
        self.live = replace(self.live, over=True)
        self.draw()
        if self.leaving:
            self.exit()

    def action_again(self) -> None:
        if not self.session.start:
            self.show_message(
                "these are findings of earlier runs; to review: reviewer --interactive"
            )
            return
        if self.running or self.acting:
            self.show_message(RUNNING if self.running else BUSY)
            return
        self.items, self.live, self.began, self.failed = {}, Live(), self.session.clock(), ""
        self.running, self.stopping, self.about, self.touched = True, False, False, False
        self.stopped_by = "interrupted"
        self.run_worker(self.review(self.session.start), name="review")
        self.draw_soon()

    def action_interrupt(self) -> None:
        """Stop the review in order and keep finished work. The second time, or without a review,
        leave."""
        if not self.running:
            self.exit()
        elif self.stopping:
            self.code = Exit.INTERRUPTED
            self.exit()
        else:
            self.stopping = True
            self.live = replace(self.live, stopping=True)
            if self.stop and not self.stop.done():
                self.stop.set_result(self.stopped_by)
            self.draw_status()

    async def action_quit(self) -> None:
        self.action_leave()

    def action_leave(self) -> None:
        self.leaving = True
        self.action_interrupt()

    def signalled(self, by: Stopped) -> None:
        """A signal from outside works like `q`, twice like two. In the editor, Ctrl-C belongs to
        the editor."""
        if self.editing and by == "interrupted":
            return
        if not self.stopping:
            self.stopped_by = by
        again = self.stopping
        if by == "terminated" and (again or not self.running):
            self.code = Exit.TERMINATED
            self.exit()
        else:
            self.action_leave()
