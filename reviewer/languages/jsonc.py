"""JSON with comments and trailing commas, as in tsconfig.json."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from reviewer.languages.manifests import from_json

_STRING = r'"(?:[^"\\]|\\.)*+"?'
# An unfinished comment ends with the text, so that nothing is read twice.
_COMMENT = re.compile(rf"({_STRING})|//[^\n]*|/\*[^*]*+(?:\*(?!/)[^*]*+)*(?:\*/)?", re.DOTALL)
_COMMA = re.compile(rf"({_STRING})|,(?=\s*+[}}\]])", re.DOTALL)


def from_jsonc(text: str) -> Mapping[str, Any]:
    """The document; empty if it cannot be read."""
    plain = _COMMENT.sub(lambda match: match[1] or " ", text.removeprefix("\ufeff"))
    return from_json(_COMMA.sub(lambda match: match[1] or "", plain))
