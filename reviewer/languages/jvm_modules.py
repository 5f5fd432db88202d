"""Where the imports of Java, Kotlin and Scala lead in a repository: a package is a folder, whatever
source root it is in, and a class mostly a file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from reviewer.languages.base import Bound
from reviewer.languages.project_files import ProjectFiles, nearest

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_SUFFIXES = (".java", ".kt", ".scala", ".groovy")
_LINE = re.compile(r"import\s+(?:static\s+|type\s+)?([\w.$*`]{1,500})\s*(?:as\s+([\w`]{1,200}))?")
_SELECTED = re.compile(r"import\s+([\w.`]{1,500})\.\{([^{}]{1,5000})\}")
_RENAMED = re.compile(r"\s*([\w`*]{1,200})\s*(?:(?:=>|as)\s*([\w`]{1,200}))?")
_WILD = ("*", "_", "given")
# Folders that hold sources; below them, a folder is a package. Kotlin leaves out what all share, so
# there the package clause decides.
_ROOT = re.compile(r"(?:^|/)(?:java|kotlin|scala|groovy|src)/")
_ROOT_NAMES = ("java/", "kotlin/", "scala/", "groovy/", "src/")
_PACKAGE = re.compile(r"^package[ \t]+([\w.]{1,300})", re.MULTILINE)
_MAX_FILES = 500


def bound(node: SgNode) -> Iterable[Bound]:
    """A class is the module, and the name in it: `import a.b.C` means `C` of `a.b.C`."""
    text = node.text()[:6000].replace("`", "")
    if match := _SELECTED.match(text):
        yield from _selected(match[1], match[2])
    elif match := _LINE.match(text):
        yield from _one(match[1], match[2] or "")


def _one(dotted: str, name: str) -> Iterator[Bound]:
    package, _, last = dotted.strip(".").rpartition(".")
    if last in _WILD:
        yield Bound("*", package, "*")
    elif package:
        yield Bound(name or last, f"{package}.{last}", last)


def _selected(package: str, names: str) -> Iterator[Bound]:
    for item in names.split(","):
        if match := _RENAMED.match(item):
            yield from _one(f"{package}.{match[1]}", "" if match[2] == "_" else match[2] or "")


class JvmModules:
    def __init__(self, files: ProjectFiles) -> None:
        self._files = files

    def module(self, path: str, name: str, level: int) -> str | None:
        """The file of a class, of the class around a member, or the folder of a package."""
        parts = name.split(".")
        for count in (len(parts), len(parts) - 1, len(parts) - 2):
            if count < 1:
                break
            tail = "/".join(parts[:count])
            if count > 1 and (count == len(parts) or parts[count - 1][:1].isupper()):
                classes = [file for end in _SUFFIXES for file in self._ending(tail, end)]
                if found := nearest(path, classes):
                    return found
            if count > len(parts) - 2 and (folder := nearest(path, self._folders(tail))):
                return f"{folder}/"
        return None

    def within(self, module: str, part: str) -> str | None:
        return None

    def beyond(self, path: str, name: str) -> Sequence[str]:
        return ()

    def files(self, module: str) -> Sequence[str]:
        """For a folder, the sources of its package in all source roots; for a file, also what other
        platforms have in its place."""
        roots = list(_ROOT.finditer(module))
        start = roots[-1].end() if roots else 0
        if not module.endswith("/"):
            project, inside, _ = module.partition("src/")
            same = self._files.ending(module[start:]) if start and inside else []
            return [module, *(each for each in same if each != module and each.startswith(project))]
        folder = module.rstrip("/")
        tail = folder[start:]
        folders = [folder, *(each for each in self._files.ending(tail, folders=True))]
        found = [path for each in dict.fromkeys(folders) for path in self._sources(each)]
        return found[:_MAX_FILES]

    def _folders(self, tail: str) -> list[str]:
        """The folders of a package."""
        found = [each for each in self._ending(tail, "") if self._sources(each)]
        if found:
            return found
        parts = tail.split("/")
        shorter = ("/".join(("kotlin", *parts[start:])) for start in range(1, len(parts) + 1))
        for short in shorter:
            for each in self._files.ending(short, folders=True):
                if self._says(each) == tail.replace("/", "."):
                    found.append(each)
        return found

    def _says(self, folder: str) -> str:
        """The package that the first file of a folder is in."""
        first = next(iter(self._sources(folder)), "")
        match = _PACKAGE.search(self._files.text(first))
        return match[1] if match else ""

    def _ending(self, tail: str, suffix: str) -> list[str]:
        """The files or folders at the end of a path. `java.util.List` is not `util/List.java` in a
        folder called `java`, and a package of one word starts where sources do."""
        found = self._files.ending(tail + suffix, folders=not suffix)
        first = tail.partition("/")[0]
        if f"{first}/" not in _ROOT_NAMES and first != tail:
            return found
        starts = {each: each[: -len(tail + suffix)] for each in found}
        return [each for each in found if not starts[each] or starts[each].endswith(_ROOT_NAMES)]

    def _sources(self, folder: str) -> list[str]:
        paths = self._files.by_folder.get(folder, ())
        return [path for path in paths if path.endswith(_SUFFIXES)]
