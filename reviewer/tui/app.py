"""The interactive report: what its keys do, and the review that runs behind it."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import FrameType
from typing import ClassVar

from textual import on
from textual.app import SuspendNotSupported
from textual.binding import Binding, BindingType
from textual.widgets import Input, OptionList

from reviewer import verdict
from reviewer.errors import Exit, ReviewerError
from reviewer.events import Event, Finding
from reviewer.pipeline.clock import Stop, Stopped
from reviewer.pipeline.outcome import Outcome
from reviewer.pipeline.plan import Request
from reviewer.pipeline.seams import Chooser
from reviewer.tui import actions
from reviewer.tui.board import Board, Session, Start
from reviewer.tui.live import Live
from reviewer.tui.model import Item, View
from reviewer.tui.widgets import Help
from reviewer.verdict import Work

RUNNING = "not while the review runs: ^C stops it, and keeps what is done"
BUSY = "one moment: what you asked for last is still being done"


class ReportApp(Board):
    # All of them come first, so that they are done in the order of the keys, however fast these
    # follow each other: what is typed behind a `d` is the reason, and nothing else.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(key, action, show=False, priority=True)
        for key, action in {
            "ctrl+c": "interrupt",
            "ctrl+q": "quit",
            "ctrl+z": "suspend_process",
            "q": "leave",
            "question_mark": "help",
            "a": "apply",
            "u": "undo",
            "d": "dismiss",
            "o": "reopen",
            "y,c": "copy",
            "e": "edit",
            "r": "again",
            "i": "about",
            "g": "view('regrouped')",
            "s": "view('next_floor')",
            "t": "view('next_category')",
            "f": "view('next_state')",
            "slash": "find",
            "escape": "escape",
            "space": "scroll(1)",
            "b": "scroll(-1)",
        }.items()
    ]

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.stop: Stop | None = None  # ends the review that runs
        self.stopped_by: Stopped = "interrupted"
        self.handlers: Mapping[int, Callable[[int, FrameType | None], None]] = {}  # of signals
        self.running = self.stopping = self.leaving = self.editing = self.acting = False
        self.failed = ""  # why there is no report where there is a verdict
        self.asking: Item | None = None  # the finding that a reason is being written for

    def on_mount(self) -> None:
        self.listed.focus()
        self.set_interval(1.0, self.draw_status)
        if _has_terminal():
            self.set_interval(1.0, self.look_for_the_terminal)
        if self.session.start:
            self.action_again()
        self.draw()

    def look_for_the_terminal(self) -> None:
        """End when the terminal is gone and no signal has said so: Textual would go on reading
        nothing for ever."""
        if not _has_terminal():
            self.signalled("terminated")

    # -- the review

    def take(self, event: Event) -> None:
        self.live = self.live.after(event)
        if isinstance(event, Finding):
            self.items[event.id] = Item(event, event.state, event.state)
        self.draw_soon()

    def holding(self, work: Work) -> Work:
        """`work`, with its `stop` within reach of the keys."""

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
            self.failed = f"the report could not be written: {exc.strerror}"
            self.say(self.failed)
        self.running, self.stop = False, None
        self.live = replace(self.live, over=True)
        self.draw()
        if self.leaving:
            self.exit()

    def action_again(self) -> None:
        if not self.session.start:
            self.say("this is what earlier runs found; review with: reviewer --interactive")
            return
        if self.running or self.acting:
            self.say(RUNNING if self.running else BUSY)
            return
        self.items, self.live, self.began, self.failed = {}, Live(), self.session.clock(), ""
        self.running, self.stopping, self.about, self.touched = True, False, False, False
        self.stopped_by = "interrupted"
        self.run_worker(self.review(self.session.start), name="review")
        self.draw_soon()

    def action_interrupt(self) -> None:
        """End the review in order; what is done stays. The second time, and without a review,
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
        """A signal from outside is like `q`, twice like twice. In the editor, Ctrl-C is the
        editor's."""
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

    # -- what the keys do

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Which keys are ours: where something is being written or the help is read, only those
        that end it."""
        if action in ("interrupt", "quit", "suspend_process"):
            return True
        if len(self.screen_stack) > 1 or self.prompt.display:
            return action == "escape" and self.prompt.display
        return True

    def act(self, work: Callable[[], tuple[str, dict[str, Item]]]) -> None:
        """Do `work` beside the screen: what it gives is said, and the items that it changes are
        drawn."""

        async def doing() -> None:
            try:
                said, changed = await asyncio.to_thread(work)
            except ReviewerError as exc:
                self.say(exc.message)
                return
            finally:
                self.acting = False
            self.items |= changed
            self.draw()
            self.say(said)

        if self.running or self.acting:
            self.say(RUNNING if self.running else BUSY)
        else:
            self.acting = True
            self.run_worker(doing(), group="act")

    def action_apply(self) -> None:
        if item := self.item():
            self.act(
                lambda: (actions.apply_fix(self.desk, item), {item.id: item.become("applied")})
            )

    def action_undo(self) -> None:
        def work() -> tuple[str, dict[str, Item]]:
            ids = actions.undo(self.desk)
            back = {id_: self.items[id_].back() for id_ in ids if id_ in self.items}
            return f"undone: {', '.join(ids)}", back

        self.act(work)

    def action_reopen(self) -> None:
        if item := self.item():
            self.act(lambda: (f"open again: {item.id}", {item.id: actions.reopen(self.desk, item)}))

    def action_copy(self) -> None:
        if item := self.item():
            self.copy_to_clipboard(item.finding.codegen_instructions)
            self.say(f"copied the instructions for {item.id}, if your terminal allows it (OSC 52)")

    def action_edit(self) -> None:
        item = self.item()
        if item is None or self.running or self.acting:
            self.say(RUNNING if self.running else BUSY if self.acting else "nothing to open")
            return
        try:
            command = actions.editor(self.desk, item.finding)
            self.editing = True
            with self.suspend():
                subprocess.run(command, check=False)
        except (ReviewerError, OSError, SuspendNotSupported) as exc:
            self.say(f"cannot open the editor: {exc}")
        finally:
            self.editing = False
        self.draw_pane(top=False)

    def action_view(self, change: str) -> None:
        self.view = getattr(self.view, change)()
        self.draw()

    def action_about(self) -> None:
        self.about = not self.about and bool(self.session.start)
        self.draw_pane(top=True)

    @on(OptionList.OptionSelected)
    def selected(self) -> None:
        self.set_focus(self.pane, scroll_visible=False)

    def action_help(self) -> None:
        self.push_screen(Help())

    def action_scroll(self, pages: int) -> None:
        self.pane.scroll_relative(y=pages * max(1, self.pane.size.height - 1), animate=False)

    # -- the line to write in

    def ask(self, placeholder: str, value: str) -> None:
        self.prompt.placeholder, self.prompt.value = placeholder, value
        self.keys.display, self.prompt.display = False, True
        self.set_focus(self.prompt, scroll_visible=False)  # now: the next key may be here already

    def answered(self) -> None:
        self.asking = None
        self.keys.display, self.prompt.display = True, False
        self.set_focus(self.listed, scroll_visible=False)

    def action_find(self) -> None:
        self.ask(
            "words that the findings are to have; enter keeps them, escape drops them",
            self.view.words,
        )

    def action_dismiss(self) -> None:
        if (item := self.item()) and self.running:
            self.say(RUNNING)
        elif item:
            self.asking = item
            self.ask(f"why is {item.id} no problem here? enter dismisses it, escape leaves it", "")

    def action_escape(self) -> None:
        """Out of what was begun: a line to write in, else the text, else a filter."""
        if self.prompt.display:
            self.view = self.view if self.asking else replace(self.view, words="")
        elif self.listed.has_focus:
            self.view = View(self.view.grouping)
        self.answered()
        self.draw()

    @on(Input.Changed)
    def written(self, event: Input.Changed) -> None:
        if self.prompt.display and not self.asking:
            self.view = replace(self.view, words=event.value)
            self.draw()

    @on(Input.Submitted)
    def submitted(self, event: Input.Submitted) -> None:
        item, reason = self.asking, event.value
        self.answered()
        if item:
            self.act(
                lambda: (
                    f"dismissed {item.id}",
                    {item.id: actions.dismiss(self.desk, item, reason)},
                )
            )


def _has_terminal() -> bool:
    return sys.__stdin__ is not None and os.isatty(sys.__stdin__.fileno())
