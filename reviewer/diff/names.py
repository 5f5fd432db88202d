"""The names in a patch: quotes, times behind them, and the prefixes of the two sides."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NoReturn

from reviewer.errors import GitFailed

_ESCAPES = {b"a": 7, b"b": 8, b"t": 9, b"n": 10, b"v": 11, b"f": 12, b"r": 13, b'"': 34, b"\\": 92}
_ESCAPED = re.compile(rb'\\([0-3][0-7]{2}|[abtnvfr"\\])')
_QUOTED = re.compile(rb'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_END = re.compile(rb"[\t\r\v\f]")  # where git ends a name of a `---` line: a time may follow
_PREFIXES = (b"a/", b"b/", b"c/", b"i/", b"o/", b"w/", b"1/", b"2/")
_LONGEST = 1 << 14  # bytes of a line in which two names are told apart by trying


def refuse(at: int, why: str) -> NoReturn:
    """`at`: the index of the line, from 0."""
    raise GitFailed(f"cannot read the patch: line {at + 1} {why}")


def one(text: bytes, at: int) -> bytes:
    """The only name in `text`."""
    return _unquoted(text, at)[0] if text.startswith(b'"') else text.rstrip(b"\r")


def marked(text: bytes, at: int) -> bytes | None:
    """The name in a `---` or `+++` line, which may have a time after a tab; None for /dev/null."""
    name = _unquoted(text, at)[0] if text.startswith(b'"') else _END.split(text, maxsplit=1)[0]
    return None if name == b"/dev/null" else name


def of_git_line(rest: bytes, at: int) -> bytes | None:
    """The name in a `diff --git` line, without its prefixes; None when there are two names, or
    when they cannot be told apart: both happen only for renames, which say them again."""
    rest = rest.rstrip(b"\r")
    if rest.startswith(b'"'):
        old, rest = _unquoted(rest, at)
        pairs = iter([(old, one(rest[1:], at))])
    else:
        pairs = _pairs(rest, b" ")
    for old, new in pairs:
        old, new = stripped(old, new)
        if old == new:
            return old
    return None


def of_binary_line(line: bytes) -> bytes | None:
    """The name in `Binary files OLD and NEW differ`; None for another line. An added or deleted
    file stands beside /dev/null."""
    for start in (b"Binary files ", b"Files "):
        if line.startswith(start) and line.endswith((b" differ", b" differ\r")):
            names = line.removesuffix(b"\r")[len(start) : -len(b" differ")]
            for old, new in _pairs(names, b" and "):
                if b"/dev/null" in (old, new):
                    return plain(new if old == b"/dev/null" else old)
                old, new = stripped(old, new)
                if old == new:
                    return new
    return None


def stripped(old: bytes, new: bytes) -> tuple[bytes, bytes]:
    """Both names without the prefix (`a/`, `b/`, the two directories of `diff -ur`), if they have
    one."""
    if old == new:
        return old, new  # --no-prefix
    old_rest, new_rest = old.partition(b"/")[2], new.partition(b"/")[2]
    if (old_rest and new_rest) and (
        old_rest == new_rest or (old.startswith(_PREFIXES) and new.startswith(_PREFIXES))
    ):
        return old_rest, new_rest
    return old, new


def plain(name: bytes) -> bytes:
    return name[2:] if name.startswith(_PREFIXES) else name


def _pairs(text: bytes, between: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Both halves of `text` at each place of `between`, the most likely one, the middle, first."""
    middle = (len(text) - len(between)) // 2
    if text.startswith(between, middle):
        yield text[:middle], text[middle + len(between) :]
    if len(text) > _LONGEST:
        return
    at = text.find(between)
    while at >= 0:
        yield text[:at], text[at + len(between) :]
        at = text.find(between, at + 1)


def _unquoted(quoted: bytes, at: int) -> tuple[bytes, bytes]:
    """The C-style quoted name at the start of `quoted`, and the rest."""
    match = _QUOTED.match(quoted)
    if match is None:
        refuse(at, "has a quoted file name without an end")
    name = _ESCAPED.sub(
        lambda found: bytes([_ESCAPES.get(found[1]) or int(found[1], 8) & 255]), match[1]
    )
    return name, quoted[match.end() :]
