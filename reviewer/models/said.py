"""Gathers one reply from the events of its stream."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from reviewer import text as safe
from reviewer.messages import Reply, Usage
from reviewer.models.dialects.base import Delta

_END_OF_TURN = ("<turn|>", "<end_of_turn>")
# The model came to an end; anything else is a limit, a filter, or an abort.
_ENDED = frozenset(
    ("stop", "tool_calls", "function_call", "eos", "eos_token", "stop_sequence", "end_turn")
)


@dataclass
class Said:
    """`finish` is the server's reason for ending, None until it gives one. `thinking`: the model
    was asked to think before it answers."""

    thinking: bool = False
    finish: str | None = None
    _usage: Usage | None = None
    _text: list[str] = field(default_factory=list)
    _thoughts: list[str] = field(default_factory=list)
    _arguments: list[str] = field(default_factory=list)
    _refusal: list[str] = field(default_factory=list)
    _calls: int = 0  # the highest number of a tool's call

    def add(self, delta: Delta) -> None:
        self._usage = delta.usage or self._usage
        self.finish = delta.finish or self.finish
        if self.thinking and delta.thought:
            # Words before a thought are no answer, and escape the grammar (vllm#50938).
            self._text.clear()
        self._text.append(delta.text)
        self._thoughts.append(delta.thought)
        self._arguments.append(delta.arguments)
        self._refusal.append(delta.refusal)
        self._calls = max(self._calls, delta.call)

    def reply(self, max_tokens: int) -> Reply:
        """The text, or without one the arguments of the only call; and the thoughts."""
        text = "".join(self._text).rstrip()
        while text.endswith(_END_OF_TURN):
            text = text.removesuffix(_END_OF_TURN[0]).removesuffix(_END_OF_TURN[1]).rstrip()
        if not text.strip() and self._calls == 0:
            text = "".join(self._arguments).rstrip()
        cut = self.finish not in _ENDED
        thoughts = "".join(self._thoughts).strip()
        usage = _counted(self._usage or Usage(calls=1), text, thoughts)
        if text.strip():
            return Reply(text, cut, usage, thoughts)
        return Reply("", cut, usage, thoughts, self._problem(thoughts, max_tokens))

    def _problem(self, thoughts: str, max_tokens: int) -> str:
        used = (self._usage.completion_tokens if self._usage else 0) or max_tokens
        if refusal := "".join(self._refusal).strip():
            return f"the model refuses: {safe.one_line(safe.cut(refusal, 100))}"
        if self.finish == "content_filter":
            return "the server's content filter stopped the reply"
        if thoughts and self.finish in ("length", "loop"):
            return f"the thinking used all {used:,} tokens"
        return "the reply calls several tools" if self._calls else ""


def _counted(usage: Usage, text: str, thoughts: str) -> Usage:
    """With the tokens of the thoughts: the server's count, else their share of the characters."""
    if usage.thinking_tokens or not thoughts:
        return usage
    share = len(thoughts) / (len(thoughts) + len(text))
    return replace(usage, thinking_tokens=round(usage.completion_tokens * share))
