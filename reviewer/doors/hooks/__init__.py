"""Git hooks: review what is pushed or committed, and decide whether git may go on.

push      which commits a push brings, from git's lines on standard input
gate      one review after the other under a policy, and the hook's exit code
report    the hook's output, in as few lines as possible
script    the hook file: written, recognised, read back
place     where git looks for hooks, and which other tools manage them
install   installs and removes the hook, and keeps the one that was there before
status    the hooks of a repository, as text and as JSON
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from reviewer.types import Scope, Severity

HookType = Literal["pre-push", "pre-commit"]
HOOK_TYPES: tuple[HookType, ...] = get_args(HookType)
OnServerDown = Literal["block", "warn", "skip"]
ON_SERVER_DOWN: tuple[OnServerDown, ...] = get_args(OnServerDown)


@dataclass(frozen=True, slots=True)
class Policy:
    """Options of `hook install` and `hook run`. None: the settings decide, else the defaults of
    `gate`."""

    fail_on: Severity | None = None
    on_server_down: OnServerDown = "warn"
    timeout: float | None = None  # seconds for everything together
    model: bool = True


@dataclass(frozen=True, slots=True)
class Subject:
    name: str  # the branch or tag; "" for a commit
    scope: Scope
    see: str  # the command that shows the details
    problem: str = ""  # why it cannot be reviewed
