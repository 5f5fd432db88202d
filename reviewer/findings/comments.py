"""Tells code from comments within one line, for quotes that match a part of it."""

from __future__ import annotations

from collections.abc import Callable

from reviewer.context.mentions import is_comment
from reviewer.languages import Language, language_of


def teller(path: str) -> Callable[[str, str], bool]:
    """For a line of the file and a part of it without white space: whether the part is in a
    comment, as far as one line can tell. In an unknown language nothing is."""
    language = language_of(path)
    if language is None:
        return lambda line, part: False
    return lambda line, part: (
        is_comment(line, language) or part not in "".join(_code(line, language).split())
    )


def _code(line: str, language: Language) -> str:
    """The line up to the comment that ends it."""
    starts = (*language.comments.line, *(start for start, _ in language.comments.block))
    return line[: min((_begin(line, start, language.quotes) for start in starts), default=None)]


def _begin(line: str, start: str, quotes: tuple[str, ...]) -> int:
    """Where `start` first stands with an even number of each quote before it; the length of the
    line if nowhere."""
    seen = [0] * len(quotes)
    at = 0
    while (found := line.find(start, at)) >= 0:
        seen = [
            count + line.count(quote, at, found) for count, quote in zip(seen, quotes, strict=True)
        ]
        if not any(count % 2 for count in seen):
            return found
        at = found + len(start)
    return len(line)
