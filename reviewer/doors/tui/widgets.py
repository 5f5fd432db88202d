"""The widgets. They draw lines of `model.py` and know nothing about findings. Text is never parsed
as markup: it comes as `Content` with our own styles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Key, Resize
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from reviewer.doors.tui.model import Line, ListRow

# Only the terminal's own palette, and colour is never the only signal.
STYLES = {
    "": "",
    "bold": "bold",
    "dim": "dim",
    "heading": "bold underline",
    "place": "ansi_cyan",
    "code": "",
    "hit": "bold",
    "gutter": "dim",
    "hunk": "ansi_cyan",
    "file": "bold",
    "added": "ansi_green",
    "removed": "ansi_red",
    "context": "dim",
    "running": "ansi_blue",
    "good": "bold ansi_green",
    "warn": "bold ansi_yellow",
    "bad": "bold ansi_red",
    "critical": "bold ansi_red reverse",
    "major": "bold ansi_red",
    "minor": "bold ansi_yellow",
    "trivial": "ansi_blue",
    "info": "dim",
}
CSS = """
Screen { layout: vertical; }
#bar { height: 1; text-style: reverse; text-wrap: nowrap; text-overflow: ellipsis; }
#body { height: 1fr; layout: vertical; }
#list { height: auto; max-height: 40%; background: ansi_default; text-wrap: nowrap; text-overflow: ellipsis; }
#list, #pane { scrollbar-size-vertical: 1; }
#list > .option-list--option-highlighted, #list:focus > .option-list--option-highlighted {
    color: ansi_default; background: ansi_default; text-style: reverse;
}
#list > .option-list--option-disabled { color: ansi_default; }
#pane { height: 1fr; min-height: 3; border-top: solid ansi_bright_black; scrollbar-gutter: stable; }
#pane:focus { border-top: heavy ansi_cyan; }
.-wide #body { layout: horizontal; }
.-wide #list { width: 2fr; height: 100%; max-height: 100%; }
.-wide #pane { width: 3fr; height: 100%; border-top: none; border-left: solid ansi_bright_black; }
.-wide #pane:focus { border-top: none; border-left: heavy ansi_cyan; }
#status { height: auto; max-height: 4; }
#keys { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
#keys.said { height: auto; max-height: 4; text-wrap: wrap; }
#prompt { display: none; height: 1; border: none; padding: 0; }
Help { align: center middle; }
#help { width: 80; max-width: 100%; height: auto; max-height: 100%; border: solid ansi_cyan; }
"""  # noqa: E501
HELP = """\
up down j k  next finding            g  group by severity or by file
tab          to the text and back    s  minimum severity: all, critical …
space b      scroll the text         t  next category
                                     f  next state: new, open, applied …
a  apply the fix                     /  filter by words
u  undo the last fix                 escape  show everything again
d  dismiss, with a reason
o  reopen a dismissed finding        i  about the run: what was reviewed
e  open your editor at the line      r  review again
y  copy the agent's instructions     ^C stop the review; twice: leave at once
c  the same as y                     q  quit; stops a running review first

Marks:  · still open   ✓ fix applied   – dismissed   = fixed

Any key closes this."""


def content(line: Line) -> Content:
    return Content.assemble(*((text, STYLES[style]) for style, text in line))


def lines_content(lines: Iterable[Line]) -> Content:
    return Content("\n").join(content(line) for line in lines)


class Findings(OptionList):
    """The list. The highlight stays on its finding when others arrive above it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", show=False),
        Binding("k", "cursor_up", show=False),
    ]

    def __init__(self) -> None:
        super().__init__(id="list", markup=False, compact=True)

    def show(self, rows: Sequence[ListRow], at: int | None) -> None:
        self.set_options(
            [Option(content(row.line), id=row.id, disabled=row.id is None) for row in rows]
        )
        self.highlighted = at
        if at is not None and at <= 1:
            self.scroll_home(animate=False)  # with the heading


class Pane(VerticalScroll):
    """The text about the highlighted finding."""

    class Resized(Message):
        pass

    def __init__(self) -> None:
        super().__init__(id="pane")

    def compose(self) -> ComposeResult:
        yield Static(id="text", markup=False)

    def on_resize(self, event: Resize) -> None:
        self.post_message(self.Resized())

    @property
    def columns(self) -> int:
        return max(20, self.scrollable_content_region.width)

    def show(self, lines: Iterable[Line], *, top: bool) -> None:
        self.query_one("#text", Static).update(lines_content(lines))
        if top:
            self.scroll_home(animate=False)


class Help(ModalScreen[None]):
    def compose(self) -> ComposeResult:
        with VerticalScroll(id="help"):
            yield Static(HELP, markup=False)

    def on_key(self, event: Key) -> None:
        if event.key not in ("up", "down", "pageup", "pagedown", "ctrl+c", "ctrl+q"):
            event.stop()
            self.dismiss()
