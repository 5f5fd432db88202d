"""The three standard streams at the start and at the end of a command."""

from __future__ import annotations

import io
import os
import sys
from typing import TextIO

from reviewer.errors import Exit


def written(code: int) -> int:
    """Flush both streams and return the exit code. Without this, output that cannot be written (on
    a full disk, say) would make Python exit with 120."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(
                os.open(os.devnull, os.O_WRONLY), stream.fileno()
            )  # swallows what is still buffered
            code = code or Exit.CANNOT_RUN
    return code


def open_all() -> None:
    """Open /dev/null for each closed stream: Python sets it to None, and the next file to be
    opened would get its descriptor. Standard output is opened for reading only, so that whatever
    is written to it fails: a verdict that went nowhere is none."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            place = os.open(os.devnull, os.O_RDONLY if name != "stderr" else os.O_WRONLY)
            setattr(sys, name, open(place, mode, encoding="utf-8"))  # noqa: SIM115, PTH123


def encode_all() -> None:
    for stream in (sys.stdout, sys.stderr):
        encode(stream)


def encode(stream: TextIO, platform: str = sys.platform) -> None:
    """Let no character end a command: one that the encoding lacks is escaped. What is piped is in
    UTF-8 also on Windows, where the code page of a terminal has few characters."""
    if not isinstance(stream, io.TextIOWrapper):
        return
    if platform == "win32" and not stream.isatty():
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    else:
        stream.reconfigure(errors="backslashreplace")
