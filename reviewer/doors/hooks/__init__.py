"""The git-hook door: what is being pushed or committed is reviewed before it is, and a gate
decides.

push      which commits a push brings, from what git says on standard input
gate      one review after the other under a policy, and the exit code that git sees
report    what the hook says, in as few lines as possible
script    the hook file: written, recognised, read back
place     where git looks for hooks here, and who else manages them
install   put the hook there and take it away again, with the one that was there before
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
    """What `hook install` or `hook run` was given. None: what the settings say, else the
    defaults of `gate`."""

    fail_on: Severity | None = None
    on_server_down: OnServerDown = "warn"
    timeout: float | None = None  # seconds for everything together
    model: bool = True


@dataclass(frozen=True, slots=True)
class Subject:
    name: str  # the branch; "" for a commit
    scope: Scope
    see: str  # the command that shows more
