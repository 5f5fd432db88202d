"""What one pass of the model over a unit has found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reviewer.events import Finding
from reviewer.types import Context, Prompt, Side, Unit


@dataclass(frozen=True, slots=True)
class Replacement:
    """Lines that the model would put in the place of others, near line `start`."""

    path: str
    start: int
    side: Side
    old_lines: tuple[str, ...]
    new_lines: tuple[str, ...]


@dataclass(frozen=True)
class PassResult:
    """The findings of one reply, placed, with the prompt that it answered and the context that was
    in it. `replacements` are by finding id; `lens` is "" for a pass without one."""

    unit: Unit
    context: Context
    prompt: Prompt
    findings: tuple[Finding, ...]
    lens: str = ""
    replacements: Mapping[str, Replacement] = field(default_factory=dict)
