from __future__ import annotations

import io
import threading

import pytest
from support.event_cases import complete, context, error, finding, load

from reviewer.events import Event, Heartbeat, Status
from reviewer.outputs import open_progress
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


STEPS: list[tuple[float, Event]] = [
    (0, context(units=4)),
    (1, Status(phase="analyzing", status="tools_completed")),
    (2, Status(phase="analyzing", status="reviewing")),
    (9, finding()),
    (12, Heartbeat(elapsed_seconds=12, units_done=1, units_total=4)),
    (75, Heartbeat(elapsed_seconds=75, units_done=3, units_total=4)),
    (80, complete()),
]
LINES = [
    "starting · 0 of 4 units · 0:00",
    "analyzers done · 0 of 4 units · 0:01",
    "reviewing · 0 of 4 units · 0:02",
    "reviewing · 0 of 4 units · 1 finding · 0:09",
    "reviewing · 1 of 4 units · 1 finding · 0:12 · about 0:36 left",
    "reviewing · 3 of 4 units · 1 finding · 1:15 · about 0:25 left",
]


def test_a_terminal_gets_one_line_that_rewrites_itself_and_goes() -> None:
    assert run(STEPS, tty=True) == "".join(f"\r\x1b[K{line}" for line in [*LINES, ""])


def test_elsewhere_there_is_a_line_every_ten_seconds() -> None:
    assert run(STEPS, tty=False) == f"reviewer: {LINES[4]}\nreviewer: {LINES[5]}\n"


def test_a_short_run_leaves_no_line_behind() -> None:
    assert run([(0.1, event) for event in load("clean")], tty=False) == ""


def test_the_line_fits() -> None:
    shown = run(STEPS, tty=True, width=30).split("\r\x1b[K")
    assert max(map(len, shown)) == 29
    assert shown[-2] == "reviewing · 3 of 4 units · 1…"


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
    beat = Heartbeat(elapsed_seconds=4000, units_done=1, units_total=2)
    assert (
        run([(4000, beat)], tty=False)
        == "reviewer: starting · 1 of 2 units · 1:06:40 · about 1:06:40 left\n"
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
