"""Which coding agents are used here, and what is installed for them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewer.doors.integrations import files, marked
from reviewer.doors.integrations.hosts import HOSTS, Host
from reviewer.errors import ReviewerError


@dataclass(frozen=True, slots=True)
class AgentStatus:
    """`here` and `home`: installed, outdated (install again), edited, foreign (another file is in
    the way), unusable or absent. For the reminder we only check whether its file names it."""

    host: Host
    detected: tuple[str, ...]  # files that show that the agent is used
    here: str | None  # None without a repository
    home: str | None  # None if it cannot be installed for all projects
    reminder_here: bool = False
    reminder_home: bool = False


def agents(top: Path | None, home: Path | None) -> list[AgentStatus]:
    """All agents; `top` is the repository and `home` the home directory, None if there is none."""
    return [
        AgentStatus(
            host,
            _detected(top, home, host),
            _state(top, host.project, host) if top else None,
            _state(home, host.home, host) if home and host.home else None,
            bool(
                top and host.reminder and _named(top, host.reminder.project, host.reminder.command)
            ),
            bool(
                home and host.reminder and _named(home, host.reminder.home, host.reminder.command)
            ),
        )
        for host in HOSTS
    ]


def lines(found: list[AgentStatus]) -> list[str]:
    """A table for people."""
    rows = [("agent", "used here", "this repository", "all repositories")]
    for each in found:
        rows.append(
            (
                each.host.name,
                ", ".join(each.detected) or "-",
                _shown(each.here, each.reminder_here),
                _shown(each.home, each.reminder_home),
            )
        )
    widths = [max(len(row[at]) for row in rows) for at in range(3)]
    return [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]])
        for row in rows
    ]


def as_json(found: list[AgentStatus]) -> list[dict[str, Any]]:
    """The same for programs; a state is null where nothing can be installed."""
    return [
        {
            "name": each.host.name,
            "usedHere": list(each.detected),
            "here": each.here,
            "reminderHere": each.reminder_here,
            "home": each.home,
            "reminderHome": each.reminder_home,
        }
        for each in found
    ]


def _shown(state: str | None, reminder: bool) -> str:
    if state is None:
        return "-"
    return f"{state}, reminder" if reminder else state


def _detected(top: Path | None, home: Path | None, host: Host) -> tuple[str, ...]:
    here = [mark for mark in host.marks if top and os.path.lexists(top / mark)]
    there = [f"~/{mark}" for mark in host.home_marks if home and os.path.lexists(home / mark)]
    return (*here, *there)


def _state(base: Path, path: str, host: Host) -> str:
    try:
        data = files.read(base, path)
    except ReviewerError:
        return "unusable"
    if data is None:
        return "absent"
    ours = marked.find_block(data) if host.name == "generic" else marked.find_skill(data)
    if ours is None:
        return "absent" if host.name == "generic" else "foreign"
    current = (
        marked.with_block(data, host) if host.name == "generic" else marked.skill(host, ours.made)
    )
    same = current.replace(b"\r\n", b"\n") == data.replace(b"\r\n", b"\n")
    return "edited" if ours.edited else "installed" if same else "outdated"


def _named(base: Path, path: str, command: str) -> bool:
    try:
        return command.encode() in (files.read(base, path) or b"")
    except ReviewerError:
        return False
