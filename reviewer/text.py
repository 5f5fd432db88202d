"""Makes untrusted text safe to show: one sanitiser for every sink.

Everything from the repository, the model or a server passes through `printable` before it reaches a
terminal, and through `scalar` before it reaches JSON. Colour is added afterwards.
"""

from __future__ import annotations

import base64
import hashlib
import math
import os
import re
import unicodedata
from collections.abc import Iterable
from typing import Any

# Cc, Cf (bidirectional controls, zero-width, tags), Cs, Co, Zl, Zp: invisible or able to move the
# cursor.
_HIDDEN = frozenset(("Cc", "Cf", "Cs", "Co", "Zl", "Zp"))
_VARIATION = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_SURROGATE = re.compile("[\ud800-\udfff]")
# Control tokens of the Gemma chat templates and the common ones of others: <|turn>, <turn|>, <|"|>,
# <start_of_turn>, …
_CONTROL_TOKEN = re.compile(
    r"<(?:\|[^<>\s]{0,40}|[^<>\s|]{1,40}\|)>|<(?=/?(?:start_of_turn|end_of_turn|bos|eos|pad|unk|mask|s)>)"
)


READABLE = 100  # columns: longer lines of prose are hard to read
MARK = "…"  # where a text was cut
LONGEST_WORD = 40  # characters
_IN_WORD = re.compile(r"\w\w")
_LAST_WORD = re.compile(r"(?<=\W)\w+\Z")
_BROKEN_ESCAPE = re.compile(r"\\(?:u(?:\{[0-9a-f]{0,6}|[0-9a-fA-F]{0,3})?|x[0-9a-fA-F]?)?\Z")


def printable(text: str) -> str:
    r"""`text` with every character that is invisible or can steer a terminal written as `\u{hex}`;
    newline and tab stay, and an emoji keeps its variation selector only in the sense that it is
    shown as `\u{fe0f}`."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        (
            char
            if char in "\n\t"
            or (unicodedata.category(char) not in _HIDDEN and not _VARIATION.match(char))
            else f"\\u{{{ord(char):x}}}"
        )
        for char in text
    )


def one_line(text: str) -> str:
    """`printable`, on one line."""
    return printable(text).replace("\n", "\\n").replace("\t", " ")


def scalar(text: str) -> str:
    """`text` without lone surrogates, which no JSON consumer can take: each becomes U+FFFD."""
    return _SURROGATE.sub("\ufffd", text)


def scalars(value: Any) -> Any:
    """`value` as nested JSON values, each text a `scalar`; anything else becomes text."""
    match value:
        case str():
            return scalar(value)
        case dict():
            return {scalar(str(key)): scalars(item) for key, item in value.items()}
        case list() | tuple():
            return [scalars(item) for item in value]
        case float():
            return value if math.isfinite(value) else str(value)
        case bool() | int() | None:
            return value
        case _:
            return scalar(str(value))


def cut(text: str, limit: int) -> str:
    """At most `limit` characters of `text`; where something was left out, it ends in `…` after a
    whole word. Only a word longer than LONGEST_WORD is cut within, and no escape is."""
    if len(text) <= limit:
        return text
    end = max(0, limit - 1)
    head = text[:end]
    tail = head[-LONGEST_WORD:]
    if end and _IN_WORD.match(text, end - 1):
        tail = _LAST_WORD.sub("", tail)
    return (head[:-LONGEST_WORD] + _BROKEN_ESCAPE.sub("", tail)).rstrip()[:end] + MARK[:limit]


def words(text: str) -> str:
    """`text`, the start of something longer, without its last word, however long that is."""
    return text[: max(map(text.rfind, " \t;,(){}[]")) + 1]


def count(number: int, noun: str, plural: str | None = None) -> str:
    """`1 file`, `1,200 files`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def timestamp(seconds: float) -> str:
    """Seconds since the epoch as `2026-11-24T09:30:00Z`."""
    from datetime import UTC, datetime  # 4 ms that most commands can save

    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def file_name(path: str) -> tuple[str, str | None]:
    """(name, base64): the path as clean text, and its bytes in base64 if the text cannot represent
    them."""
    clean = scalar(path)
    return clean, None if clean == path else base64.b64encode(os.fsencode(path)).decode("ascii")


def decode(data: bytes) -> str:
    """Source text for reading: UTF-8 (a BOM is dropped), else Latin-1, which maps every byte and
    keeps lengths."""
    try:
        return data.decode("utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def fence(content: str) -> str:
    """A fence that the content cannot contain, since it is a hash of it. Equal content gives equal
    prompts."""
    return "=====" + hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def neutral(text: str) -> str:
    """`text` with the control tokens of chat templates defused (`<|turn>` becomes `<¦turn>`), one
    character for one, so that reviewed code cannot take another role. Quotes from the model are
    compared after the same change."""
    return _CONTROL_TOKEN.sub(
        lambda match: match[0].replace("|", "¦") if "|" in match[0] else "‹", text
    )


def nearest(word: str, names: Iterable[str]) -> str | None:
    """The name that is probably meant by `word`, letter case aside: the only one that begins with
    it, one with its letters in another order, or the one that is spelt most like it. None if there
    is none; `oxlint` is not meant by `pylint`."""
    from difflib import get_close_matches

    low = word.lower()
    by_lower = {name.lower(): name for name in names}
    begun = [name for name in by_lower if len(low) > 1 and name.startswith(low)]
    mixed = [name for name in by_lower if sorted(name) == sorted(low)]
    close = begun if len(begun) == 1 else mixed or get_close_matches(low, by_lower, 1, 0.7)
    return by_lower[close[0]] if close else None


def meant(word: str, names: Iterable[str]) -> str:
    """The end of a message about an unknown name."""
    name = nearest(word, names)
    return f"; did you mean {name}?" if name else ""
