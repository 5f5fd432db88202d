"""What a client is told while a review runs: a number that grows, and one line.

The protocol wants the number to increase with every notification (specification 2025-11-25, Basic,
Utilities, Progress), whether or not a unit was finished in between."""

from __future__ import annotations

from dataclasses import dataclass

from reviewer.events import Event, Finding, Heartbeat, ReviewContext, Status
from reviewer.outputs.progress import BEGINNING, DOING
from reviewer.outputs.wording import place, time_left, units_done
from reviewer.text import count, cut


@dataclass
class Progress:
    """The sum of the events so far. The only untrusted text in a message is file names."""

    doing: str = BEGINNING
    beat: Heartbeat | None = None  # the last one with units
    findings: int = 0
    news: str = ""  # about the findings since the last message
    _new: int = 0
    _told: int = 0  # messages since a unit was finished

    def take(self, event: Event) -> None:
        match event:
            case ReviewContext():
                self.doing = (
                    f"{count(event.files, 'file')}, {count(event.units, 'unit')},"
                    f" engine {event.engine}"
                )
            case Status():
                self.doing = DOING[event.status]
            case Heartbeat() if event.units_total:
                if self.beat and event.units_done > self.beat.units_done:
                    self._told = 0
                self.beat = event
            case Finding():
                self.findings, self._new = self.findings + 1, self._new + 1
                where = place(cut(event.file_name, 200), event.start_line)
                what = f"{event.severity} finding at {where}"
                self.news = what if self._new == 1 else f"{self._new:,} findings, the last: {what}"
            case _:
                pass

    def tell(self, instead: str = "") -> tuple[float, float | None, str]:
        """(progress, total, message) of the next notification. The last step of the total is what
        comes after the units: findings are judged, and patches proved. `instead` takes the place of
        what the review is doing."""
        done = self.beat.units_done if self.beat else 0
        number = done + self._told / (self._told + 1)
        self._told += 1
        message = "; ".join(filter(None, (self.news, instead or self._where())))
        self.news, self._new = "", 0
        return number, self.beat.units_total + 1.0 if self.beat else None, message

    def _where(self) -> str:
        """`3 of 12 units, 2 findings, about 20 s left`"""
        found = count(self.findings, "finding") if self.findings else ""
        if self.beat is None:
            return ", ".join(filter(None, (self.doing, found)))
        left = self.beat.seconds_left
        return ", ".join(
            filter(
                None,
                (
                    units_done(self.beat.units_done, self.beat.units_total),
                    found,
                    "" if left is None else time_left(left),
                ),
            )
        )
