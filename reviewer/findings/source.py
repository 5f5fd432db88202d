"""The lines of the files on both sides of the change, read once."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from reviewer import prompt, text
from reviewer.context.symbols import symbols_of
from reviewer.findings import comments, ignores
from reviewer.findings.search import Row, Rows
from reviewer.secrets import Masks
from reviewer.types import Change, FileDiff, Hunk, Side

_Key = tuple[str, Side]


@dataclass
class Source:
    """Line number -> bytes without "\\n", from the complete file if it can be read, else from the
    hunks."""

    change: Change
    _lines: dict[_Key, Mapping[int, bytes]] = field(default_factory=dict)
    _bare: dict[_Key, Mapping[int, bytes]] = field(default_factory=dict)
    _symbols: dict[_Key, Callable[[int], str]] = field(default_factory=dict)
    _twins: dict[_Key, Mapping[tuple[bytes, str], Sequence[int]]] = field(default_factory=dict)
    _changed: dict[_Key, Sequence[int]] = field(default_factory=dict)
    _quoted: dict[_Key, str] = field(default_factory=dict)
    _rows: dict[str, Rows] = field(default_factory=dict)
    _hunk_rows: dict[tuple[str, Side, bool], Rows] = field(default_factory=dict)
    _masks: dict[str, Masks] = field(default_factory=dict)
    _files: dict[str, FileDiff] = field(init=False)

    def __post_init__(self) -> None:
        self._files = {file.path: file for file in self.change.lines}

    @cached_property
    def masks(self) -> Masks:
        """The credentials of all files of the change: what no output may show."""
        return Masks.of(_texts(self.change))

    def masks_of(self, path: str) -> Masks:
        """The credentials of one file of the new side, also outside the change."""
        if path not in self._masks:
            data = self.change.read(path, "new")
            self._masks[path] = Masks.of([text.decode(data)] if data else [])
        return self._masks[path]

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

    def symbol(self, path: str, side: Side, line: int) -> str:
        """Dotted name of the innermost function or class around a line; "" at module level or if
        unknown."""
        key = (path, side)
        if key not in self._symbols:
            data = self.content(path, side)
            self._symbols[key] = symbols_of(path, data) if data is not None else lambda line: ""
        return self._symbols[key](line)

    def twins(self, path: str, side: Side) -> Mapping[tuple[bytes, str], Sequence[int]]:
        """The numbers of equal lines, ascending, by (the line as in `bare`, its symbol)."""
        key = (path, side)
        if key not in self._twins:
            found: dict[tuple[bytes, str], list[int]] = {}
            for number, code in sorted(self.bare(path, side).items()):
                found.setdefault((code, self.symbol(path, side, number)), []).append(number)
            self._twins[key] = found
        return self._twins[key]

    def is_changed(self, path: str, side: Side, start: int, end: int) -> bool:
        """Whether the change adds (side `new`) or removes (`old`) a line from `start` to `end`."""
        key = (path, side)
        if key not in self._changed:
            file = self._files.get(path)
            kind = "added" if side == "new" else "removed"
            numbers = (
                line.new if side == "new" else line.old
                for hunk in (file.hunks if file else ())
                for line in hunk.lines
                if line.kind == kind
            )
            self._changed[key] = sorted(number for number in numbers if number is not None)
        at = bisect_left(self._changed[key], start)
        return at < len(self._changed[key]) and self._changed[key][at] <= end

    def rows(self, path: str, spans: Sequence[tuple[int, int]] = ()) -> Rows:
        """The lines of the new side, as the model would see them, for quotes to match; with
        `spans`, only those from a first to a last line."""
        if spans:
            lines = self.lines(path, "new")
            numbers = sorted({n for first, last in spans for n in range(first, last + 1)})
            return _rows(path, ((number, lines[number]) for number in numbers if number in lines))
        if path not in self._rows:
            self._rows[path] = _rows(path, self.lines(path, "new").items())
        return self._rows[path]

    def hunk_rows(self, path: str, side: Side, *, redact: Masks | None) -> Rows:
        """The lines of a file's hunks, as the model sees them, for quotes to match."""
        key = (path, side, redact is not None)
        if key not in self._hunk_rows:
            file = self._files.get(path)
            self._hunk_rows[key] = rows_of(path, file.hunks if file else (), side, redact)
        return self._hunk_rows[key]

    def as_quoted(self, path: str, side: Side, render: Callable[[Mapping[int, bytes]], str]) -> str:
        """What `render`, always the same, makes of all lines."""
        key = (path, side)
        if key not in self._quoted:
            self._quoted[key] = render(self.lines(path, side))
        return self._quoted[key]

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


def _rows(path: str, lines: Iterable[tuple[int, bytes]]) -> Rows:
    rows = (Row(prompt.shown(data), number, False) for number, data in lines)
    return Rows(rows, comments.teller(path))


def rows_of(path: str, hunks: Iterable[Hunk], side: Side, redact: Masks | None) -> Rows:
    """The lines that hunks of a file show of one side."""

    def shown() -> Iterator[Row]:
        for hunk in hunks:
            codes = prompt.shown_lines(hunk.lines, redact)
            for line, code in zip(hunk.lines, codes, strict=True):
                number = line.old if line.kind == "removed" else line.new
                if (line.kind == "removed") == (side == "old"):
                    assert number is not None, "a hunk line has a number on its own side"
                    yield Row(code, number, line.kind != "context")

    return Rows(shown(), comments.teller(path))


def _texts(change: Change) -> Iterator[str]:
    """The files of the change, whole where they can be read, and what it removes."""
    for data in change.contents():
        yield text.decode(data)
    for file in change.lines:
        for hunk in file.hunks:
            for other in ("added", "removed"):
                lines = [line.data for line in hunk.lines if line.kind != other]
                yield text.decode(b"\n".join(lines))
