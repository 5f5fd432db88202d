"""Runs when a coding agent is about to stop: asks once for a review if code was edited and not
reviewed since.

It calls no model and reviews nothing: it collects the change as a review would, and the memory
knows which states of the worktree were reviewed. When in doubt, it lets the agent stop.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reviewer import languages, memory, resources, workspace
from reviewer.doors.integrations.hosts import HOSTS
from reviewer.errors import ReviewerError
from reviewer.types import Scope

SECONDS = 8.0  # for git; the installed entries give the hook 30
MAX_BYTES = 4 << 20  # of the agent's JSON; it may hold the complete last answer
# The files that hold our hooks do not count as code: else the first reminder would ask for a review
# of the installation itself.
_SETTINGS = {host.reminder.project for host in HOSTS if host.reminder}


def answer(host: str, data: bytes, environ: Mapping[str, str], directory: Path) -> str:
    """The output for the agent `host`, given its JSON in `data`; "" lets it stop. `directory` is
    where the hook runs, for agents that do not name theirs."""
    given = _parsed(data)
    if given is None or not _may_ask(host, given):
        return ""
    if not _unreviewed(_directory(given, directory), environ):
        return ""
    text = resources.text("prompts/integrations/reminder.md").strip()
    if host == "cursor":
        return json.dumps({"followup_message": text})
    return json.dumps({"decision": "deny" if host == "gemini" else "block", "reason": text})


def _parsed(data: bytes) -> Mapping[str, Any] | None:
    if len(data) > MAX_BYTES:
        return None
    try:
        given = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return given if isinstance(given, dict) else None


def _may_ask(host: str, given: Mapping[str, Any]) -> bool:
    """False when the agent is continuing because a hook asked it to, and when it was
    interrupted."""
    if host == "cursor":
        return given.get("status", "completed") == "completed" and not given.get("loop_count")
    return host in ("claude", "codex", "gemini", "copilot") and not given.get("stop_hook_active")


def _directory(given: Mapping[str, Any], directory: Path) -> Path:
    roots = given.get("workspace_roots")
    named = given.get("cwd") or (roots[0] if isinstance(roots, list) and roots else None)
    return Path(named) if isinstance(named, str) and "\0" not in named else directory


def _unreviewed(directory: Path, environ: Mapping[str, str]) -> bool:
    """Whether there is edited code in a state that was not reviewed and not reminded of before."""
    try:
        repository = workspace.open_repository(directory, timeout=SECONDS)
        scope = Scope("uncommitted")
        base = workspace.resolve(repository, scope)
        change = workspace.collect(repository, base, scope, workspace.Limits(timeout=SECONDS))
    except ReviewerError:
        return False
    if not change.tree or not any(_is_code(file.path) for file in change.files):
        return False
    with memory.open_store(environ, busy=1.0) as store:
        if memory.is_seen(store, change, "reviewed") or memory.is_seen(store, change, "reminded"):
            return False
        # Without a working memory, the reminders would never end.
        memory.mark_seen(store, change, "reminded")
        return memory.is_seen(store, change, "reminded")


def _is_code(path: str) -> bool:
    known = languages.language_of(path)
    return path not in _SETTINGS and known is not None and known.kind != "prose"
