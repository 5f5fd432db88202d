"""What runs when a coding agent wants to stop: it asks for a review once, if code was edited and
not reviewed since.

No model is asked and nothing is reviewed: the change is taken as a review would take it, and the
memory knows which states of the worktree a run has looked at. Whatever is doubtful is no reason to
keep an agent from stopping.
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

SECONDS = 8.0  # for git; the hooks are given 30 by the entries that are installed
MAX_BYTES = 4 << 20  # of what the agent says; it may hold the whole last answer
# The files that hold our hooks are no code: else the first thing asked for is a review of the
# installation itself.
_SETTINGS = {host.reminder.project for host in HOSTS if host.reminder}


def answer(host: str, said: bytes, environ: Mapping[str, str], directory: Path) -> str:
    """What to print for the agent `host`, which has `said` its JSON; "" lets it stop. `directory`
    is where the hook runs, for agents that do not name theirs."""
    given = _parsed(said)
    if given is None or not _may_ask(host, given):
        return ""
    if not _unreviewed(_directory(given, directory), environ):
        return ""
    text = resources.text("prompts/integrations/reminder.md").strip()
    if host == "cursor":
        return json.dumps({"followup_message": text})
    return json.dumps({"decision": "deny" if host == "gemini" else "block", "reason": text})


def _parsed(said: bytes) -> Mapping[str, Any] | None:
    if len(said) > MAX_BYTES:
        return None
    try:
        given = json.loads(said)
    except (ValueError, RecursionError):
        return None
    return given if isinstance(given, dict) else None


def _may_ask(host: str, given: Mapping[str, Any]) -> bool:
    """Not when the agent goes on only because a hook has asked it to, and not when it was
    interrupted."""
    if host == "cursor":
        return given.get("status", "completed") == "completed" and not given.get("loop_count")
    return host in ("claude", "codex", "gemini", "copilot") and not given.get("stop_hook_active")


def _directory(given: Mapping[str, Any], directory: Path) -> Path:
    roots = given.get("workspace_roots")
    named = given.get("cwd") or (roots[0] if isinstance(roots, list) and roots else None)
    return Path(named) if isinstance(named, str) and "\0" not in named else directory


def _unreviewed(directory: Path, environ: Mapping[str, str]) -> bool:
    """Whether there is edited code in a state that no run has looked at and that was not reminded
    of before."""
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
        # Where nothing can be remembered, nothing would end the reminding.
        memory.mark_seen(store, change, "reminded")
        return memory.is_seen(store, change, "reminded")


def _is_code(path: str) -> bool:
    known = languages.language_of(path)
    return path not in _SETTINGS and known is not None and known.kind != "prose"
