"""Builds a patch from the model's replacements: blocks of old lines and their new lines.

The model's line numbers are hints. Of several places that match, the one nearest to the finding
counts. Anything ambiguous is refused, with what was given and why.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reviewer import secrets, text
from reviewer.fixes import located, patch, quoted
from reviewer.fixes.lines import Splice, spliced, split, touch
from reviewer.types import Change, FileDiff, Side
from reviewer.workspace import encodings, files

MAX_DIFF = 32_000  # bytes: longer patches are not published anyway


@dataclass(frozen=True, slots=True)
class Edit:
    """Replaces `old_lines`, at or near line `start` (1-based, a hint) of `path`, by `new_lines`.
    The lines are as the model was shown them, without line ends."""

    path: str
    start: int
    old_lines: tuple[str, ...]
    new_lines: tuple[str, ...]
    side: Side = "new"


@dataclass(frozen=True, slots=True)
class Patched:
    """One file before and after, byte for byte."""

    path: str
    old: bytes
    new: bytes
    codec: str | None = None  # of both, if that is not UTF-8


@dataclass(frozen=True, slots=True)
class Built:
    """The files that a fix changes, and its patch for `git apply`."""

    files: tuple[Patched, ...]
    diff: bytes

    @property
    def shown(self) -> bytes:
        """The patch for reading: in UTF-8, where all its files are in one encoding."""
        codecs = {file.codec for file in self.files}
        return encodings.as_utf8(self.diff, codecs.pop() if len(codecs) == 1 else None)


@dataclass(frozen=True, slots=True)
class Refused:
    """Why there is no patch, in one sentence that the model can act on, unless it is `is_final`."""

    reason: str
    is_final: bool = False


def build(edits: Sequence[Edit], change: Change) -> Built | Refused:
    """The patch that makes all edits to the state under review."""
    by_path: dict[str, list[Edit]] = {}
    for edit in edits:
        by_path.setdefault(edit.path, []).append(edit)
    contents: dict[str, bytes] = {}
    for path, own in by_path.items():
        data = content(path, change)
        if isinstance(data, Refused):
            return data
        file = next((file for file in change.files if file.path == path), None)
        made = _edited(data, own, file)
        if isinstance(made, Refused):
            return made
        contents[path] = made
    return from_contents(contents, change)


def from_contents(contents: Mapping[str, bytes], change: Change) -> Built | Refused:
    """The patch that gives files of the state under review these contents, in UTF-8 like those that
    `content` returns. It is in the encodings of the files."""
    made = []
    for path, new in contents.items():
        data = content(path, change)
        if isinstance(data, Refused):
            return data
        if data != new:
            patched = _written(path, data, new, change.encodings.get(path))
            if isinstance(patched, Refused):
                return patched
            made.append(patched)
    if not made:
        return Refused("The replacement changes nothing.")
    diff = patch.write((file.path, file.old, file.new) for file in made)
    if len(diff) > MAX_DIFF:
        return Refused("The patch is too long to be shown.")
    built = Built(tuple(made), diff)
    if secrets.redact(text.decode(built.shown))[1]:
        return Refused("The patch would show a secret that is in these lines.", is_final=True)
    return built


def _written(path: str, old: bytes, new: bytes, codec: str | None) -> Patched | Refused:
    """The file in its own encoding: whatever the fix leaves alone keeps its bytes."""
    try:
        patched = Patched(
            path, encodings.from_utf8(old, codec), encodings.from_utf8(new, codec), codec
        )
    except UnicodeError:
        patched = None
    if patched is None or encodings.as_utf8(patched.new, codec) != new:
        name = text.one_line(path)
        return Refused(f"{name} is in {codec}, which does not have all the letters of the fix.")
    return patched


def content(path: str, change: Change) -> bytes | Refused:
    """The reviewed content of a regular text file, in UTF-8 if its encoding is known, or why a fix
    cannot change it."""
    file = next((file for file in change.files if file.path == path), None)
    name = text.one_line(path)
    codec = change.encodings.get(path, "")
    if codec.startswith("utf-"):  # its line ends are more than one byte
        return Refused(f"{name} is in {codec}, whose lines no patch can hold.")
    data = change.read(path, "new") if files.is_safe(path) else None
    if data is None or (file is not None and file.status == "deleted"):
        return Refused(f"Cannot read the file {name}.")
    regular = (
        file.new_mode in ("100644", "100755")
        if file
        else files.kind_and_size(change.root, path)[0] in ("file", "absent")
    )
    if not regular:
        return Refused(f"{name} is a link or a submodule.")
    return Refused(f"{name} is a binary file.") if b"\0" in data else data


def _edited(data: bytes, edits: Iterable[Edit], file: FileDiff | None) -> bytes | Refused:
    bom = quoted.BOM if data.startswith(quoted.BOM) else b""
    lines = split(data[len(bom) :])
    shown = quoted.rows(lines)
    done: list[Splice] = []
    for edit in edits:
        try:
            splice = _splice(edit, lines, shown, file)
        except located.NotLocated as exc:
            return Refused(str(exc))
        except quoted.CannotEncode as exc:
            return Refused(f"{str(exc)[0].upper()}{str(exc)[1:]}.")
        if splice in done:
            continue
        if touch([splice], done):
            return Refused("Two of the replacements overlap.")
        done.append(splice)
    return bom + spliced(b"".join(lines), done)


def _splice(
    edit: Edit, lines: Sequence[bytes], shown: Sequence[str], file: FileDiff | None
) -> Splice:
    """Raises NotLocated, CannotEncode."""
    old, new = _single(edit.old_lines), _single(edit.new_lines)
    name = text.one_line(edit.path)
    place = located.locate(old, new, edit.start, edit.side, shown, file, name)
    start, wanted = place.start, place.new
    if start == place.end == len(lines) and lines and not lines[-1].endswith(b"\n"):
        start, wanted = start - 1, [shown[-1], *wanted]  # the last line gets its line end
    return Splice(start, place.end, quoted.encode(wanted, lines, start, place.end, place.gone))


def _single(lines: Iterable[str]) -> list[str]:
    """One entry for each line, even where the model put several into one."""
    return [
        part.removesuffix("\r") for line in lines for part in line.removesuffix("\n").split("\n")
    ]
