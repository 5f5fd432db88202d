"""Comments by which people tell scanners that a value is no credential."""

from __future__ import annotations

import re

_THIS = re.compile(
    r"(?i)(?:gitleaks|betterleaks):\s?allow|trufflehog:\s?ignore|kingfisher:\s?(?:ignore|allow)|\bggignore\b(?!-)"
    r"|pragma:\s?(?:allow|white)list[ -]secret|secretlint-disable-line|checkov:skip=CKV_SECRET"
    r"|\bnosec\b|noqa:[^\n]{0,80}\bS10[4-7]\b|\bnosemgrep\b|\bNOSONAR\b"
)
_NEXT = re.compile(
    r"(?i)pragma:\s?(?:allow|white)list[ -]next-?line[ -]secret|secretlint-disable-next-line"
)


def is_marked(line: str, before: str = "") -> bool:
    """Whether a comment on the line, or on the one before it, says that its value is none."""
    return _THIS.search(line) is not None or _NEXT.search(before) is not None
