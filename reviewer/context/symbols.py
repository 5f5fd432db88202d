"""The function or class around a line. The stable ids of findings depend on it, so the answer
depends on the content of the file alone."""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable
from hashlib import blake2b

from reviewer.languages import Language, language_of
from reviewer.languages.outline import MAX_BYTES, Def, Outline

Key = tuple[Language, bytes]  # language, digest of the content


class _Cache:
    """Outlines by language and content. Above `limit` bytes of source, the least recently used are
    dropped."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._held: OrderedDict[Key, tuple[Outline, int]] = OrderedDict()

    def get(self, key: Key) -> Outline | None:
        if hit := self._held.get(key):
            self._held.move_to_end(key)
            return hit[0]
        return None

    def put(self, key: Key, outline: Outline, size: int) -> Outline:
        if key not in self._held:
            self._held[key] = (outline, size)
            self._size += size
        while self._size > self._limit:
            self._size -= self._held.popitem(last=False)[1][1]
        return outline


_cache = _Cache(16 << 20)  # an outline takes about ten times its source


def key_of(path: str, source: bytes) -> Key | None:
    """The cache key of a file's outline; None if the file is too large or its language has no
    parser here."""
    kind = language_of(path, source)
    if len(source) > MAX_BYTES or kind is None or kind.outline is None:
        return None
    return kind, blake2b(source, digest_size=16).digest()


def cached(key: Key) -> Outline | None:
    return _cache.get(key)


def outline(path: str, source: bytes) -> Outline | None:
    """The outline of a file, cached by content; None if the file is too large or its language has
    no parser here."""
    key = key_of(path, source)
    if key is None or (hit := _cache.get(key)):
        return hit if key else None
    kind = key[0]
    assert kind.outline is not None, "key_of gives no key without it"
    return _cache.put(key, kind.outline(source, kind), len(source))


def symbol_at(path: str, source: bytes, line: int) -> str:
    """Dotted name of the innermost function or class around a 1-based line; "" at module level or
    if unknown."""
    return symbols_of(path, source)(line)


def symbols_of(path: str, source: bytes) -> Callable[[int], str]:
    """`symbol_at` for many lines of one file. It holds names, not the outline."""
    found = outline(path, source)
    starts, names = found.scopes if found else ((), ())

    def at(line: int) -> str:
        index = bisect_right(starts, line) - 1
        return names[index] if index >= 0 else ""

    return at


def enclosing(path: str, source: bytes, start: int, end: int) -> tuple[int, int] | None:
    """Lines (1-based, inclusive) of the innermost function or class that contains all of `start` to
    `end`."""
    found = outline(path, source)
    owner = found and around(found, start, end)
    return (owner.start, owner.end) if owner else None


def around(outline: Outline, start: int, end: int) -> Def | None:
    """The innermost function or class that contains all of `start` to `end`."""
    owner = outline.innermost(start)
    if owner is None or owner.end >= end:
        return owner
    scopes = (item for item in reversed(outline.defs) if item.kind != "value")
    return next((item for item in scopes if item.start <= start and item.end >= end), None)
