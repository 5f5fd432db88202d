"""Unified diffs: writes them as git does, reads them strictly, and joins them into one."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from reviewer import diff
from reviewer.diff import blob_id
from reviewer.errors import GitFailed
from reviewer.fixes.lines import Splice, compare, split, touch
from reviewer.types import FileDiff, Hunk

CONTEXT = 3  # unchanged lines around a change
_ESCAPES = {
    7: "\\a",
    8: "\\b",
    9: "\\t",
    10: "\\n",
    11: "\\v",
    12: "\\f",
    13: "\\r",
    34: '\\"',
    92: "\\\\",
}
_NO_NEWLINE = b"\n\\ No newline at end of file\n"
_REGULAR = ("100644", "100755")
_Row = tuple[bytes, bytes]  # the mark (" ", "-" or "+") and the line with its "\n"


def write(files: Iterable[tuple[str, bytes, bytes]]) -> bytes:
    """One patch for `git apply` from (path, old content, new content). The index lines carry full
    blob ids, so that a reader can tell whether a file has changed since."""
    parts = []
    for path, old, new in files:
        ids = f"index {blob_id(old)}..{blob_id(new)}\n".encode()
        parts += [_head(path, ids), *_hunks(split(old), compare(old, new))]
    return b"".join(parts)


def read(patch: bytes) -> tuple[tuple[FileDiff, ...], str | None]:
    """The files of a patch, or why it is not acceptable: a fix only changes lines of existing
    regular files."""
    try:
        sections = diff.sections(patch)
    except GitFailed as exc:
        return (), exc.message
    files = tuple(section.file for section in sections)
    if not files:
        return (), "the patch is empty"
    if len({file.path for file in files}) < len(files):
        return (), "the patch names a file twice"
    for section in sections:
        file = section.file
        if file.status != "modified" or file.old_path != file.path:
            status = "renamed" if file.status == "modified" else file.status
            return (
                (),
                f"it would make {file.path} {status}; a fix only changes lines of existing files",
            )
        if file.old_mode != file.new_mode:
            return (), f"it would change the mode of {file.path}"
        if file.new_mode not in _REGULAR:
            return (), f"{file.path} is a link or a submodule"
        if section.binary or not file.hunks:
            return (), f"it does not say which lines of {file.path} change"
    return files, None


def old_lines(hunk: Hunk) -> list[bytes]:
    """The lines that the hunk expects, with their line ends."""
    return [line.data + b"\n" * line.newline for line in hunk.lines if line.kind != "added"]


def new_lines(hunk: Hunk) -> list[bytes]:
    """The lines that it leaves behind."""
    return [line.data + b"\n" * line.newline for line in hunk.lines if line.kind != "removed"]


def start(hunk: Hunk) -> int:
    """The 0-based index at which the hunk's old lines stand."""
    return hunk.old_start - (hunk.old_count > 0)


def splices(file: FileDiff) -> tuple[Splice, ...]:
    """What the hunks change, by their own line numbers."""
    found: list[Splice] = []
    for hunk in file.hunks:
        at = begin = start(hunk)
        added: list[bytes] = []
        for line in hunk.lines:
            if line.kind == "context":
                if added or at > begin:
                    found.append(Splice(begin, at, tuple(added)))
                at += 1
                begin, added = at, []
            elif line.kind == "removed":
                at += 1
            else:
                added.append(line.data + b"\n" * line.newline)
        if added or at > begin:
            found.append(Splice(begin, at, tuple(added)))
    return tuple(found)


@dataclass
class _Known:
    """What the accepted patches tell about one file."""

    lines: dict[int, bytes] = field(
        default_factory=dict
    )  # old content by 0-based index, as far as it is shown
    splices: list[Splice] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)


