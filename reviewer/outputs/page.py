"""Lines of text for a terminal: cleaned, wrapped and cut by cells, coloured last.

All text of an event passes `clean` (many lines) or `inline` (one line) first. The other functions
measure in terminal cells: wide characters count two, combining marks none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TextIO

from reviewer.text import READABLE, one_line, printable

MARKS_IN_A_ROW = (
    4  # no script needs more combining marks; they would draw over the lines above and below
)
TAB = 4
GUTTER = 10  # left of all foreign text: only our own words begin further left
STYLES = {
    "bold": "1",
    "dim": "2",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "blue": "34",
    "cyan": "36",
    "alarm": "1;37;41",
    "bad": "1;31",
    "warn": "1;33",
    "good": "1;32",
}
_CRLF = re.compile(r"\r(?=\n|\Z)")
_PLAIN = str.maketrans("│…·–▸─", "|~-->-")  # one cell for one cell


def cells(text: str) -> int:
    """The width of clean one-line text on a terminal."""
    return len(text) if text.isascii() else sum(map(_cell, text))


def _cell(char: str) -> int:
    if char.isascii():
        return 1
    if _is_mark(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _is_mark(char: str) -> bool:
    return unicodedata.category(char) in ("Mn", "Me")


def clean(text: str) -> str:
    """`text` on any number of lines, without invisible characters, terminal controls or stacked
    marks."""
    return _flat(printable(_CRLF.sub("", text)).expandtabs(TAB))


def inline(text: str) -> str:
    """`clean`, on one line."""
    return _flat(one_line(text))


def _flat(text: str) -> str:
    if text.isascii():
        return text
    run, out = 0, []
    for char in text:
        run = run + 1 if _is_mark(char) else 0
        out.append(char if run <= MARKS_IN_A_ROW else f"\\u{{{ord(char):x}}}")
    return "".join(out)


def fit(text: str, columns: int) -> str:
    """Clean one-line text in at most `columns` cells, ending in `…` if it was cut."""
    return text if cells(text) <= columns else text[: _fitting(text, columns - 1)] + "…"


def _fitting(text: str, columns: int) -> int:
    """How many characters of `text` fit into `columns` cells."""
    used = 0
    for index, char in enumerate(text):
        used += _cell(char)
        if used > columns:
            return index
    return len(text)


def wrap(text: str, columns: int) -> list[str]:
    """Clean text in lines of at most `columns` (2 or more) cells. A paragraph keeps its
    indentation, and what stands in backquotes, such as a command, stays on one line; only what is
    longer than a line is broken, so that nothing is lost."""
    return [
        line
        for paragraph in text.split("\n")
        for line in _wrap_paragraph(paragraph.rstrip(" "), columns)
    ]


def _wrap_paragraph(paragraph: str, columns: int) -> list[str]:
    indent = min(len(paragraph) - len(paragraph.lstrip(" ")), columns // 2)
    room, lines, line, used = max(2, columns - indent), [], "", 0
    for word in _words(paragraph.lstrip(" "), room):
        wide = cells(word)
        if used and used + wide > room:
            lines.append(line)
            line, used, word = "", 0, word.lstrip(" ")
            wide = cells(word)
        while wide > room:
            taken = _fitting(word, room)
            lines.append(line + word[:taken])
            wide -= cells(word[:taken])
            line, word = "", word[taken:]
        line += word
        used += wide
    return [" " * indent + each for each in (*lines, line)]


def _words(text: str, room: int) -> Iterator[str]:
    """The words with the spaces before them. What stands in backquotes is one if it fits."""
    for word in re.findall(r" *(?:`[^`]+`[^ ]*|[^ ]+)", text):
        yield from [word] if cells(word.lstrip(" ")) <= room else re.findall(" *[^ ]+", word)


def beside(head: str, text: str, columns: int) -> list[str]:
    """Clean text wrapped to the right of `head`, in lines of at most `columns` cells, or more where
    fewer than 20 would be left for it."""
    margin = cells(head)
    first, *rest = wrap(text, max(20, columns - margin))
    return [(head + first).rstrip(), *((" " * margin + line).rstrip() for line in rest)]


@dataclass(frozen=True, slots=True)
class Page:
    """The width of the terminal, and whether it may be coloured. Code and tables use all of the
    width, prose what can be read."""

    columns: int
    color: bool

    @property
    def prose(self) -> int:
        return min(self.columns, READABLE)

    def paint(self, style: str, text: str) -> str:
        return f"\x1b[{STYLES[style]}m{text}\x1b[0m" if self.color and style and text else text

    def field(self, label: str, text: str, *, style: str = "", gutter: int = GUTTER) -> list[str]:
        """`text` wrapped beside `label`, which is indented by two cells."""
        lines = [self.paint(style, line) for line in wrap(text, self.prose - gutter)]
        return self._beside(label, lines, gutter)

    def block(
        self, label: str, lines: Iterable[tuple[str, str]], *, gutter: int = GUTTER
    ) -> list[str]:
        """Code lines, each with its style, cut at the right edge, the first beside `label`."""
        return self._beside(
            label,
            [self.paint(style, fit(line, self.columns - gutter).rstrip()) for style, line in lines],
            gutter,
        )

    def statement(self, style: str, text: str) -> list[str]:
        """Our own words: from the left edge, with continuation lines indented by two cells."""
        first, *rest = wrap(text, self.prose - 2)
        return [self.paint(style, first), *("  " + self.paint(style, line) for line in rest)]

    def _beside(self, label: str, lines: list[str], gutter: int) -> list[str]:
        heads = [
            "  " + self.paint("dim", label) + " " * (gutter - 2 - len(label)),
            *[" " * gutter] * len(lines),
        ]
        return [(head + line).rstrip() for head, line in zip(heads, lines, strict=False)]


def write(stream: TextIO, text: str) -> None:
    """Write and flush `text`, replacing characters that the stream's encoding lacks, so that no
    file name stops a report."""
    encoding = stream.encoding or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = text.translate(_PLAIN).encode(encoding, "backslashreplace").decode(encoding)
    stream.write(text)
    stream.flush()
