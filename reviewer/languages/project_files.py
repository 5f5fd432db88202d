"""The files of a repository by name and by folder, and the text of its manifests: what is needed to
follow imports among them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property

from reviewer.text import decode

Read = Callable[[str], bytes | None]
_ASIDE = re.compile(r"(?:^|[/.])(?:tests?|bench\w*|samples?|examples?|mocks?)[/.]", re.IGNORECASE)
_MAX_MANIFESTS = 500
_MAX_BYTES = 1 << 19  # of one manifest
_MAX_TOTAL = 8 << 20


def _nothing(path: str) -> bytes | None:
    return None


class ProjectFiles:
    """`names` are paths from the top of the repository. `read` gives the content of one of them, or
    None."""

    def __init__(self, names: Iterable[str], read: Read = _nothing) -> None:
        self.names = frozenset(names)
        self._read = read
        self._texts: dict[str, str] = {}
        self._total = 0

    def __contains__(self, path: str) -> bool:
        return path in self.names

    def text(self, path: str) -> str:
        """The text of a manifest; "" if it is missing, too large, or one too many."""
        if path not in self._texts:
            full = len(self._texts) >= _MAX_MANIFESTS or self._total >= _MAX_TOTAL
            data = self._read(path) if path in self.names and not full else None
            if path not in self.names or full:
                return ""
            text = decode(data) if data and len(data) <= _MAX_BYTES else ""
            self._texts[path] = text.removeprefix("\ufeff")
            self._total += len(self._texts[path])
        return self._texts[path]

    @cached_property
    def ordered(self) -> Sequence[str]:
        return sorted(self.names)

    @cached_property
    def by_name(self) -> Mapping[str, Sequence[str]]:
        """Paths by the name of the file, without its folders."""
        found: dict[str, list[str]] = defaultdict(list)
        for path in self.ordered:
            found[path.rpartition("/")[2]].append(path)
        return dict(found)

    @cached_property
    def by_folder(self) -> Mapping[str, Sequence[str]]:
        """The files directly in each folder that has any; "" is the top."""
        found: dict[str, list[str]] = defaultdict(list)
        for path in self.ordered:
            found[path.rpartition("/")[0]].append(path)
        return dict(found)

    @cached_property
    def folders(self) -> Mapping[str, Sequence[str]]:
        """Folders, also those with nothing but folders in them, by their last name."""
        seen: set[str] = set()
        for folder in self.by_folder:
            while folder and folder not in seen:
                seen.add(folder)
                folder = folder.rpartition("/")[0]
        found: dict[str, list[str]] = defaultdict(list)
        for folder in sorted(seen):
            found[folder.rpartition("/")[2]].append(folder)
        return dict(found)

    def below(self, folder: str) -> Sequence[str]:
        """All files in a folder and in the folders below it."""
        start = f"{folder}/" if folder else ""
        first = bisect_left(self.ordered, start)
        return self.ordered[first : bisect_left(self.ordered, start + "\U0010ffff", lo=first)]

    def ending(self, tail: str, *, folders: bool = False) -> list[str]:
        """The files (or `folders`) whose path is `tail`, or ends with it after a `/`."""
        known = self.folders if folders else self.by_name
        return [
            path
            for path in known.get(tail.rpartition("/")[2], ())
            if path == tail or path.endswith("/" + tail)
        ]


def folder_of(path: str) -> str:
    return path.rpartition("/")[0]


def above(path: str) -> list[str]:
    """The folders around a file, the innermost first; the last one is "", the top."""
    folders = []
    while path:
        path = folder_of(path)
        folders.append(path)
    return folders


def join_path(folder: str, name: str) -> str:
    """`name` as seen from `folder`, without `.` and `..`; "" if that leaves the repository."""
    parts = folder.split("/") if folder else []
    for part in name.split("/"):
        if part == "..":
            if not parts:
                return ""
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def nearest(path: str, found: Iterable[str]) -> str | None:
    """The path that shares the most folders with the file `path`. Of several the one that is
    neither a test nor an example, then the shortest."""
    own = path.split("/")

    def apart(other: str) -> tuple[int, bool, int, str]:
        parts, common = other.split("/"), 0
        for left, right in zip(own, parts, strict=False):
            if left != right:
                break
            common += 1
        return -common, bool(_ASIDE.search(other)), len(parts), other

    return min(found, key=apart, default=None)
