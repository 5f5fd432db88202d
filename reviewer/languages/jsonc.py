"""JSON with comments and trailing commas, as many configuration files have it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from reviewer.languages.manifests import from_json

# Nothing is read twice: a comment that never ends takes the rest of the file.
_COMMENT = r"/\*[^*]*+(?:\*(?!/)[^*]*+)*(?:\*/)?+"
_RELAXED = re.compile(
    rf'("(?:[^"\\\n]|\\.)*+")|//[^\n]*+|{_COMMENT}'
    rf'|(?<=[\]}}"\w\s/]),(?=(?:\s|//[^\n]*+|{_COMMENT})*+[}}\]])',
    re.DOTALL,
)
_NO_LINE_END = re.compile(r"[^\n]")


def relaxed(source: str) -> str:
    """`source` without comments and trailing commas, with the same line numbers. What is wrong
    stays wrong: a comment that never ends is kept."""

    def kept(match: re.Match[str]) -> str:
        found = match[0]
        if match[1] or (found.startswith("/*") and not (found.endswith("*/") and len(found) > 3)):
            return found
        return _NO_LINE_END.sub(" ", found)

    return _RELAXED.sub(kept, source)


def from_jsonc(text: str) -> Mapping[str, Any]:
    """The document; empty if it cannot be read."""
    return from_json(relaxed(text.removeprefix("\ufeff")))
