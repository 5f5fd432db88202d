"""The screen of the interactive report. The keys are in `app.py`."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from textual import on
from textual.app import App, ComposeResult
from textual.containers import Container
from textual.events import Event as ScreenEvent
from textual.events import Key
from textual.widgets import Input, OptionList, Static

from reviewer.doors.tui import actions
from reviewer.doors.tui.detail import detail
from reviewer.doors.tui.live import Live, remembered_status
from reviewer.doors.tui.model import Item, View, described, row_index, rows
from reviewer.doors.tui.widgets import CSS, Findings, Pane, content
from reviewer.errors import Exit
from reviewer.events import Event
from reviewer.text import one_line, scalar
from reviewer.verdict import Work

KEYS = "a apply  u undo  d dismiss  y copy  e edit  / find  g group  ? help  q quit"
# Runs the review and returns its exit code. Events go to the first argument; the second wraps the
# work itself (the `work` of `verdict.conclude`).
Start = Callable[[Callable[[Event], None], Callable[[Work], Work]], Awaitable[int]]


@dataclass(frozen=True)
class Session:
    """The subject of the report: a review to run, or findings from the memory."""

    desk: actions.Desk
    start: Start | None = None
    items: tuple[Item, ...] = ()
    complete: bool | None = (
        None  # whether the run that found `items` had reviewed everything; None if unknown
    )
    clock: Callable[[], float] = time.monotonic


class Board(App[None]):
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]  # noqa: RUF012 as Textual declares it
    CSS = CSS

    def __init__(self, session: Session) -> None:
        super().__init__(
            ansi_color=True
        )  # the terminal's own palette; without colour there is none at all
        self.theme = "ansi-dark"
        self.session, self.desk = session, session.desk
        self.items = {item.id: item for item in session.items}
        self.view, self.live, self.code = View(), Live(), int(Exit.OK)
        self.chosen: str | None = None  # the id of the shown finding
        self.touched = (
            False  # by the user: until then the highlight stays at the top, whatever comes in
        )
        self.about = self.drawing = (
            False  # the run is shown instead of a finding; the list is to be drawn
        )
        self.began = session.clock()
        self.bar, self.status = Static(id="bar", markup=False), Static(id="status", markup=False)
        self.keys = Static(KEYS, id="keys", markup=False)
        self.listed, self.pane, self.prompt = Findings(), Pane(), Input(id="prompt", compact=True)

    def compose(self) -> ComposeResult:
        yield self.bar
        with Container(id="body"):
            yield self.listed
            yield self.pane
        yield self.status
        yield self.keys
        yield self.prompt

    async def on_event(self, event: ScreenEvent) -> None:
        if isinstance(event, Key):
            self.touched = True
            self.keys.update(KEYS)
            self.keys.remove_class("said")
        await super().on_event(event)

    def item(self) -> Item | None:
        """The highlighted finding."""
        option = self.listed.highlighted_option
        return self.items.get(option.id) if option and option.id else None

    def draw(self) -> None:
        self.drawing = False
        shown = rows(self.items.values(), self.view)
        wanted, before = (self.chosen, self.listed.highlighted) if self.touched else (None, None)
        self.listed.show(shown, row_index(shown, wanted, before))
        about = self.live.head() if self.session.start else ()
        said = described(list(self.items.values()), self.view)
        self.bar.update(content((("", f"{said}   "), *about)))
        self.draw_status()
        self.draw_pane(top=False)

    def draw_soon(self) -> None:
        """Redraw the list once, however many findings arrive together."""
        if not self.drawing:
            self.drawing = True
            self.call_later(self.draw)

    def draw_status(self) -> None:
        if self.session.start:
            line = self.live.status(self.session.clock() - self.began)
        else:
            line = remembered_status(list(self.items.values()), complete=self.session.complete)
        self.status.update(content(line))

    def draw_pane(self, *, top: bool) -> None:
        item = self.item()
        top = top or (item.id if item else None) != self.chosen
        self.chosen = item.id if item else self.chosen
        if item and not self.about:
            self.pane.show(
                detail(item, self.pane.columns, actions.source(self.desk, item.finding)), top=top
            )
        elif self.items and not self.about:
            self.pane.show([(("dim", "No finding matches: escape shows all."),)], top=top)
        else:
            over = self.session.start and self.live.over
            self.pane.show(self.live.report(self.pane.columns) if over else [], top=top)

    def show_message(self, line: str) -> None:
        """Show a line in place of the list of keys, until the next key."""
        self.keys.update(content((("bold", one_line(scalar(line))),)))
        self.keys.add_class("said")

    @on(OptionList.OptionHighlighted)
    def highlighted(self) -> None:
        self.about = False
        self.draw_pane(top=False)

    @on(Pane.Resized)
    def resized(self) -> None:
        self.draw_pane(top=False)
