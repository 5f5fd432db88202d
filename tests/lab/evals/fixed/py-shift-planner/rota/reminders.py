"""Reminders that go out before a shift begins."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

LEADS = (timedelta(hours=12), timedelta(hours=1))


@dataclass(frozen=True)
class Reminder:
    person: str
    due: datetime  # UTC
    text: str


def reminders(shifts, leads=LEADS):
    """All reminders of the shifts, first due first."""
    result = []
    for shift in shifts:
        start = shift.start.astimezone(timezone.utc)
        for lead in leads:
            text = f"Your shift begins at {shift.start:%H:%M} and ends at {shift.end:%H:%M}."
            result.append(Reminder(shift.person, start - lead, text))
    return sorted(result, key=lambda reminder: (reminder.due, reminder.person))


def due(all_reminders, since, until):
    """The reminders of the half-open span from `since` to `until`: each is due in one span only."""
    return [reminder for reminder in all_reminders if since <= reminder.due < until]
