"""What `reviewer hook` prints about the hooks of a repository, as text and as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from reviewer import text
from reviewer.doors.hooks import HOOK_TYPES, place
from reviewer.doors.hooks.install import HookChange
from reviewer.doors.hooks.place import HookState
from reviewer.workspace import Repository


def lines(repository: Repository) -> list[str]:
    """The hooks, their other managers, and how to run ours from those. Not yet sanitised."""
    where = place.hooks_directory(repository)
    out = [
        f"directory    {where.directory}"
        + (f"  (core.hooksPath, {where.scope})" if where.scope else "")
    ]
    for each in (place.inspect(where, kind) for kind in HOOK_TYPES):
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
    """Other tools that run or replace hooks in this repository."""
    out = []
    for each in place.configured(repository):
        events = ", ".join(each.events) or "no event"
        out.append(
            f"also         git itself runs hook.{each.name}"
            f" ({events}{'' if each.enabled else ', disabled'})"
        )
    out += [
        f"also         git's configuration disables hooks: hook.{kind}.enabled"
        for kind in place.turned_off(repository)
    ]
    for name in place.managers(repository):
        out.append(
            f"also         this repository uses {name}; to run our hook from it:"
            f" {place.advice(name, 'pre-push')}"
        )
    return out


def change_lines(change: HookChange, repository: Repository) -> list[str]:
    """The result of an installation or removal. Not yet sanitised."""
    name = _shown(change.path, repository)
    out = [
        {
            "installed": f"installed {name}",
            "updated": f"updated {name}",
            "unchanged": f"{name} is already installed with these options",
            "removed": f"removed {name}",
            "restored": (f"removed our {change.type} hook; restored the earlier {name}"),
            "absent": (
                f"no {change.type} hook of ours in {_shown(change.path.parent, repository)}"
            ),
        }[change.outcome]
    ]
    if change.chained:
        first = _shown(change.chained, repository)
        if change.outcome in ("removed", "absent"):
            out.append(f"  {first} is the earlier hook: move it where you want it")
        else:
            out.append(f"  the earlier hook runs first, from {first}")
    if change.kept:
        out.append(f"  it was edited; your version is kept in {_shown(change.kept, repository)}")
    in_worktree = (
        repository.root in change.path.parents and repository.common_dir not in change.path.parents
    )
    if in_worktree and change.outcome in ("installed", "updated"):
        out.append("  it is in your worktree and contains a path of this machine: do not commit it")
    return out


def as_json(repository: Repository) -> dict[str, Any]:
    where = place.hooks_directory(repository)
    return {
        "directory": _clean(where.directory),
        "hooksPath": {"scope": where.scope, "value": _clean(where.value)} if where.scope else None,
        "problem": where.problem or None,
        "hooks": [_hook(place.inspect(where, kind)) for kind in HOOK_TYPES],
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


def _hook(each: HookState) -> dict[str, Any]:
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


def _state(each: HookState) -> str:
    edited = ", edited" if each.ours and each.ours.edited else ""
    called = f", called by {each.manager} as {each.path.name}" if each.manager else ""
    chained = f", after {each.before.name}" if each.before else ""
    before = f"; {each.before.name} is the earlier hook" if each.before else ""
    return {
        "ours": f"ours{edited}{called}{chained}",
        "managed": f"managed by {each.manager}{before}",
        "foreign": f"not ours; install keeps it and runs it first{before}",
        "absent": f"not installed{before}",
    }[each.state]
