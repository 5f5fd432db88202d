"""The Python version that the reviewed code has to run on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import PurePosixPath
from typing import Any

from reviewer import text
from reviewer.languages import from_toml, table
from reviewer.types import Change

Version = tuple[int, int]

NEWEST = (3, 15)  # the default: report nothing that is valid in some version
_OLDEST = (3, 7)  # known to ruff and ty
_AT_LEAST = re.compile(r"(?:>=|~=|===?|\^|~|>)?\s*3\.(\d{1,3})")
_HEAD = 8192  # bytes at the beginning of a script that hold its own block


def by_version(change: Change, sources: Mapping[str, bytes]) -> Mapping[Version, list[str]]:
    """The Python files by the lowest version that each must run on: what a script's own block
    (PEP 723) says, else the nearest pyproject.toml that says anything."""

    @cache
    def below(folder: PurePosixPath) -> Version:
        required = _of_project(change.read(str(folder / "pyproject.toml"), "new"))
        if required is not None:
            return required
        return NEWEST if folder == folder.parent else below(folder.parent)

    found: dict[Version, list[str]] = {}
    for path, source in sources.items():
        own = _of_script(source[:_HEAD])
        found.setdefault(own or below(PurePosixPath(path).parent), []).append(path)
    return found


def minimum(change: Change, path: str, source: bytes) -> Version:
    """The lowest version that the Python file `path` must run on."""
    (version,) = by_version(change, {path: source})
    return version


def _of_project(data: bytes | None) -> Version | None:
    if data is None:
        return None
    document = from_toml(text.decode(data))
    requires = table(document, "project").get("requires-python")
    return _lowest(requires or table(document, "tool", "poetry", "dependencies").get("python"))


def _of_script(head: bytes) -> Version | None:
    if b"# /// script" not in head:
        return None
    lines = text.decode(head).replace("\r\n", "\n").split("\n")
    if "# /// script" not in lines:
        return None
    block = []
    for line in lines[lines.index("# /// script") + 1 :]:
        if line == "# ///" or not line.startswith("#"):
            break
        block.append(line[2:])
    return _lowest(from_toml("\n".join(block)).get("requires-python"))


def _lowest(requires: Any) -> Version | None:
    """The lowest version that a specifier such as `>=3.9,<4` allows; None if it has no such
    limit."""
    lowest = [
        int(bound[1])
        for part in (requires.split(",") if isinstance(requires, str) else ())
        if (bound := _AT_LEAST.match(part.strip()))
    ]
    return min(max((3, max(lowest)), _OLDEST), NEWEST) if lowest else None
