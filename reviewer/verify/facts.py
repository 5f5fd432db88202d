"""Facts that code establishes about a claim."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from reviewer.context.index import Index

ClaimKind = Literal[
    "undefined", "unused", "arguments", "attribute", "await", "unreachable", "syntax"
]


@dataclass(frozen=True, slots=True)
class Fact:
    """`holds`: the checked claim is true. `line` shows it; None if there is nothing to show."""

    holds: bool
    why: str
    line: int | None


DecidedClaim = tuple[ClaimKind, Fact, str]  # kind, fact, file of the fact's line


class Decider(Protocol):
    """Decides the claim that a finding makes in its title, or in the first sentence of its comment,
    about `lines` (first, last) of a file. None if it makes no checkable claim, or if the claim is
    in doubt."""

    def __call__(
        self,
        title: str,
        sentence: str,
        path: str,
        data: bytes,
        lines: tuple[int, int],
        index: Index,
    ) -> DecidedClaim | None: ...
