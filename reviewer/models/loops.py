"""Detects in the stream that a model is looping, so that the request can be stopped early."""

from __future__ import annotations

# whitespace characters in a row outside of strings: only a loop has that many
MAX_BLANKS = 64
MIN_SPAN = 600  # characters of repetition; longer than any string that a reply schema allows
MIN_TIMES = 4
_NEEDLE = 48
_LOOK_BACK = 4 * 1024


class Watch:
    """Reads the text of one reply as it comes. `feed` returns True once the text loops: it has too
    many blanks outside of JSON strings (unless it is `prose`), or ends in one pattern, repeated at
    least MIN_TIMES times over at least MIN_SPAN characters."""

    def __init__(self, *, prose: bool = False) -> None:
        self._prose = prose
        self._in_string = self._escaped = False
        self._blanks = 0
        self._tail = ""
        self._unseen = 0

    def feed(self, text: str) -> bool:
        if not self._prose and self._blank_run(text):
            return True
        self._tail = (self._tail + text)[-_LOOK_BACK:]
        self._unseen += len(text)
        if self._unseen < _NEEDLE:
            return False
        self._unseen = 0
        return repeats(self._tail)

    def _blank_run(self, text: str) -> bool:
        for char in text:
            if self._in_string:
                if self._escaped:
                    self._escaped = False
                elif char == "\\":
                    self._escaped = True
                elif char == '"':
                    self._in_string = False
            elif char in " \t\r\n":
                self._blanks += 1
                if self._blanks > MAX_BLANKS:
                    return True
                continue
            elif char == '"':
                self._in_string = True
            self._blanks = 0
        return False


def repeats(tail: str) -> bool:
    """Whether `tail` ends in one pattern, repeated at least MIN_TIMES times over at least MIN_SPAN
    characters."""
    needle = tail[-_NEEDLE:]
    before = tail.rfind(needle, 0, len(tail) - 1) if len(tail) > MIN_SPAN else -1
    if before < 0:
        return False
    period = len(tail) - _NEEDLE - before
    span = max(MIN_SPAN, MIN_TIMES * period)
    return len(tail) >= span and tail[-span + period :] == tail[-span:-period]
