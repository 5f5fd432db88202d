"""The encoding of a file that declares none and is not UTF-8, where its letters leave no doubt.

Each language that is often written in another encoding (`letters`) is asked how likely it is that
its writers left these bytes. The best answer counts only with a clear lead over every other one
that reads another text. It is deterministic, and looks at no more than `_SAMPLE` bytes.
"""

from __future__ import annotations

import codecs
import math
import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from reviewer.workspace.letters import WRITINGS, Writing

_SAMPLE = 8 << 10  # bytes of lines that are looked at
_SAME = 4  # times that the same word counts
_FOREIGN = re.compile(rb"[\x80-\xff]")
# Rules of one sign, and tables of all letters in order, say nothing of a language.
_REPEATED = re.compile(rb"(([\x80-\xff])\2)\1+")
_LONG = re.compile(rb"[\x80-\xff]{8,}")
_RUNS = re.compile(r"([A-Za-z]?)([^\0-\x7f]+)([A-Za-z]?)")
# How often a small letter, a capital or none is followed by a capital: in some encodings both cases
# of the same letters have changed places.
_CAPITAL = {"small": 0.005, "capital": 0.5, "none": 0.25}
_SWALLOWED = 3.0  # nats that an ASCII byte costs where it is not part of another character
_LEAD = 5.0  # nats: 150 times as likely as any other reading
_FLOOR = -5.5  # nats a letter: what is less likely is no text in any language of `letters`
_FAVOUR = 5.0  # nats: of what other files like this one are in
_ODDS = {
    "cp1252": 2.0,
    "koi8-r": -1.0,
    "koi8-u": -2.0,
    "cp866": -3.0,
    "iso8859-5": -4.0,
    "mac-cyrillic": -4.0,
    "mac-roman": -4.0,
}


@dataclass(frozen=True, slots=True)
class _Reading:
    """The words of a sample in one encoding, none more than `_SAME` times."""

    text: str
    letters: Counter[str]  # that are not ASCII
    runs: int  # of such letters
    beside: int  # ASCII letters beside a run
    capitals: Counter[str]  # by what is before them
    swallowed: int  # ASCII bytes that are part of other characters


def guessed(data: bytes, likely: str | None = None) -> str | None:
    """Python's name of the encoding that `data` is in without a doubt; None where it is ASCII or
    unclear. `likely`: the encoding of other files of the kind, if they have one. UTF-8 is not
    tried."""
    sample, whole = _sample(data)
    scores: dict[str, tuple[float, str]] = {}  # the best for each text
    readings = {codec: _reading(sample, whole, codec) for codec in _CODECS} if sample else {}
    for writing in WRITINGS:
        for at, codec in enumerate(writing.codecs):
            reading = readings.get(codec)
            if reading is None:
                continue
            odds = _ODDS.get(codec, 0.0) + (_FAVOUR if codec == likely else 0.0) - at * 1e-6
            score = _score(writing, reading) + odds
            if reading.text not in scores or scores[reading.text][0] < score:
                scores[reading.text] = score, codec
    ranks = sorted(scores.values(), reverse=True)
    if not ranks or (len(ranks) > 1 and ranks[0][0] - ranks[1][0] < _LEAD):
        return None
    score, codec = ranks[0]
    return codec if score > _FLOOR * _bytes(readings[codec], codec) else None


_CODECS = tuple(dict.fromkeys(codec for writing in WRITINGS for codec in writing.codecs))


def _bytes(reading: _Reading | None, codec: str) -> int:
    letters = reading.letters.items() if reading else ()
    return sum(len(char.encode(codec, "replace")) * number for char, number in letters)


def _sample(data: bytes) -> tuple[bytes, bool]:
    """The lines that are not ASCII, as many as are looked at, and whether the last one is whole."""
    lines, left, whole = [], _SAMPLE, True
    found = _FOREIGN.search(data)
    while found and left > 0:
        at = found.start()
        start = max(data.rfind(b"\n", 0, at) + 1, at - left)
        end = data.find(b"\n", at)
        end = len(data) if end < 0 else end
        whole = end <= at + left
        line = data[start : min(end, at + left)]
        left -= len(line)
        lines.append(_LONG.sub(_unordered, _REPEATED.sub(b"", line)))
        found = _FOREIGN.search(data, end)
    return b"\n".join(lines), whole


def _unordered(match: re.Match[bytes]) -> bytes:
    return b"" if match[0] == bytes(sorted(match[0])) else match[0]


def _reading(sample: bytes, whole: bool, codec: str) -> _Reading | None:
    try:
        text = codecs.getincrementaldecoder(codec)().decode(sample, whole)
    except UnicodeDecodeError:
        return None
    seen = Counter(match.groups() for match in _RUNS.finditer(text))
    letters: Counter[str] = Counter()
    capitals: Counter[str] = Counter()
    runs = beside = swallowed = 0
    for (left, run, right), number in seen.items():
        times = min(number, _SAME)
        runs += times
        beside += (bool(left) + bool(right)) * times
        swallowed += sum(byte < 128 for byte in run.encode(codec, "replace")) * times
        for before, char in pairwise("\n" + run):
            letters[char] += times
            if char.isupper():
                capitals[_case(before)] += times
    return _Reading(text, letters, runs, beside, capitals, swallowed)


def _case(char: str) -> str:
    return "small" if char.islower() else "capital" if char.isupper() else "none"


def _score(writing: Writing, reading: _Reading) -> float:
    """The logarithm of how likely a writer of this language leaves such a text."""
    inner = reading.letters.total() - reading.runs
    return (
        sum(number * math.log(writing.share(char)) for char, number in reading.letters.items())
        + inner * math.log(writing.follows)
        + reading.runs * math.log(1 - writing.follows)
        + reading.beside * math.log(writing.latin)
        + (2 * reading.runs - reading.beside) * math.log(1 - writing.latin)
        + sum(number * math.log(_CAPITAL[case]) for case, number in reading.capitals.items())
        + reading.swallowed * _SWALLOWED
    )
