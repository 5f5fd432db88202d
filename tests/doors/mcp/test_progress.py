from __future__ import annotations

import pytest
from support.event_cases import context, finding

from reviewer.doors.mcp.progress import Progress
from reviewer.events import Heartbeat, Status


def beat(done: int, left: float | None = None, total: int = 12) -> Heartbeat:
    return Heartbeat(elapsed_seconds=9, units_done=done, units_total=total, seconds_left=left)


@pytest.mark.fault(
    "server",
    "an MCP client asks for progress, and findings come while no unit ends",
    "the number grows with every notification, below a total that is the number of units and one",
)
def test_the_number_grows_although_units_do_not():
    progress, told = Progress(), []
    for event in (
        context(files=1, units=3),
        Status(phase="setup", status="setting_up"),
        beat(0),
        finding(1),
        beat(3, 20),
        finding(2, severity="minor", file_name="b\x1b.py"),
        beat(11, 4),
        beat(12),
        Status(phase="analyzing", status="review_completed"),
    ):
        progress.take(event)
        told.append(progress.tell())
    assert told == [
        (0.0, None, "1 file, 3 units, engine vllm"),
        (0.5, None, "running the analyzers"),
        (pytest.approx(2 / 3), 13.0, "0 of 12 units"),
        (0.75, 13.0, "major finding at shop/cart.py:3; 0 of 12 units, 1 finding"),
        (3.0, 13.0, "3 of 12 units, 1 finding, about 20 s left"),
        (
            3.5,
            13.0,
            "minor finding at b\\u{1b}.py:3; 3 of 12 units, 2 findings, about 20 s left",
        ),
        (11.0, 13.0, "11 of 12 units, 2 findings, a few seconds left"),
        (12.0, 13.0, "12 of 12 units, 2 findings"),
        (12.5, 13.0, "12 of 12 units, 2 findings"),
    ]


def test_many_findings_are_one_message():
    progress = Progress()
    for number in range(3000):
        progress.take(finding(number, start_line=None))
    assert progress.tell()[2] == (
        "3,000 findings, the last: major finding at shop/cart.py; reading the change,"
        " 3,000 findings"
    )
    assert progress.tell("working")[2] == "working"
