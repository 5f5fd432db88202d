"""Escapes foreign text for Markdown (CommonMark with GitHub's and GitLab's extensions), so that it
stays text: no markup, HTML, links, mentions of people or issues, or quick actions."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

from reviewer.outputs.page import clean, inline
from reviewer.text import cut

APART = (
    "&#8203;"  # a zero-width space: sites look for mentions after resolving Markdown and entities
)
_MARKUP = re.compile(r"[\\`*_\[\]|]")
_LINE_START = re.compile(r"[#+\-=/:!]")
_NUMBERED = re.compile(r"(\d+)([.)])")
# @user, #1, GitLab's !1 $1 %name ~label ^1 and &1, and the dot of www. and colon of http:// that
# make links
_MENTION = re.compile(
    r"(?<=[@#!$%~^&])(?=[\w\"@])|(?<=:)(?=//)|(?<=[Ww]{3})(?=\.)|(?<=GH-)(?=\d)", re.ASCII
)
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "$": "&#36;", "~": "&#126;"}


def prose(text: str, limit: int = 4000) -> str:
    """Any number of lines of text."""
    return "\n".join(_line(line.strip()) for line in clean(cut(text, limit)).strip().split("\n"))


def phrase(text: str, limit: int = 300) -> str:
    """One line of text, for use after the start of a line."""
    return _escaped(inline(cut(text, limit)).strip())


def in_html(text: str, limit: int = 300) -> str:
    """One line inside an HTML block, where Markdown is not read but mentions are."""
    return _apart(inline(cut(text, limit)).strip(), html.escape)


def code(text: str, limit: int = 400) -> str:
    """One line of code. A pipe is harmless, since no table contains it."""
    line = inline(cut(text, limit)).strip() or " "
    ticks = "`" * (max((len(run) for run in re.findall("`+", line)), default=0) + 1)
    pad = " " if len(ticks) > 1 else ""
    return f"{ticks}{pad}{line}{pad}{ticks}"


def fence(lines: list[str], info: str = "") -> str:
    """A code block of lines that are already clean, in a fence longer than any inside it. Each line
    must begin with a character of ours (a number, a sign, a space), so that none is a command to
    GitLab."""
    longest = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    ticks = "`" * max(3, longest + 1)
    return "\n".join([ticks + info, *(line.rstrip() for line in lines), ticks])


def _line(line: str) -> str:
    if match := _NUMBERED.match(line):
        return match[1] + "\\" + match[2] + _escaped(line[match.end() :])
    return "\\" * bool(_LINE_START.match(line)) + _escaped(line)


def _escaped(text: str) -> str:
    return _apart(
        text,
        lambda part: _MARKUP.sub(r"\\\g<0>", "".join(_ENTITIES.get(char, char) for char in part)),
    )


def _apart(text: str, escape: Callable[[str], str]) -> str:
    return APART.join(escape(part) for part in _MENTION.split(text))
