"""Finds credentials in text, and takes them out of it. Placeholders, examples and references to
variables do not count. Every pattern is linear in the length of the text."""

from __future__ import annotations

import hashlib
from pathlib import Path

from reviewer.secrets import carriers, formats
from reviewer.secrets.find import find, redact
from reviewer.secrets.formats import Secret
from reviewer.secrets.marks import is_marked
from reviewer.secrets.masks import Masks

__all__ = ["GUESSED", "KINDS", "Masks", "Secret", "digest", "find", "is_marked", "mask", "redact"]

KINDS = tuple(dict.fromkeys((*carriers.KINDS, *formats.KINDS, "password")))
# Known by the name or the place of the value, not by its form: no proof in tests and documentation.
GUESSED = frozenset(KINDS) - {"private-key"} - frozenset(formats.KINDS)


def digest() -> str:
    """Identifies what this version finds: sha256 of the code and the lists."""
    total = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        total.update(path.read_bytes())
    return total.hexdigest()


def mask(value: str) -> str:
    """Just enough of a credential to recognise it: at most its first four characters, and never
    more than a fifth."""
    return value[: min(4, len(value) // 5)].replace("\n", " ") + "…"
