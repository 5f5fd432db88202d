"""Where `require` and `require_relative` of Ruby lead in a repository. What is on the load path is
not known: `lib`, and the folders of tests."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from reviewer.languages.base import Bound
from reviewer.languages.project_files import ProjectFiles, above, folder_of, join_path

if TYPE_CHECKING:
    from ast_grep_py import SgNode

REQUIRED = {"kind": "call", "regex": r"^(?:require|require_relative|load|autoload)\b"}
_CALL = re.compile(
    r"(\w+)[\s(]+(?::(\w{1,200})\s*,\s*)?(File\.(?:join|expand_path)\()?[^'\"]{0,100}?"
    r"['\"]([^'\"#]{1,300})['\"]"
)
_PLACES = ("lib", "", "app", "spec", "test", "ext")


def bound(node: SgNode) -> Iterable[Bound]:
    match = _CALL.match(node.text()[:600])
    if match and not match[3]:
        name = match[2] or "*"
        yield Bound(name, match[4], name, 1 if match[1] == "require_relative" else 0)


class RubyModules:
    def __init__(self, files: ProjectFiles) -> None:
        self._files = files

    def module(self, path: str, name: str, level: int) -> str | None:
        plain = name if name.endswith(".rb") else f"{name}.rb"
        if level or plain.startswith("."):
            found = join_path(folder_of(path), plain)
            return found if found in self._files else None
        for folder in above(path):
            for place in _PLACES:
                found = join_path(join_path(folder, place), plain)
                if found in self._files:
                    return found
        ends = self._files.ending(f"lib/{plain}")
        return ends[0] if len(ends) == 1 else None

    def within(self, module: str, part: str) -> str | None:
        return None

    def beyond(self, path: str, name: str) -> Sequence[str]:
        return ()

    def files(self, module: str) -> Sequence[str]:
        return (module,)
