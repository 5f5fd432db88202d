"""The credentials of a run, known from whole files: they are masked wherever they turn up again,
also bare, line by line, or encoded."""

from __future__ import annotations

import base64
import re
import urllib.parse
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from reviewer.secrets.find import find, redact

_HEAD = 6  # characters by which a value is looked up; no shorter one is kept
_SHORT = 200  # characters of values whose encoded forms are known, too
_LINE_BREAK = re.compile(r"\\[rn]|[\r\n]+")
_ARMOUR = re.compile(r"^[\s\"'+,>|#*]+|[\s\"'+,>|#*]+$")


@dataclass(frozen=True)
class Masks:
    """What must not be shown. Without values, only what is recognised by itself is masked."""

    kinds: Mapping[str, str] = field(default_factory=dict, repr=False)  # by value
    # Values by their first characters, longest first.
    _by_head: Mapping[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        heads: dict[str, list[str]] = {}
        for value in sorted(self.kinds, key=lambda one: (-len(one), one)):
            heads.setdefault(value[:_HEAD], []).append(value)
        frozen = MappingProxyType({head: tuple(values) for head, values in heads.items()})
        object.__setattr__(self, "_by_head", frozen)

    @classmethod
    def of(cls, texts: Iterable[str]) -> Masks:
        """The credentials in these texts, which should be whole files."""
        kinds: dict[str, str] = {}
        for text in texts:
            for secret in find(text):
                for value in _forms(text[secret.start : secret.end]):
                    kinds.setdefault(value, secret.kind)
        return cls(MappingProxyType(kinds))

    def hide(self, text: str) -> str:
        """`text` with `[REDACTED:kind]` for each credential. Line breaks stay."""
        masked = redact(text)[0]
        if not self.kinds:
            return masked
        parts, at, done = [], 0, 0
        heads, last = self._by_head, len(masked) - _HEAD
        while at <= last:
            values = heads.get(masked[at : at + _HEAD], ())
            value = next((one for one in values if masked.startswith(one, at)), None)
            if value is None:
                at += 1
                continue
            parts += [masked[done:at], f"[REDACTED:{self.kinds[value]}]"]
            at = done = at + len(value)
        return "".join([*parts, masked[done:]]) if parts else masked

    def shows(self, text: str) -> bool:
        """Whether a credential is in `text`."""
        return self.hide(text) != text


def _forms(value: str) -> Iterable[str]:
    """The lines of a value, and how else it may be written."""
    lines = [_ARMOUR.sub("", line) for line in _LINE_BREAK.split(value)]
    for line in lines:
        if len(line) >= _HEAD and not line.startswith("-----"):
            yield line
    if len(lines) == 1 and _HEAD <= len(value) <= _SHORT:
        encoded = base64.b64encode(value.encode("utf-8", "surrogatepass")).decode("ascii")
        yield encoded
        yield encoded.rstrip("=")
        yield urllib.parse.quote(value.encode("utf-8", "surrogatepass"), safe="")
        yield value.replace("\\", "\\\\").replace('"', '\\"')
