"""Globs with the meaning that they have in a .gitignore, in time linear in the path.

`*` and `?` match no `/`; `**` as a whole part matches any number of folders; `[a-z]` and `[!a-z]`
match one character; `\\` takes the next character as it is. A glob without a `/`, or with one only
at its end, matches at any depth; a `/` at the end matches folders only. What matches a folder
matches all that is in it. `!` in front takes files out again; of several globs the last one counts,
but one that names a file itself counts more than one that names a folder above it.

Regular expressions translated from globs take time exponential in the number of stars; here, what
stands between two stars is found where it first occurs, and that is never tried again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LONGEST = 1000  # characters of a glob

_Part = Sequence[re.Pattern[str]]  # names of folders and files that follow each other
_MEMBER = re.compile(r"(.)(?:-(.))?", re.DOTALL)  # of a bracket: a character or a range
_FOLDER, _ITSELF = 1, 2  # what a glob names: a folder above the path, or the path


class BadGlob(ValueError):
    """Not a glob of a .gitignore; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class _Glob:
    """`parts` stand between two `**`. Unless it is `anchored`, the first part may be in any
    folder. `inside`: something must follow the last part."""

    includes: bool
    parts: Sequence[_Part]
    anchored: bool
    inside: bool
    folders: bool  # ends with a `/`

    def match(self, names: Sequence[str]) -> int:
        """0 if it does not match."""
        at, end = 0, len(names) - self.inside
        *before, last = self.parts or [()]
        for number, part in enumerate(before):
            found = _find(part, names, at, at if self.anchored and not number else end)
            if found is None:
                return 0
            at = found + len(part)
        fixed = self.anchored and not before
        if self.inside:
            found = _find(last, names, at, at if fixed else end)
            inside = found is not None and found + len(last) <= end
            return (_FOLDER if self.folders else _ITSELF) if inside else 0
        ending = end - len(last)
        if (ending == at if fixed else ending >= at) and _fits(last, names, ending):
            return _ITSELF
        return 0 if _find(last, names, at, at if fixed else end) is None else _FOLDER


class Globs:
    """Several globs. Raises BadGlob for one that cannot be read; blank ones, comments and those
    with a bracket that does not end are ignored, as git does."""

    def __init__(self, globs: Iterable[str]) -> None:
        self._globs = [made for glob in globs if (made := _read(glob)) is not None]

    def match(self, path: str) -> bool:
        names = path.split("/")
        decided, weight = False, 0
        for glob in reversed(self._globs):
            if (found := glob.match(names)) > weight:
                decided, weight = glob.includes, found
            if weight == _ITSELF:
                break
        return decided


def _find(part: _Part, names: Sequence[str], first: int, last: int) -> int | None:
    """Where a part first fits, from `first` to `last`."""
    last = min(last, len(names) - len(part))
    return next((at for at in range(first, last + 1) if _fits(part, names, at)), None)


def _fits(part: _Part, names: Sequence[str], at: int) -> bool:
    return all(name.match(names[at + number]) for number, name in enumerate(part))


def _read(glob: str) -> _Glob | None:
    if len(glob) > LONGEST:
        raise BadGlob(f"a glob has at most {LONGEST:,} characters")
    kept = glob if glob.endswith("\\ ") else glob.rstrip()
    if not kept or kept.startswith("#") or kept == "/":
        return None
    includes = not kept.startswith("!")
    segments = kept.removeprefix("!").split("/")
    folders = not segments[-1]
    if not segments[0]:
        del segments[0]
    elif len(segments) == 1 or (len(segments) == 2 and folders):
        segments.insert(0, "**")
    if not segments:
        raise BadGlob("there is nothing after the !")
    if not segments[-1]:
        segments[-1] = "**"
    parts: list[list[re.Pattern[str]]] = [[]]
    for segment in segments:
        if segment == "**":
            parts.append([])
        elif (name := _name(segment)) is None:
            return None
        else:
            parts[-1].append(name)
    filled = [part for part in parts if part]
    if not filled and not folders:  # `**` alone is everything
        return _Glob(includes, (), anchored=False, inside=False, folders=False)
    # `**/` alone is what is in any folder.
    return _Glob(
        includes,
        filled or [[_compiled(".*")]],
        anchored=bool(parts[0]),
        inside=not parts[-1],
        folders=folders,
    )


def _name(segment: str) -> re.Pattern[str] | None:
    """A pattern for one name; None if a bracket does not end."""
    between: list[str] = [""]  # the stars: each piece has a fixed length
    at, end = 0, len(segment)
    while at < end:
        char = segment[at]
        at += 1
        if char == "*":
            between.append("")
        elif char == "?":
            between[-1] += "."
        elif char == "[":
            close = _closing(segment, at)
            if close is None:
                return None
            between[-1] += _bracket(segment[at:close])
            at = close + 1
        elif char == "\\":
            if at == end:
                raise BadGlob("there is nothing after the last \\")
            between[-1] += re.escape(segment[at])
            at += 1
        else:
            between[-1] += re.escape(char)
    first, *inner = between
    if not inner:
        return _compiled(first + r"\Z")
    middle = "".join(f"(?>.*?{piece})" for piece in inner[:-1] if piece)
    return _compiled(rf"{first}{middle}.*{inner[-1]}\Z")


def _closing(segment: str, at: int) -> int | None:
    """The index of the bracket that ends what begins at `at`."""
    at += segment[at : at + 1] in ("!", "^")
    found = segment.find("]", at + 1)  # one that stands first is a member
    return found if found >= 0 else None


def _bracket(inside: str) -> str:
    """Escaped, because signs like `[` and `--` mean something else to Python."""
    negated = inside[0] in "!^"
    members = (
        re.escape(first) + (f"-{re.escape(last)}" if last else "")
        for first, last in _MEMBER.findall(inside[negated:])
    )
    return f"[{'^' if negated else ''}{''.join(members)}]"


def _compiled(expression: str) -> re.Pattern[str]:
    try:
        return re.compile(expression, re.DOTALL)
    except re.error:
        raise BadGlob("a bracket has a range that ends before it begins") from None
