"""Where `require` of Lua leads in a repository: dots are folders, and what is on the path is not
known."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from reviewer.languages.base import Bound
from reviewer.languages.project_files import ProjectFiles, nearest

if TYPE_CHECKING:
    from ast_grep_py import SgNode

REQUIRED = {"kind": "function_call", "regex": r"^require\b"}
_CALL = re.compile(r"require[\s(]*(?:\[\[|['\"])([\w./-]{1,300})(?:['\"]|\]\])")
_LOCAL = re.compile(r"(?:local\s+)?(\w{1,200})\s*=\s*require\b")


def bound(node: SgNode) -> Iterable[Bound]:
    match = _CALL.match(node.text()[:400])
    around = node.parent()
    around = around.parent() if around is not None else None
    said = _LOCAL.match(around.text()[:600]) if match and around is not None else None
    if match:
        yield Bound(said[1] if said else "", match[1])


class LuaModules:
    def __init__(self, files: ProjectFiles) -> None:
        self._files = files

    def module(self, path: str, name: str, level: int) -> str | None:
        plain = name.replace(".", "/")
        ends = (f"{plain}.lua", f"{plain}/init.lua")
        found = (nearest(path, self._files.ending(end)) for end in ends)
        return next((each for each in found if each), None)

    def within(self, module: str, part: str) -> str | None:
        return None

    def beyond(self, path: str, name: str) -> Sequence[str]:
        return ()

    def files(self, module: str) -> Sequence[str]:
        return (module,)
