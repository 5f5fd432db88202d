"""Finds every credential in a text, and takes them out of it."""

from __future__ import annotations

from reviewer.secrets import assigned, carriers, formats, positions
from reviewer.secrets.formats import Secret


def find(text: str) -> list[Secret]:
    """Every credential in `text`, in order, none overlapping another."""
    lowered = text.lower()
    found = [
        *formats.by_format(text, lowered),
        *carriers.by_surroundings(text, lowered),
        *positions.by_position(text, lowered),
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
