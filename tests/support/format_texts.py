"""Hostile texts for the formats, and readers of what they write, each made from the format's own
rules."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from hypothesis import strategies as st
from support.output_runs import SPECIAL

MARKUP = "\\`*_{}[]()<>#+-.!|~&@:/\"'=$^%?,;\n\n\t  0123awWGH"
WORDS = [
    "@user",
    "#12",
    "GH-7",
    "!3",
    "~label",
    "%1",
    "http://evil.test",
    "www.evil.test",
    "<script>",
    "</details>",
    "-->",
    "]]>",
    "```",
    "~~~",
    "1. ",
    "- ",
    "/merge",
    "&amp;",
    "&#64;",
    "::error::",
    "##[error]",
    "%0A",
    "{0}",
    "](1)",
    "<!--",
    "</script>",
    "</style>",
    "</code></pre>",
    "' onclick='",
    '" onclick="',
    "&lt;",
    "![x](http://evil.test)",
    "    x",
]
_anything = st.text(st.one_of(st.sampled_from(MARKUP + SPECIAL), st.characters()), max_size=9)
hostile = st.lists(st.one_of(st.sampled_from(WORDS), _anything), max_size=12).map("".join)
COMMAND = re.compile(r"::(\w+) ([^:]*)::(.*)", re.DOTALL)


class Html(HTMLParser):
    """Tags with attributes in order, and the text outside of style and script."""

    VOID = frozenset(("meta", "input", "rect", "polygon", "polyline", "line", "br", "hr", "img"))

    def __init__(self, document: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[tuple[str, str]] = []  # (innermost tag, text)
        self.raw: dict[str, list[str]] = {"script": [], "style": []}
        self.comments: list[str] = []
        self.open: list[str] = []
        self.feed(document)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        inside = self.open[-1] if self.open else ""
        if inside in self.raw:
            self.raw[inside].append(data)
        else:
            self.text.append((inside, data))

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def names(self) -> set[str]:
        return {name for name, _ in self.tags}

    def words(self, *tags: str) -> str:
        """The text, or that of the tags, with every run of white space as one space."""
        return " ".join("".join(text for tag, text in self.text if not tags or tag in tags).split())


def command(line: str) -> tuple[str, dict[str, str], str]:
    """A workflow command as the runner reads it: (name, properties, text)."""
    match = COMMAND.fullmatch(line)
    assert match, line
    given = dict(pair.split("=", 1) for pair in match[2].split(",") if pair)
    return match[1], {key: _read(value, ":,") for key, value in given.items()}, _read(match[3], "")


def _read(text: str, more: str) -> str:
    for char in "\r\n" + more + "%":
        text = text.replace(f"%{ord(char):02X}", char)
    return text
