"""What is sent to a model, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Prompt:
    """Two messages that begin with what many calls share, for the server's prefix cache. The first
    `shown` characters of `user` are there to be read, the rest is the task."""

    system: str
    user: str
    max_tokens: int
    shown: int = 0


@dataclass(frozen=True, slots=True)
class Usage:
    calls: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    thinking_tokens: int = 0  # of the completion; an estimate where the server counts none


@dataclass(frozen=True, slots=True)
class Reply:
    """The server's reply. `cut`: it stopped at a limit (its own or ours). `thoughts` is what the
    server took for the model's reasoning; `problem` may say in a few words why `text` is empty."""

    text: str
    cut: bool
    usage: Usage
    thoughts: str = ""
    problem: str = ""
