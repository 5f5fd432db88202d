"""The encoding of what is printed."""

from __future__ import annotations

import io
import sys
from typing import TextIO


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
