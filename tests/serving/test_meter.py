"""The line that says how far a download has come."""

from __future__ import annotations

import io

import pytest

from reviewer.serving import meter
from reviewer.serving.catalogue import GIB


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(out: io.StringIO, seconds: list[float], step: int = GIB) -> str:
    times = {"now": 0.0}
    counted = meter.Meter(10 * GIB, 2 * GIB, out, lambda: times["now"])
    for each in seconds:
        times["now"] = each
        counted.add(step)
    counted.moving.clear()
    return out.getvalue()


def test_a_terminal_has_one_line_that_moves():
    lines = shown(Terminal(), [10.0, 10.1, 20.0]).split("\r")
    assert lines == [
        "",
        "   30 % of 10.0 GiB, 102.4 MiB/s, 1 min 10 s left",
        "   50 % of 10.0 GiB, 153.6 MiB/s, 33 s left      ",
        " " * len("   50 % of 10.0 GiB, 153.6 MiB/s, 33 s left"),
        "",
    ]


def test_a_pipe_gets_a_line_every_ten_seconds():
    assert shown(io.StringIO(), [4.0, 9.0, 12.0, 21.0, 23.0]) == (
        "   50 % of 10.0 GiB, 256.0 MiB/s, 20 s left\n   70 % of 10.0 GiB, 222.6 MiB/s, 14 s left\n"
    )


def test_the_speed_is_that_of_the_last_seconds():
    line = shown(io.StringIO(), [*range(1, 4), 90.0, 110.0]).splitlines()[-1]
    assert line == "   70 % of 10.0 GiB, 51.2 MiB/s, 1 min 00 s left"


def test_a_narrow_terminal_keeps_one_line(monkeypatch):
    monkeypatch.setenv("COLUMNS", "20")
    assert max(map(len, shown(Terminal(), [10.0]).split("\r"))) <= 19


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "0 s"), (59.4, "59 s"), (61, "1 min 01 s"), (3900, "1 h 05 min"), (1e9, "days")],
)
def test_a_duration(seconds, words):
    assert meter.duration(seconds) == words
