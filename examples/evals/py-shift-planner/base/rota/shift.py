from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Shift:
    person: str
    start: datetime  # aware, in the zone of the place
    hours: float

    @property
    def end(self):
        return self.start + timedelta(hours=self.hours)


def parse(text, zone="Europe/Berlin"):
    """A shift from `person;2026-03-01 06:00;8`, in local time of `zone`."""
    person, start, hours = (part.strip() for part in text.split(";"))
    local = datetime.strptime(start, "%Y-%m-%d %H:%M")
    return Shift(person, local.replace(tzinfo=ZoneInfo(zone)), float(hours))


def running(shifts, now=None):
    now = now or datetime.now(timezone.utc)
    return [shift for shift in shifts if shift.start <= now < shift.end]
