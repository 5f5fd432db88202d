"""The keys of the interactive report."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.app import SuspendNotSupported
from textual.binding import Binding, BindingType
from textual.widgets import Input, OptionList

from reviewer.doors.tui import actions
from reviewer.doors.tui.board import Session
from reviewer.doors.tui.model import Item, View
from reviewer.doors.tui.reviewing import BUSY, RUNNING, Reviewing
from reviewer.doors.tui.widgets import Help
from reviewer.errors import ReviewerError


class ReportApp(Reviewing):
    # All have priority, so that actions run in the order of the keys, however fast they are typed:
    # text typed after a `d` is the reason, and nothing else.
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
        self.asking: Item | None = None  # the finding whose dismissal needs a reason

    def on_mount(self) -> None:
        self.listed.focus()
        self.set_interval(1.0, self.draw_status)
        if _has_terminal():
            self.set_interval(1.0, self.check_terminal)
        if self.session.start:
            self.action_again()
        self.draw()

    def check_terminal(self) -> None:
        """End when the terminal is gone without a signal: Textual would keep reading nothing
        forever."""
        if not _has_terminal():
            self.signalled("terminated")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Which keys apply: in the input line and in the help, only those that leave it."""
        if action in ("interrupt", "quit", "suspend_process"):
            return True
        if len(self.screen_stack) > 1 or self.prompt.display:
            return action == "escape" and self.prompt.display
        return True

    def act(self, work: Callable[[], tuple[str, dict[str, Item]]]) -> None:
        """Run `work` in a thread, then show its line and redraw the items that it changed."""

        async def doing() -> None:
            try:
                said, changed = await asyncio.to_thread(work)
            except ReviewerError as exc:
                self.show_message(exc.message)
                return
            finally:
                self.acting = False
            self.items |= changed
            self.draw()
            self.show_message(said)

        if self.running or self.acting:
            self.show_message(RUNNING if self.running else BUSY)
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
            self.act(lambda: (f"reopened: {item.id}", {item.id: actions.reopen(self.desk, item)}))

    def action_copy(self) -> None:
        if item := self.item():
            self.copy_to_clipboard(item.finding.codegen_instructions)
            self.show_message(
                f"copied the instructions for {item.id}, if your terminal allows it (OSC 52)"
            )

    def action_edit(self) -> None:
        item = self.item()
        if item is None or self.running or self.acting:
            self.show_message(
                RUNNING if self.running else BUSY if self.acting else "nothing to open"
            )
            return
        try:
            command = actions.editor(self.desk, item.finding)
            self.editing = True
            with self.suspend():
                subprocess.run(command, check=False)
        except (ReviewerError, OSError, SuspendNotSupported) as exc:
            self.show_message(f"cannot open the editor: {exc}")
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

    # -- the input line

    def ask(self, placeholder: str, value: str) -> None:
        self.prompt.placeholder, self.prompt.value = placeholder, value
        self.keys.display, self.prompt.display = False, True
        self.set_focus(
            self.prompt, scroll_visible=False
        )  # now: the next key may already be waiting

    def answered(self) -> None:
        self.asking = None
        self.keys.display, self.prompt.display = True, False
        self.set_focus(self.listed, scroll_visible=False)

    def action_find(self) -> None:
        self.ask(
            "words to filter by; enter keeps the filter, escape drops it",
            self.view.words,
        )

    def action_dismiss(self) -> None:
        if (item := self.item()) and self.running:
            self.show_message(RUNNING)
        elif item:
            self.asking = item
            self.ask(f"why is {item.id} not a problem here? enter dismisses it, escape cancels", "")

    def action_escape(self) -> None:
        """Leave the input line, else the text, else clear the filter."""
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
