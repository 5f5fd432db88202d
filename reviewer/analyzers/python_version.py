"""The Python version that the reviewed project requires, according to its pyproject.toml."""

from __future__ import annotations

import re
import tomllib

from reviewer import text
from reviewer.types import Change

NEWEST = (3, 14)  # the default: report nothing that is valid in some version
_OLDEST = (3, 7)  # known to ruff and ty
_AT_LEAST = re.compile(r"(?:>=|~=|==|\^)\s*3\.(\d+)")


def minimum(change: Change) -> tuple[int, int]:
    """The lowest version that `requires-python` of the top-level pyproject.toml allows."""
    data = change.read("pyproject.toml", "new")
    if data is None:
        return NEWEST
    try:
        project = tomllib.loads(text.decode(data)).get("project", {})
    except (ValueError, RecursionError):
        return NEWEST
    requires = project.get("requires-python") if isinstance(project, dict) else None
    lowest = _AT_LEAST.search(requires) if isinstance(requires, str) else None
    if lowest is None:
        return NEWEST
    return min(max((3, int(lowest[1][:3])), _OLDEST), NEWEST)
