"""What code has found out about a claim."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from reviewer.context.index import Index

Kind = Literal["undefined", "unused", "arguments", "attribute", "await", "unreachable", "syntax"]


@dataclass(frozen=True, slots=True)
class Fact:
    """`holds`: the claim that was looked at is true. `line` is what shows it, None where there is
    nothing to show."""

    holds: bool
    why: str
    line: int | None


Looked = tuple[Kind, Fact, str]  # and the file that the fact's line is in


class Decide(Protocol):
    """Decides about the claim that a finding makes in its title, or in the first sentence of its
    comment, on `lines` (the first and the last) of a file. None when it makes no claim that can be
    checked, or a doubtful one."""

    def __call__(
        self,
        title: str,
        sentence: str,
        path: str,
        data: bytes,
        lines: tuple[int, int],
        index: Index,
    ) -> Looked | None: ...
