"""The supported coding agents, as documented in November 2026; tests/doors/integrations/hosts runs
those that npm can install.

All of them read Agent Skills (a folder with a SKILL.md). Their hooks get JSON on standard input and
differ otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

NAME = (
    "gemma-reviewer"  # not "code-review": the agents have their own under such names, and those win
)


@dataclass(frozen=True, slots=True)
class Reminder:
    """The hook that runs when the agent is about to stop: an `entry` in the list `hooks.EVENT` of a
    JSON file."""

    project: str  # the file, below the top of the repository
    home: str  # the same for all projects, below the home directory
    event: str
    entry: Mapping[str, Any]
    command: str  # identifies the entry
    root: Mapping[str, Any]  # other keys that the file needs at its top level


@dataclass(frozen=True, slots=True)
class Host:
    name: str
    title: str
    project: str  # our skill file, below the top of the repository
    home: str  # the same for all projects, below the home directory
    marks: tuple[str, ...]  # files that show that a repository uses the agent
    home_marks: tuple[str, ...]
    reminder: Reminder | None
    note: str = ""  # what the user must know or do


_ENDINGS = {
    "claude": "; exit 0",
    "codex": " || exit 1",
    "gemini": "; exit 0",
}  # codex: cmd.exe knows no ";"


def _command(host: str) -> str:
    return f"reviewer integrate reminder {host}"


def _reminder(
    host: str, project: str, home: str, event: str, entry: Mapping[str, Any], **root: Any
) -> Reminder:
    return Reminder(project, home, event, entry, _command(host), root)


def _group(host: str, **more: Any) -> dict[str, Any]:
    """The format of Claude Code, which others copied: entries in groups.

    Exit code 2 means "no" to them, and to Gemini also 127. Without these endings, an agent would go
    on forever where `reviewer` is missing, or is another program or version that does not know this
    command. Each ending works in every shell that the agent uses.
    """
    return {"hooks": [{"type": "command", "command": _command(host) + _ENDINGS[host], **more}]}


def _skill(folder: str) -> str:
    return f"{folder}/skills/{NAME}/SKILL.md"


HOSTS: tuple[Host, ...] = (
    Host(
        "claude",
        "Claude Code",
        _skill(".claude"),
        _skill(".claude"),
        (".claude", "CLAUDE.md"),
        (".claude",),
        _reminder(
            "claude",
            ".claude/settings.json",
            ".claude/settings.json",
            "Stop",
            _group("claude", timeout=30),
        ),
    ),
    Host(
        "codex",
        "Codex",
        _skill(".agents"),
        _skill(".agents"),
        (".codex",),
        (".codex",),
        _reminder(
            "codex", ".codex/hooks.json", ".codex/hooks.json", "Stop", _group("codex", timeout=30)
        ),
        "Codex runs a new hook only after you trust it: type /hooks in Codex",
    ),
    Host(
        "cursor",
        "Cursor",
        _skill(".cursor"),
        _skill(".cursor"),
        (".cursor", ".cursorrules"),
        (".cursor",),
        _reminder(
            "cursor",
            ".cursor/hooks.json",
            ".cursor/hooks.json",
            "stop",
            {"command": _command("cursor"), "loop_limit": 1},
            version=1,
        ),
    ),
    Host(
        "gemini",
        "Gemini CLI",
        _skill(".gemini"),
        _skill(".gemini"),
        (".gemini", "GEMINI.md"),
        (".gemini",),
        _reminder(
            "gemini",
            ".gemini/settings.json",
            ".gemini/settings.json",
            "AfterAgent",
            _group("gemini", name=NAME, timeout=30000),
        ),
    ),
    Host(
        "copilot",
        "GitHub Copilot",
        _skill(".github"),
        _skill(".copilot"),
        (".github/copilot-instructions.md", ".github/skills", ".github/hooks"),
        (".copilot",),
        _reminder(
            "copilot",
            f".github/hooks/{NAME}.json",
            f".copilot/hooks/{NAME}.json",
            "agentStop",
            {
                "type": "command",
                "bash": _command("copilot"),
                "powershell": _command("copilot"),
                "timeoutSec": 30,
            },
            version=1,
        ),
        "Copilot runs a repository's hooks only after you trust its folder",
    ),
    Host(
        "opencode",
        "opencode",
        _skill(".opencode"),
        _skill(".config/opencode"),
        (".opencode", "opencode.json", "opencode.jsonc"),
        (".config/opencode",),
        None,
        "opencode has no command hooks, so there is no reminder",
    ),
    Host("generic", "any agent that reads AGENTS.md", "AGENTS.md", "", ("AGENTS.md",), (), None),
)
# What the reminder prints when it does not ask for a review. Some versions of Codex report a hook
# without output as broken.
SILENCE: Mapping[str, str] = {"codex": "{}"}
