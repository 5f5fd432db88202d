from __future__ import annotations

import io
import os
import threading

import pytest
from support.event_cases import complete, context, error, finding, load

from reviewer.events import Event, Finding, Heartbeat, Status
from reviewer.outputs import open_output, open_progress
from reviewer.outputs.progress import Progress


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def run(steps: list[tuple[float, Event]], *, tty: bool, width: int = 80) -> str:
    """What is written when each event comes at its second."""
    stream, clock = io.StringIO(), Clock()
    progress = Progress(stream, tty=tty, width=width, every=0, clock=clock)
    for second, event in steps:
        clock.now = 100.0 + second
        progress.emit(event)
    progress.close()
    return stream.getvalue()


def beat(second: float, done: int, left: float | None = None, total: int = 4) -> Heartbeat:
    return Heartbeat(elapsed_seconds=second, units_done=done, units_total=total, seconds_left=left)


STEPS: list[tuple[float, Event]] = [
    (0, context(units=4)),
    (1, Status(phase="setup", status="setting_up")),
    (2, Status(phase="analyzing", status="tools_completed")),
    (3, Status(phase="analyzing", status="reviewing")),
    (4, beat(4, 0, total=12)),
    (9, finding()),
    (12, beat(12, 1, 36, total=12)),
    (20, finding(2)),
    (75, beat(75, 11, 2, total=12)),
    (80, complete()),
]
LINES = [
    "reading the change · 0:00",
    "running the analyzers · 0:01",
    "analyzers done · 0:02",
    "reviewing · 0:03",
    "reviewing · 0 of 12 units · 0:04",
    "reviewing · 0 of 12 units · 1 finding · 0:09",
    "reviewing · 1 of 12 units · 1 finding · 0:12 · about 40 s left",
    "reviewing · 1 of 12 units · 2 findings · 0:20 · about 30 s left",
    "reviewing · 11 of 12 units · 2 findings · 1:15 · a few seconds left",
]


def test_a_terminal_gets_one_line_that_rewrites_itself_and_goes() -> None:
    assert run(STEPS, tty=True) == "".join(f"\r\x1b[K{line}" for line in [*LINES, ""])


def test_elsewhere_there_is_a_line_every_ten_seconds() -> None:
    told = [LINES[6], "reviewing · 11 of 12 units · 2 findings · 1:15 · a few seconds left"]
    assert run(STEPS, tty=False) == "".join(f"reviewer: {line}\n" for line in told)


def test_a_short_run_leaves_no_line_behind() -> None:
    assert run([(0.1, event) for event in load("clean")], tty=False) == ""


@pytest.mark.parametrize(
    ("width", "line"),
    [
        (80, "reviewing · 11 of 12 units · 2 findings · 1:15 · a few seconds left"),
        (64, "reviewing · 11 of 12 units · 2 findings · a few seconds left"),
        (50, "reviewing · 11 of 12 units · a few seconds left"),
        (40, "11 of 12 units · a few seconds left"),
        (30, "11 of 12 units"),
    ],
)
def test_a_narrow_terminal_gets_what_matters_most(width: int, line: str) -> None:
    assert run(STEPS, tty=True, width=width).split("\r\x1b[K")[-2] == line


@pytest.mark.fault(
    "screen",
    "the report goes through a pipe, and the terminal is narrower than it would be",
    "the progress line keeps to the terminal that it is on, and never wraps",
)
def test_the_width_is_that_of_the_terminal_at_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def fileno(self) -> int:
            return 7

    columns = iter([80, 40])
    monkeypatch.setattr(
        os, "get_terminal_size", lambda number: os.terminal_size((next(columns), 24))
    )
    stream, clock = Terminal(), Clock()
    progress = Progress(stream, tty=True, width=120, every=0, clock=clock)
    for second, event in STEPS[6:8]:
        clock.now = 100.0 + second
        progress.emit(event)
    assert stream.getvalue() == (
        "\r\x1b[Kreading the change · 1 of 12 units · 0:12 · about 40 s left"
        "\r\x1b[K1 of 12 units · about 30 s left"
    )


@pytest.mark.fault(
    "screen",
    "a finding is written on the terminal while the progress line stands there",
    "the line goes, the finding is written whole, and the line comes back below",
)
def test_what_is_written_above_the_line() -> None:
    screen, clock = io.StringIO(), Clock()
    above = open_output("plain", screen, color=False, width=80, quiet=False, verbose=False)

    class Told:
        def emit(self, event: Event) -> None:
            if isinstance(event, Finding):
                screen.write(f"<{event.id}>\n")
            above.emit(event)

        def close(self) -> None:
            screen.write("<end>\n")

    progress = Progress(screen, tty=True, width=80, every=0, clock=clock, above=[Told()])
    for second, event in [(0, context()), (1, finding(1)), (2, complete(findings=1))]:
        clock.now = 100.0 + second
        progress.emit(event)
    progress.close()
    assert screen.getvalue() == (
        "\r\x1b[Kreading the change · 0:00"
        "\r\x1b[K<000000000001>\n"
        "\r\x1b[Kreading the change · 1 finding · 0:01"
        "\r\x1b[K<end>\n"
    )


@pytest.mark.parametrize("end", [complete(), error()])
def test_nothing_is_written_after_the_end(end: Event) -> None:
    shown = run([*STEPS[:2], (3, end), (4, finding()), (5, complete())], tty=True)
    assert shown == "".join(f"\r\x1b[K{line}" for line in [*LINES[:2], ""])


def test_close_alone_clears_the_line() -> None:
    assert run(STEPS[:1], tty=True) == f"\r\x1b[K{LINES[0]}\r\x1b[K"


def test_color_and_the_door_of_the_command_line() -> None:
    stream = io.StringIO()
    progress = open_progress(stream, color=True, width=80, tty=True)
    progress.emit(context(units=4))
    progress.emit(complete())
    progress.close()
    assert stream.getvalue() == f"\r\x1b[K\x1b[2m{LINES[0]}\x1b[0m\r\x1b[K"


def test_hours() -> None:
    steps: list[tuple[float, Event]] = [(4000, beat(4000, 1, 4000, total=2))]
    assert run(steps, tty=False) == (
        "reviewer: reading the change · 1 of 2 units · 1:06:40 · about 1 h 07 min left\n"
    )


def test_time_goes_on_between_events_until_the_end() -> None:
    drawn = threading.Event()

    class Stream(io.StringIO):
        def write(self, text: str) -> int:
            if self.tell():
                drawn.set()
            return super().write(text)

    stream = Stream()
    progress = Progress(stream, tty=True, width=80, every=0.01)
    progress.emit(context(units=4))
    assert drawn.wait(5)
    progress.emit(complete())
    ended = stream.getvalue()
    progress.close()
    assert (ended.endswith("\r\x1b[K"), stream.getvalue()) == (True, ended)


def test_a_terminal_that_goes_away_ends_the_redrawing() -> None:
    stream = io.StringIO()
    progress = Progress(stream, tty=True, width=80, every=0.01)
    stream.close()
    threads = [thread for thread in threading.enumerate() if thread.name == "reviewer-progress"]
    for thread in threads:
        thread.join(5)
    assert not any(thread.is_alive() for thread in threads)
    with pytest.raises(ValueError, match="closed file"):
        progress.emit(context())
