"""Masks secrets in a question and, consistently, in its answer."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from reviewer import secrets, text

# The line number that a prompt puts before a line of a change: inside a secret of several lines, or
# before one at the start of a line.
_NUMBER = re.compile(r"(?m)^ *\d+(?: [ +-](?: |$)|$)")
_LEAST = 6  # shortest part of a secret, in characters, that is masked in the answer


@dataclass
class Redactor:
    """One per row, since the answer may quote one line of a secret that is recognised only as a
    whole. With `on` False nothing is masked. Control tokens of the chat template are defused in any
    case, as in prompts."""

    on: bool = True
    count: int = 0
    _masks: dict[str, str] = field(default_factory=dict)  # part of a secret -> what stands for it

    def prompt(self, said: str) -> str:
        said = text.scalar(said)
        if not self.on:
            return said
        numbers = [found[0] if (found := _NUMBER.match(line)) else "" for line in said.split("\n")]
        bare = _NUMBER.sub("", said)
        for secret in secrets.find(bare):
            for part in bare[secret.start : secret.end].split("\n"):
                if len(part.strip()) >= _LEAST:
                    self._masks[part.strip()] = f"[REDACTED:{secret.kind}]"
        masked, count = secrets.redact(bare)
        self.count += count
        return "\n".join(map("".join, zip(numbers, masked.split("\n"), strict=True)))

    def reply(self, value: Any) -> Any:
        """A JSON value with every string masked."""
        if isinstance(value, dict):
            return {key: self.reply(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self.reply(each) for each in value]
        return self._string(value) if isinstance(value, str) else value

    def _string(self, said: str) -> str:
        said = text.neutral(text.scalar(said))
        if not self.on:
            return said
        for part in sorted(self._masks, key=len, reverse=True):
            said = said.replace(part, self._masks[part])
        return secrets.redact(said)[0]
