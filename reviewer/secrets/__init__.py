"""Finds credentials in text, and takes them out of it. Placeholders, examples and references to
variables do not count. Every pattern is linear in the length of the text."""

from __future__ import annotations

import hashlib
from pathlib import Path

from reviewer.secrets import assigned, carriers, formats
from reviewer.secrets.formats import Secret
from reviewer.secrets.marks import is_marked

__all__ = ["GUESSED", "KINDS", "Secret", "digest", "find", "is_marked", "mask", "redact"]

KINDS = tuple(dict.fromkeys((*carriers.KINDS, *formats.KINDS, "password")))
# Known by the name or the place of the value, not by its form: no proof in tests and documentation.
GUESSED = frozenset(KINDS) - {"private-key"} - frozenset(formats.KINDS)


def digest() -> str:
    """Identifies what this version finds: sha256 of the code and the lists."""
    total = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        total.update(path.read_bytes())
    return total.hexdigest()


def find(text: str) -> list[Secret]:
    """Every credential in `text`, in order, none overlapping another."""
    lowered = text.lower()
    found = [
        *formats.by_format(text, lowered),
        *carriers.by_surroundings(text, lowered),
        *assigned.by_name(text, lowered),
    ]
    found.sort(key=lambda secret: (secret.start, -secret.end))
    kept: list[Secret] = []
    for secret in found:
        if not kept or secret.start >= kept[-1].end:
            kept.append(secret)
    return kept


def redact(text: str) -> tuple[str, int]:
    """`text` with each credential replaced by `[REDACTED:kind]`, and their number. Line breaks
    stay, so line numbers do not change."""
    found = find(text)
    parts, position = [], 0
    for secret in found:
        parts += [text[position : secret.start], f"[REDACTED:{secret.kind}]"]
        parts.append("\n" * text.count("\n", secret.start, secret.end))
        position = secret.end
    return "".join([*parts, text[position:]]), len(found)


def mask(value: str) -> str:
    """Just enough of a credential to recognise it: at most its first four characters, and never
    more than a fifth."""
    return value[: min(4, len(value) // 5)].replace("\n", " ") + "…"
