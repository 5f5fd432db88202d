"""The encoding of a file: where it is not UTF-8, its lines are shown as UTF-8.

A declaration counts, and without one what the letters leave no doubt about (`guess`); both only
where the whole file can be read and written back without loss. Anything else stays as it is.
UTF-16 and UTF-32, which git takes for binary, are known by their mark or by the zero bytes of
ASCII.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from reviewer.types import FileDiff
from reviewer.workspace.guess import guessed

_DECLARED = (
    re.compile(rb"\A(?:[^\n]{0,500}\n)?[^\n]{0,200}?coding[:=][ \t]*([-\w.]{3,30})"),  # PEP 263
    re.compile(rb"\A\s*<\?xml[^>]{0,200}?encoding=[\"']([-\w.]{3,30})"),
    re.compile(rb"\A@charset[ \t]+\"([-\w.]{3,30})\""),
    re.compile(rb"<meta[^>]{0,200}?charset=[\"']?([-\w.]{3,30})", re.IGNORECASE),
)
_MODELINE = re.compile(rb"\bvim?:[^\n]{0,200}?\b(?:fenc|fileencoding)=([-\w.]{3,30})")
_HEAD, _TAIL = 1024, 512  # bytes in which a declaration is looked for
# In none of them is a line break part of another character, so each line decodes by itself. To the
# right, what the makers of such files write under that name.
_CODECS = {
    **dict.fromkeys(("gb2312", "gbk", "gb18030"), "gb18030"),
    **{name: name for name in ("big5", "big5hkscs", "cp950", "euc_jp", "koi8-r", "koi8-u")},
    **dict.fromkeys(("shift_jis", "cp932"), "cp932"),
    **dict.fromkeys(("euc_kr", "cp949"), "cp949"),
    **{name: name for name in (f"cp{number}" for number in range(1250, 1259))},
    **{name: name for name in (f"iso8859-{number}" for number in range(2, 17))},
    **{name: name for name in ("cp437", "cp850", "cp852", "cp866", "mac-cyrillic", "tis-620")},
}
_MARKS = {  # the longest first: one begins like another
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_WIDE = frozenset(_MARKS.values())
_PROBE = 8000  # bytes, by which git, too, tells text from binary
_LEAST = 16  # bytes, without a mark
_ODD = frozenset(("Cc", "Cn", "Co", "Cs"))  # categories of characters that no text is made of
_SPACE = frozenset("\t\n\r\f\x1b")


def wide(data: bytes) -> str | None:
    """The encoding of a text in UTF-16 or UTF-32, by its beginning; None for anything else."""
    head = data[:_PROBE]
    if b"\0" not in head and head[:2] not in _MARKS:
        return None
    marked = next((codec for mark, codec in _MARKS.items() if head.startswith(mark)), None)
    if marked and _is_text(head, marked):
        return marked
    if len(head) < _LEAST:
        return None
    codec = {(False, True): "utf-16-le", (True, False): "utf-16-be"}.get(
        (2 * head[::2].count(0) > len(head[::2]), 2 * head[1::2].count(0) > len(head[1::2]))
    )
    return codec if codec and _is_text(head, codec) else None


def as_text(data: bytes) -> bytes:
    """UTF-16 and UTF-32 in UTF-8; anything else as it is."""
    return as_utf8(data, wide(data))


def _is_text(head: bytes, codec: str) -> bool:
    try:
        chars = codecs.getincrementaldecoder(codec)().decode(head)  # the last one may be cut
    except UnicodeDecodeError:
        return False
    odd = sum(unicodedata.category(char) in _ODD and char not in _SPACE for char in chars)
    return 32 * odd <= len(chars)


_C1 = re.compile(rb"[\x80-\x9f]")  # where Latin-1, as which all others are read, has no letters

Encodings = tuple[str | None, str | None]  # of the old and the new content


@dataclass(frozen=True, slots=True)
class Found:
    """What a content says of its encoding."""

    declared: str | None = None
    unclear: bytes = b""  # the content, if it declares nothing and is not UTF-8


NOTHING = Found()  # said


def found(data: bytes) -> Found:
    codec = declared(data)
    return Found(codec, b"" if codec or _reads(data, "utf-8") else data)


def of(data: bytes) -> str | None:
    """The encoding of a content for which nothing else speaks; None for UTF-8 and Latin-1."""
    both = {"": (found(data), NOTHING)}
    return agreed(both).get("", (None, None))[0]


def agreed(files: Mapping[str, tuple[Found, Found]]) -> dict[str, Encodings]:
    """By path, the encodings of the old and the new content where one is not as usual. The old
    content decides, the new one if that says nothing, and then the other files of the kind."""
    whole = {path: _of_sides(both) for path, both in files.items()}
    kinds: dict[str, set[str]] = {}
    for path, codec in whole.items():
        if codec:
            kinds.setdefault(PurePosixPath(path).suffix, set()).add(codec)
    out = {}
    for path, both in files.items():
        alike = kinds.get(PurePosixPath(path).suffix, set())
        codec = whole[path] or (_of_sides(both, *alike) if len(alike) == 1 else None)
        old, new = (_of_side(side, codec) for side in both)
        if old or new:
            out[path] = old, new
    return out


def _of_sides(both: tuple[Found, Found], likely: str | None = None) -> str | None:
    for side in both:
        codec = side.declared or _guessed(side.unclear, likely)
        if codec and not codec.startswith("utf-"):  # which says nothing of the other side
            return codec
    return None


def _guessed(data: bytes, likely: str | None = None) -> str | None:
    codec = guessed(data, likely)
    return codec if codec and _reads(data, codec) else None


def _of_side(side: Found, agreed: str | None) -> str | None:
    if not side.unclear:
        return side.declared
    codec = agreed if agreed and _reads(side.unclear, agreed) else _guessed(side.unclear)
    return None if codec == "cp1252" and not _C1.search(side.unclear) else codec


def declared(data: bytes) -> str | None:
    """Python's name of the encoding that `data` declares, if it is not UTF-8, and if all of it
    can be read and written back with it."""
    if data.isascii():
        return None
    head = data[:_HEAD]
    found = next((match for each in _DECLARED if (match := each.search(head))), None)
    match = found or _MODELINE.search(data[-_TAIL:])
    codec = _codec(match[1].decode("ascii", "replace")) if match else None
    if codec is None or _reads(data, "utf-8") or not _reads(data, codec):
        return None
    return codec


def as_utf8(data: bytes, codec: str | None) -> bytes:
    """`data` in UTF-8; as it is where that is not possible."""
    if codec is None or (codec not in _WIDE and data.isascii()):
        return data
    try:
        return data.decode(codec).encode("utf-8")
    except UnicodeDecodeError:
        return data


def shown(file: FileDiff, codecs: Encodings) -> FileDiff:
    """The file with its lines in UTF-8."""
    if not any(codecs):
        return file
    hunks = (
        replace(
            hunk,
            lines=tuple(
                replace(line, data=line_as_utf8(line.data, codecs[line.kind != "removed"]))
                for line in hunk.lines
            ),
        )
        for hunk in file.hunks
    )
    return replace(file, hunks=tuple(hunks))


def of_patch(files: Iterable[FileDiff]) -> tuple[FileDiff, ...]:
    """Files of which only the hunks are known, with their lines in UTF-8."""
    files = tuple(files)
    codecs = agreed({file.path: (_side(file, "added"), _side(file, "removed")) for file in files})
    return tuple(shown(file, codecs.get(file.path, (None, None))) for file in files)


def _side(file: FileDiff, other: str) -> Found:
    lines = (line.data for hunk in file.hunks for line in hunk.lines if line.kind != other)
    return found(b"\n".join(lines))


def from_utf8(data: bytes, codec: str | None) -> bytes:
    """The bytes of the file whose content is `data` in UTF-8. Raises UnicodeError for what its
    encoding does not have."""
    return data if codec is None else data.decode("utf-8").encode(codec)


def line_as_utf8(line: bytes, codec: str | None) -> bytes:
    """A line of a comparison in UTF-8. UTF-16 and UTF-32 were compared as UTF-8 already."""
    return line if codec in _WIDE else as_utf8(line, codec)


def _codec(name: str) -> str | None:
    try:
        return _CODECS.get(codecs.lookup(name).name)
    except LookupError:
        return None


def _reads(data: bytes, codec: str) -> bool:
    try:
        return data.decode(codec).encode(codec) == data
    except UnicodeError:
        return False
