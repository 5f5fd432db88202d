"""Which calls of a run think before they answer, and how much."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from reviewer.config import Settings
from reviewer.models import thoughts
from reviewer.serving import Choice

Thinking = Literal["off", "verify", "on"]
_BY_EFFORT: Mapping[str, Thinking] = {"low": "off", "medium": "verify", "high": "on"}


def mode(settings: Settings, choice: Choice) -> Thinking:
    """What is asked for, as far as the engine can do it. The smoke model never thinks."""
    if choice.role != "reviewer" or not choice.thinks:
        return "off"
    return _BY_EFFORT[settings.effort] if settings.thinking == "auto" else settings.thinking


def in_effect(settings: Settings, choice: Choice, tokens: int) -> Thinking:
    """The mode of a run whose thoughts may have so many `tokens`."""
    return mode(settings, choice) if tokens else "off"


def budget(settings: Settings, choice: Choice, left: int) -> int:
    """The tokens of one thought, when `left` are left of the context; 0 for none: the code around
    a change is worth more than a thought about it."""
    room = min(thoughts.BUDGET, left)
    return room if mode(settings, choice) != "off" and room >= thoughts.LEAST else 0


def warning(settings: Settings, choice: Choice, tokens: int) -> str:
    """Why thoughts that the user asked for are short or left out; "" when they are not."""
    if settings.thinking in ("auto", "off") or choice.role == "none" or tokens == thoughts.BUDGET:
        return ""
    asked = f"thinking {settings.thinking}"
    if mode(settings, choice) == "off":
        who = "the smoke model" if choice.role == "smoke" else f"this server ({choice.engine})"
        return f"{asked}: {who} cannot be asked to think, so it answers at once"
    room = f"the context of {choice.context_tokens:,} tokens leaves"
    if not tokens:
        return f"{asked}: {room} no room for thoughts; serve the model with a longer context"
    return f"{asked}: {room} {tokens:,} tokens for a thought instead of {thoughts.BUDGET:,}"
