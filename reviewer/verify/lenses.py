"""The passes over a unit, each of which looks for one kind of defect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from reviewer import resources
from reviewer.messages import Prompt

Effort = Literal["low", "medium", "high"]
# In the order in which a unit is read; the first pass has no lens, and answers the questions.
LENSES: Mapping[Effort, tuple[str, ...]] = {
    "low": ("",),
    "medium": ("", "contracts"),
    "high": ("", "contracts", "removed", "security", "tests"),
}
# How likely a finding is real before it is judged, by the number of lenses that report it. Assumed,
# not measured: agreement counts for more than a single report, but even five are no proof.
_PRIOR = (0.5, 0.65, 0.75, 0.8, 0.85)
# Each further lens multiplies the odds of the judge's confidence by this; assumed as well.
_ODDS = 1.5


def with_lens(prompt: Prompt, lens: str) -> Prompt:
    """The prompt with the lens at its very end, so that all lenses share the rest in the server's
    cache."""
    instructions = resources.text(f"prompts/review/lenses/{lens}.md").strip()
    return replace(prompt, user=f"{prompt.user}\n\n{instructions}")


def blended(confidence: float | None, lenses: int) -> float:
    """The confidence in what `lenses` of them report: the judge's, raised by agreement, or the
    prior if it gave none."""
    if confidence is None:
        return _PRIOR[min(lenses, len(_PRIOR)) - 1]
    if confidence >= 1:
        return 1.0
    odds = confidence / (1 - confidence) * _ODDS ** (lenses - 1)
    return round(odds / (1 + odds), 3)
