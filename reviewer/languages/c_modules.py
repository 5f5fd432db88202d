"""Where the includes of C and C++ lead in a repository. The include path is not known: a folder
above, one called `include` or `src`, or the only file whose path ends like the name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from reviewer.languages.base import Bound
from reviewer.languages.project_files import ProjectFiles, above, folder_of, join_path

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_INCLUDE = re.compile(
    r"#\s*(?:include(?:_next)?|import)\s*(?:\"([^\"\n]{1,300})\"|(<[^>\n]{1,300}>))"
)
_COPIED = re.compile(r"(?:.*/)?(?:deps|vendor|third_party|thirdparty|external|contrib)/[^/]+/")
_PLACES = ("", "include", "src", "lib", "inc")


def bound(node: SgNode) -> Iterable[Bound]:
    """The module of `<a.h>` keeps its brackets."""
    match = _INCLUDE.match(node.text()[:400])
    if match:
        yield Bound("*", match[1] or match[2], "*")


class CModules:
    def __init__(self, files: ProjectFiles) -> None:
        self._files = files

    def module(self, path: str, name: str, level: int) -> str | None:
        system = name.startswith("<")
        plain = name.strip("<>")
        near = join_path(folder_of(path), plain)
        if not system and near in self._files:
            return near
        for folder in above(path):
            for place in _PLACES:
                found = join_path(join_path(folder, place), plain)
                # `<string.h>` is not the file of that name in this folder.
                if found in self._files and (not system or "/" in plain or place[:3] == "inc"):
                    return found
        return None if system and "/" not in plain else self._only(path, plain)

    def _only(self, path: str, plain: str) -> str | None:
        """The only file that the name can mean. What stands below `include` is named from there,
        copies of other projects come last, and what is in a deeper folder is chosen by platform."""
        own, copies = list[str](), list[str]()
        for each in self._files.ending(join_path("", plain.replace("../", ""))):
            if "include/" not in each or each.rpartition("include/")[2] == plain:
                copy = _COPIED.match(each)
                (copies if copy and not path.startswith(copy[0]) else own).append(each)
        found = sorted(own or copies, key=len)
        first = found[0].removesuffix(plain) if found else ""
        alone = all(each.startswith(first) for each in found) if first else len(found) == 1
        return found[0] if alone else None

    def within(self, module: str, part: str) -> str | None:
        return None

    def beyond(self, path: str, name: str) -> Sequence[str]:
        return ()

    def files(self, module: str) -> Sequence[str]:
        return (module,)
