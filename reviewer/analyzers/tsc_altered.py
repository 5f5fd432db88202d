"""What a change altered, by name: what is defined on its lines and around them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from reviewer import text
from reviewer.analyzers import delta
from reviewer.languages import is_test
from reviewer.types import Change, FileDiff, Place

_KEYWORD = re.compile(
    r"\b(?:function\*?|class|interface|type|enum|const|let|var|namespace|get|set)\s{1,9}"
    r"([A-Za-z_$][\w$]{0,99})"
)
_MEMBER = re.compile(
    r"^\s{0,200}(?:(?:export|public|private|protected|static|async|readonly|abstract|override)\s{1,9}){0,6}"
    r"[#*]?([A-Za-z_$][\w$]{0,99})\s{0,9}(?:[?!]?:|[=,<]|\(|$)"
)
_NAME = re.compile(r"[A-Za-z_$][\w$]{0,99}")
_LONGEST = 2000  # characters of a line that are read
_UP = 60  # lines above a changed one, in which what it is part of may begin


@dataclass(frozen=True, slots=True)
class Altered:
    """Places of the new side, by name: of definitions, of all names on removed lines, and of those
    whose definition is removed from a file and not added to any. Tests count for nothing."""

    defined: Mapping[str, Place]
    removed: Mapping[str, Place]
    lost: Mapping[str, Place]

    def is_in(self, source: bytes) -> bool:
        """Whether a source mentions a name that is defined otherwise now."""
        return any(name in self.defined for name in _NAME.findall(text.decode(source)))


def altered(change: Change, new: Mapping[str, bytes]) -> Altered:
    own: dict[str, Place] = {}
    around: dict[str, Place] = {}
    removed: dict[str, Place] = {}
    lost: dict[str, Place] = {}
    added: set[str] = set()
    lines = delta.split(new)
    for file in change.files:
        if is_test(file.path) or file.path not in new:
            continue
        body = lines(file.path)
        for number, line, is_removed in _changed(file):
            at = min(max(number, 1), len(body))
            place = Place(file.path, at, at, "the change altered this")
            for name in _defined(line):
                own.setdefault(name, place)
                if is_removed:
                    lost.setdefault(name, place)
                else:
                    added.add(name)
            for name in _outer(body, at, _indent(line)):
                around.setdefault(name, place)
            for name in _NAME.findall(line) if is_removed else ():
                removed.setdefault(name, place)
    lost = {name: place for name, place in lost.items() if name not in added}
    return Altered(around | own, removed, lost)


def _changed(file: FileDiff) -> Iterator[tuple[int, str, bool]]:
    """The changed lines: (where on the new side, text, whether it was removed). A removed line is
    where the added one is that seems to replace it, else before what follows."""
    for hunk in file.hunks:
        following = hunk.new_start + (hunk.new_count == 0)
        for unchanged, lines in itertools.groupby(hunk.lines, lambda line: line.kind == "context"):
            block = list(lines)
            added = [line for line in block if line.kind == "added"]
            removed = [line for line in block if line.kind == "removed"]
            for number, line in itertools.chain(enumerate(removed), enumerate(added)):
                if line.data.strip():
                    at = following + min(number, len(added))
                    yield at, text.decode(line.data[:_LONGEST]), line.kind == "removed"
            following += len(block) if unchanged else len(added)


def _defined(line: str) -> list[str]:
    member = _MEMBER.match(line)
    return [*_KEYWORD.findall(line), *([member[1]] if member else [])]


def _outer(body: Sequence[bytes], at: int, indent: int) -> Iterator[str]:
    """What is defined by the lines above that are indented less, up to the outermost."""
    for above in range(at - 2, max(at - 2 - _UP, -1), -1):
        line = text.decode(body[above][:_LONGEST])
        if indent == 0:
            return
        if line.strip() and _indent(line) < indent:
            indent = _indent(line)
            yield from _defined(line)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
