"""The result of one pass of the model over a unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reviewer.events import Finding
from reviewer.messages import Prompt
from reviewer.types import Context, Side, Unit


@dataclass(frozen=True, slots=True)
class Replacement:
    """The model's replacement for lines near line `start`."""

    path: str
    start: int
    side: Side
    old_lines: tuple[str, ...]
    new_lines: tuple[str, ...]


@dataclass(frozen=True)
class PassResult:
    """The placed findings of one reply, with its prompt and the context in it. `replacements` are
    by id and title of the finding, since different defects of a line have one id; `lens` is "" for
    a pass without one."""

    unit: Unit
    context: Context
    prompt: Prompt
    findings: tuple[Finding, ...]
    lens: str = ""
    replacements: Mapping[tuple[str, str], Replacement] = field(default_factory=dict)