def join(patches: Sequence[bytes]) -> tuple[bytes, list[int]]:
    """One patch of all compatible ones, in the order given, and the indices of the others: those
    that overlap or adjoin an earlier one, were made for another state of a file, or cannot be
    read."""
    known: dict[str, _Known] = {}
    left_out = []
    for index, patch in enumerate(patches):
        files, problem = read(patch)
        if problem or not all(_fits(file, known.get(file.path, _Known())) for file in files):
            left_out.append(index)
            continue
        for file in files:
            entry = known.setdefault(file.path, _Known())
            entry.lines |= _shown(file)
            entry.splices += [splice for splice in splices(file) if splice not in entry.splices]
            entry.ids |= {file.old_id} if file.old_id else set()
    parts = [part for path in sorted(known, key=os.fsencode) for part in _joined(path, known[path])]
    return b"".join(parts), left_out


def _fits(file: FileDiff, known: _Known) -> bool:
    shown = _shown(file)
    if any(known.lines.get(at, line) != line for at, line in shown.items()):
        return False
    if file.old_id and known.ids - {file.old_id}:
        return False
    return not touch(
        [splice for splice in splices(file) if splice not in known.splices], known.splices
    )


def _shown(file: FileDiff) -> dict[int, bytes]:
    return {start(hunk) + n: line for hunk in file.hunks for n, line in enumerate(old_lines(hunk))}


def _joined(path: str, known: _Known) -> list[bytes]:
    ordered = sorted(known.splices, key=lambda splice: (splice.start, splice.end))
    return [_head(path, b""), *_hunks(known.lines, ordered)]


def _head(path: str, ids: bytes) -> bytes:
    old, new = _quoted("a/" + path), _quoted("b/" + path)
    tab = b"\t" if " " in path else b""
    return b"diff --git %b %b\n%b--- %b%b\n+++ %b%b\n" % (old, new, ids, old, tab, new, tab)


def _quoted(name: str) -> bytes:
    """As git writes names with core.quotePath: anything but plain ASCII in C-style quotes."""
    raw = os.fsencode(name)
    out = "".join(
        _ESCAPES.get(byte) or (chr(byte) if 32 <= byte < 127 else f"\\{byte:03o}") for byte in raw
    )
    return f'"{out}"'.encode() if out != name else out.encode()


def _hunks(lines: Mapping[int, bytes] | Sequence[bytes], ordered: Sequence[Splice]) -> list[bytes]:
    """The hunks of the splices, in order. `lines` must have every existing line near a splice."""
    known = lines if isinstance(lines, Mapping) else dict(enumerate(lines))
    groups: list[list[Splice]] = []
    for splice in ordered:
        last = groups[-1][-1].end if groups else 0
        gap = range(last, splice.start)
        if groups and len(gap) <= 2 * CONTEXT and all(at in known for at in gap):
            groups[-1].append(splice)
        else:
            groups.append([splice])
    out, moved = [], 0
    for group in groups:
        rows, first = _rows(known, group)
        out.append(_hunk(rows, first, moved))
        moved += sum(len(splice.new) - (splice.end - splice.start) for splice in group)
    return out


def _rows(known: Mapping[int, bytes], group: Sequence[Splice]) -> tuple[list[_Row], int]:
    """The lines of a hunk and the 0-based index of the first."""
    first = group[0].start
    while first - 1 in known and first > group[0].start - CONTEXT:
        first -= 1
    rows: list[_Row] = []
    at = first
    for splice in group:
        rows += [(b" ", known[number]) for number in range(at, splice.start)]
        rows += [(b"-", known[number]) for number in range(splice.start, splice.end)]
        rows += [(b"+", line) for line in splice.new]
        at = splice.end
    last = at
    while last in known and last < at + CONTEXT:
        rows.append((b" ", known[last]))
        last += 1
    return rows, first


def _hunk(rows: Sequence[_Row], first: int, moved: int) -> bytes:
    old, new = (sum(mark != other for mark, _ in rows) for other in (b"+", b"-"))
    head = f"@@ -{_range(first, old)} +{_range(first + moved, new)} @@\n".encode()
    return head + b"".join(
        mark + (line if line.endswith(b"\n") else line + _NO_NEWLINE) for mark, line in rows
    )


def _range(first: int, count: int) -> str:
    """git's way: a count of 1 is left out, an empty side names the line before."""
    number = first + (count > 0)
    return str(number) if count == 1 else f"{number},{count}"
