"""How wide the terminal is, and whether to colour. Every command asks here, and so do its help
pages."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import IO

import click

NARROWEST, UNKNOWN = 20, 80  # columns; the second where no stream is a terminal
_OFF = ("", "0")


def columns() -> int:
    """The width of the terminal, in cells: COLUMNS, else that of the first standard stream that is
    a terminal (so `reviewer … | head` is as wide as the window), else 80."""
    given = os.environ.get("COLUMNS", "")
    if given.isascii() and given.isdigit() and int(given) > 0:
        return max(NARROWEST, int(given))
    for stream in (sys.__stdout__, sys.__stderr__, sys.__stdin__):
        try:
            wide = os.get_terminal_size(stream.fileno()).columns if stream is not None else 0
        except (OSError, ValueError):  # no terminal, or closed
            continue
        if wide > 0:
            return max(NARROWEST, wide)
    return UNKNOWN


def color(stream: IO[str]) -> bool:
    """Whether to colour what goes to `stream`: what `--color` says, else the environment, else
    whether the stream is a terminal."""
    context = click.get_current_context(silent=True)
    decided = context.color if context is not None else decide(os.environ)
    return stream.isatty() if decided is None else decided


def decide(environ: Mapping[str, str]) -> bool | None:
    """What the environment says of colours; None leaves it to the stream.

    NO_COLOR (no-color.org) comes before FORCE_COLOR (force-color.org) and CLICOLOR_FORCE
    (bixense.com/clicolors), as in Python itself; then TERM=dumb and CLICOLOR=0."""
    if environ.get("NO_COLOR"):
        return False
    if any(environ.get(name, "") not in _OFF for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return True
    return False if environ.get("TERM") == "dumb" or environ.get("CLICOLOR") == "0" else None


def prose() -> int:
    """The width of text that is read line by line, in cells."""
    from reviewer import text

    return min(columns(), text.READABLE)
