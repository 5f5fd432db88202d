from __future__ import annotations

import io

import pytest

from reviewer.cli import streams


class Screen(io.BytesIO):
    def __init__(self, *, tty: bool) -> None:
        super().__init__()
        self.tty = tty

    def isatty(self) -> bool:
        return self.tty


@pytest.mark.fault(
    "lines",
    "a terminal whose code page lacks a character, and a pipe on Windows",
    "the character is escaped; what is piped is in UTF-8",
)
@pytest.mark.parametrize(
    ("platform", "tty", "written"),
    [
        ("win32", True, b"\x82 \\u2192"),
        ("win32", False, "é →".encode()),
        ("linux", True, b"\x82 \\u2192"),
        ("linux", False, b"\x82 \\u2192"),
    ],
)
def test_what_the_encoding_lacks_is_escaped(platform: str, tty: bool, written: bytes) -> None:
    raw = Screen(tty=tty)
    stream = io.TextIOWrapper(raw, encoding="cp437")
    streams.encode(stream, platform)
    stream.write("é →")
    stream.flush()
    assert raw.getvalue() == written


def test_a_stream_without_an_encoding_stays() -> None:
    streams.encode(io.StringIO(), "win32")
