"""The lines of the files on both sides of the change, read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reviewer.findings import ignores
from reviewer.types import Change, FileDiff, Side


@dataclass
class Source:
    """Line number -> bytes without "\\n", from the complete file if it can be read, else from the
    hunks."""

    change: Change
    _lines: dict[tuple[str, Side], Mapping[int, bytes]] = field(default_factory=dict)
    _bare: dict[tuple[str, Side], Mapping[int, bytes]] = field(default_factory=dict)
    _files: dict[str, FileDiff] = field(init=False)

    def __post_init__(self) -> None:
        self._files = {file.path: file for file in self.change.files}

    def file(self, path: str) -> FileDiff | None:
        """The diff of a file by its path (exactly as in the change)."""
        return self._files.get(path)

    def lines(self, path: str, side: Side) -> Mapping[int, bytes]:
        """All known lines of `path` (the path after the change) on `side`."""
        key = (path, side)
        if key not in self._lines:
            self._lines[key] = self._load(path, side)
        return self._lines[key]

    def bare(self, path: str, side: Side) -> Mapping[int, bytes]:
        """`lines` without white space and without ignore comments: adding such a comment must not
        change the id of the finding."""
        key = (path, side)
        if key not in self._bare:
            self._bare[key] = {
                n: b"".join(ignores.without(line).split())
                for n, line in self.lines(path, side).items()
            }
        return self._bare[key]

    def content(self, path: str, side: Side) -> bytes | None:
        """The complete file, None when it cannot be read."""
        file = self._files.get(path)
        name = file.old_path if file and side == "old" else path
        return self.change.read(name, side) if name is not None else None

    def _load(self, path: str, side: Side) -> Mapping[int, bytes]:
        data = self.content(path, side)
        if data is not None:
            lines = data.split(b"\n")
            if not lines[-1]:
                lines.pop()
            return dict(enumerate(lines, 1))
        file = self._files.get(path)
        if file is None:
            return {}
        numbered = (
            (line.new if side == "new" else line.old, line.data)
            for h in file.hunks
            for line in h.lines
        )
        return {number: data for number, data in numbered if number is not None}
