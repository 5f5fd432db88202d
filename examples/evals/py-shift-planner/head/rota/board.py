from datetime import datetime, timedelta, timezone

from rota.reminders import due, reminders
from rota.shift import running


def next_hour(shifts, now=None):
    now = now or datetime.now(timezone.utc)
    return [f"{item.person}: {item.text}" for item in due(reminders(shifts), now, now + timedelta(hours=1))]


def board(shifts, now=None):
    lines = [f"{shift.person} until {shift.end:%H:%M}" for shift in running(shifts, now)]
    return "\n".join(lines) or "nobody is on shift"
