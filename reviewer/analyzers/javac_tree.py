"""What javac is told to compile, and which classes of the repository it can know whole: those whose
ancestors and generators are all there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from reviewer import text

MAX_CHECKED = 150  # files
_MAX_ROOTS = 60
_PACKAGE = re.compile(r"^[ \t]*package\s{1,20}([\w.]{1,200})\s{0,20};", re.MULTILINE)
# Literals, which may hold what looks like one of the comments: a path such as "/api/*".
_COMMENT = re.compile(
    r'("""(?:[^\\]|\\.)*?(?:"""|\Z)|"(?:[^"\\\n]|\\.)*+"?|\'(?:[^\'\\\n]|\\.){1,8}+\')'
    r"|//[^\n]*|/\*.*?(?:\*/|\Z)",
    re.DOTALL,
)
# A class with what stands before and behind its name.
_TYPE = re.compile(
    r"((?:@[\w.]{1,100}(?:\([^()]{0,300}\))?\s{1,200}|\b(?:public|protected|private|static|final|"
    r"abstract|sealed|non-sealed|strictfp)\s{1,200}){0,20})"
    r"\b(?:class|interface|enum|record|@interface)\s{1,20}(\w{1,200}+)([^{;]{0,2000}+)\{"
)
_WORD = re.compile(r"\w+")
_GENERATES = re.compile(
    r"^[ \t]*import\s{1,20}(?:static\s{1,20})?(?:lombok|org\.immutables|com\.google\.auto)\b", re.M
)
QUIET = frozenset(
    ("", "Immutable", "NonNull", "NotNull", "NullMarked", "NullUnmarked", "Nullable", "ThreadSafe")
)


@dataclass(frozen=True, slots=True)
class Source:
    """What one file declares."""

    package: str
    root: str  # the folder that its package starts in
    headers: Mapping[str, frozenset[str]]  # the words around the name of each type, by that name
    generated: bool  # whether its members may come from an annotation processor

    def names(self) -> list[str]:
        return [f"{self.package}.{name}" if self.package else name for name in self.headers]


def source(path: str, data: bytes) -> Source:
    code = _COMMENT.sub(lambda found: '""' if found[1] else " ", text.decode(data))
    found = _PACKAGE.search(code)
    package = found[1] if found else ""
    folder = PurePosixPath(path).parent
    depth = len(package.split(".")) if package else 0
    parts = folder.parts
    fits = ".".join(parts[len(parts) - depth :]) == package
    root = "/".join(parts[: len(parts) - depth]) if fits else str(folder)
    headers = {
        match[2]: frozenset(_WORD.findall(f"{match[1]} {match[3]}"))
        for match in _TYPE.finditer(code)
    }
    return Source(package, root or ".", headers, bool(_GENERATES.search(code)))


def checked(
    changed: Iterable[str], sides: Iterable[Mapping[str, bytes]]
) -> tuple[list[str], list[str]]:
    """The changed files and those that name a type that these are called after, and those of them
    that are too many."""
    first = sorted(changed)
    stems = {PurePosixPath(path).stem.encode() for path in first}
    using: dict[str, None] = {}
    for side in sides:
        for path, data in sorted(side.items()):
            if path not in using and stems.intersection(re.findall(rb"\w+", data)):
                using[path] = None
    every = [*first, *(path for path in using if path not in first)]
    return every[:MAX_CHECKED], every[MAX_CHECKED:]


def roots(sources: Mapping[str, Source], changed: Iterable[str]) -> list[str]:
    """The folders that packages start in, those of changed files first."""
    ordered = [sources[path].root for path in changed if path in sources]
    ordered += sorted({each.root for each in sources.values()})
    return list(dict.fromkeys(ordered))[:_MAX_ROOTS]


def partial(sources: Mapping[str, Source], missing: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Simple names of the types that javac does not know whole, given the names that it `missing`
    in each file: a type that has such a name around its own, and whoever has that type around
    it."""
    found: set[str] = set()
    for path, each in sources.items():
        lacks = missing.get(path, frozenset())
        found |= {name for name, words in each.headers.items() if each.generated or words & lacks}
    headers: dict[str, set[str]] = {}
    for each in sources.values():
        for name, words in each.headers.items():
            for word in words:
                headers.setdefault(word, set()).add(name)
    waiting = list(found)
    while waiting:
        more = headers.get(waiting.pop(), set()) - found
        found |= more
        waiting.extend(more)
    return frozenset(found)
