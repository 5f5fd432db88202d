"""What `reviewer hook` says about the hooks of a repository: lines to read, and the same as
JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from reviewer import text
from reviewer.doors.hooks import HOOK_TYPES, place
from reviewer.doors.hooks.install import Done
from reviewer.doors.hooks.place import Hook
from reviewer.workspace import Repository


def lines(repository: Repository) -> list[str]:
    """What is where, who else manages hooks, and how to have them call us. Not yet sanitised."""
    where = place.find(repository)
    out = [
        f"directory    {where.directory}"
        + (f"  (core.hooksPath, {where.scope})" if where.scope else "")
    ]
    for each in (place.look(where, kind) for kind in HOOK_TYPES):
        out.append(f"{each.type:<11}  {_state(each)}")
        if each.ours:
            options = " ".join(each.ours.arguments) or "none"
            out.append(
                f"             options: {options}; run by {each.ours.python or 'reviewer on PATH'}"
            )
    if where.problem:
        out.append(f"not written  {where.problem}")
    return out + others(repository)


def others(repository: Repository) -> list[str]:
    """Who else runs or replaces hooks here."""
    out = []
    for each in place.configured(repository):
        events = ", ".join(each.events) or "no event"
        out.append(
            f"also         git itself runs hook.{each.name}"
            f" ({events}{'' if each.enabled else ', disabled'})"
        )
    out += [
        f"also         git's configuration turns hooks off: hook.{kind}.enabled"
        for kind in place.turned_off(repository)
    ]
    for name in place.managers(repository):
        out.append(
            f"also         {name} is used in this repository; to have it call us:"
            f" {place.advice(name, 'pre-push')}"
        )
    return out


def done(what: Done, repository: Repository) -> list[str]:
    """What an installation or its removal has done. Not yet sanitised."""
    name = _shown(what.path, repository)
    out = [
        {
            "installed": f"installed {name}",
            "updated": f"updated {name}",
            "unchanged": f"{name} is installed already, with these options",
            "removed": f"removed {name}",
            "restored": (
                f"removed our {what.type} hook; {name} is again the hook that was there before"
            ),
            "absent": (
                f"there is no {what.type} hook of ours in {_shown(what.path.parent, repository)}"
            ),
        }[what.what]
    ]
    if what.chained:
        first = _shown(what.chained, repository)
        if what.what in ("removed", "absent"):
            out.append(
                f"  {first} is the hook that was there before ours: move it where you want it"
            )
        else:
            out.append(f"  the hook that was there runs first, from {first}")
    if what.kept:
        out.append(f"  it had been edited; that text is kept in {_shown(what.kept, repository)}")
    in_worktree = (
        repository.root in what.path.parents and repository.common_dir not in what.path.parents
    )
    if in_worktree and what.what in ("installed", "updated"):
        out.append("  it lies in your worktree and names a path of this machine: do not commit it")
    return out


def as_json(repository: Repository) -> dict[str, Any]:
    where = place.find(repository)
    return {
        "directory": _clean(where.directory),
        "hooksPath": {"scope": where.scope, "value": _clean(where.value)} if where.scope else None,
        "problem": where.problem or None,
        "hooks": [_hook(place.look(where, kind)) for kind in HOOK_TYPES],
        "managers": list(place.managers(repository)),
        "configured": [
            {
                "name": _clean(each.name),
                "events": [_clean(event) for event in each.events],
                "command": _clean(each.command),
                "enabled": each.enabled,
            }
            for each in place.configured(repository)
        ],
        "turnedOff": list(place.turned_off(repository)),
    }


def _hook(each: Hook) -> dict[str, Any]:
    ours = each.ours
    return {
        "type": each.type,
        "state": each.state,
        "path": _clean(each.path),
        "manager": each.manager,
        "chained": _clean(each.before),
        "version": ours.version if ours else None,
        "options": [_clean(option) for option in ours.arguments] if ours else [],
        "python": _clean(ours.python) if ours else None,
        "edited": ours.edited if ours else False,
    }


def _clean(value: object) -> str | None:
    return None if value is None else text.scalar(str(value))


def _shown(path: Path, repository: Repository) -> str:
    return str(path.relative_to(repository.root) if repository.root in path.parents else path)


def _state(each: Hook) -> str:
    edited = ", edited" if each.ours and each.ours.edited else ""
    called = f", called by {each.manager} as {each.path.name}" if each.manager else ""
    chained = f", after {each.before.name}" if each.before else ""
    before = f"; {each.before.name} is from before" if each.before else ""
    return {
        "ours": f"ours{edited}{called}{chained}",
        "managed": f"made by {each.manager}{before}",
        "foreign": f"somebody's own; install would have it run first{before}",
        "absent": f"not there{before}",
    }[each.state]
