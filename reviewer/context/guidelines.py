"""The team's written guidelines for agents and reviewers, read from the base revision: guidance,
never orders."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reviewer.context import sections
from reviewer.context.index import once_per_change
from reviewer.globs import BadGlob, Globs
from reviewer.text import cut, decode
from reviewer.types import Change

_NAMES = ("AGENTS.md", "AGENT.md", "CLAUDE.md", "GEMINI.md", ".cursorrules", ".windsurfrules")
_FILE = re.compile(
    r"(?P<top>(?:.*/)?)(?:"
    + "|".join(map(re.escape, _NAMES))
    + r"|\.cursor/rules/(?:.*/)?[^/]+\.mdc?|\.github/copilot-instructions\.md"
    r"|\.github/instructions/(?:.*/)?[^/]+\.instructions\.md|\.clinerules(?:/[^/]+)?|\.rules/[^/]+)"
)
_FRONT = re.compile(r"\A---[ \t]*\n(.{0,2000}?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
_GLOBS = re.compile(r"^(?:applyTo|globs)[ \t]*:(.*(?:\n[ \t]*-.*)*)", re.MULTILINE)
# The files that `reviewer integrate` writes tell agents how to call this program; they are not the
# team's guidelines.
_OURS = re.compile(r"<!-- gemma-reviewer .*?(?:<!-- /gemma-reviewer -->|\Z)", re.DOTALL)
_MAX_FILE = 6000  # characters of one file
_MAX_TOTAL = 12_000
_MAX_BYTES = 256 << 10  # a larger file is not read at all
_MAX_FILES = 200


@dataclass(frozen=True, slots=True)
class Guideline:
    source: str  # path in the repository, or the user's name for it
    text: str


def guidelines(
    change: Change,
    path: str,
    extra: Sequence[tuple[str, str]] = (),
    files: Sequence[str] = (),
    room: int = _MAX_TOTAL,
) -> list[Guideline]:
    """Guidelines that apply to `path`: the repository's `files` named in its settings, those of the
    folders above (the nearest last), then `extra` (name, text) from the user. Repository files are
    read from the base side only. If all of them together have more than `room` characters, the
    first ones are reduced to what concerns the path, or left out."""
    found = [item for name in files if (item := _named(change, name))]
    found += [
        Guideline(source, text)
        for top, source, text, globs in _all(change)
        if path.startswith(top) and (not globs or _matches(globs, path.removeprefix(top)))
    ]
    found += [Guideline(name, cut(text.strip(), _MAX_FILE)) for name, text in extra if text.strip()]
    kept: list[Guideline] = []
    texts: set[str] = set()
    for item in reversed(found):
        if item.text in texts or room < 100:
            continue
        texts.add(item.text)
        if kept_text := sections.concerning(item.text, path, room):
            kept.append(Guideline(item.source, kept_text))
            room -= len(kept_text)
    return kept[::-1]


def _named(change: Change, name: str) -> Guideline | None:
    path = name.removeprefix("./")
    if path not in _listed(change):
        return None
    body = _split(change.read(path, "old"))[1]
    return Guideline(path, body) if body else None


def _split(data: bytes | None) -> tuple[str, str]:
    """(front matter, text) of a guideline file; both empty if it is missing, not text, or too
    large."""
    if data is None or len(data) > _MAX_BYTES or b"\0" in data:
        return "", ""
    text = decode(data).replace("\r\n", "\n")
    front = _FRONT.match(text)
    body = text[front.end() :] if front else text
    return front[1] if front else "", cut(_OURS.sub("", body).strip(), _MAX_FILE)


@once_per_change
def _listed(change: Change) -> frozenset[str]:
    return frozenset(change.list_files("old"))


@once_per_change
def _all(change: Change) -> tuple[tuple[str, str, str, tuple[str, ...]], ...]:
    """(folder it applies to, path, text, globs) of each guideline file of the base side, outermost
    first."""
    paths = [(match["top"], path) for path in _listed(change) if (match := _FILE.fullmatch(path))]
    known = {path for _, path in paths}
    entries = []
    for top, path in sorted(paths, key=lambda item: (item[0].count("/"), item[1]))[:_MAX_FILES]:
        front, body = _split(change.read(path, "old"))
        # The content of a symbolic link is its target's name; the target is read on its own.
        if body and "\n" not in body and (top + body.removeprefix("./")) in known:
            continue
        if body:
            entries.append((top, path, body, tuple(_globs(front))))
    return tuple(entries)


def _globs(front: str) -> Iterator[str]:
    for match in _GLOBS.finditer(front):
        for part in re.split(r"[,\n\[\]]", match[1]):
            pattern = part.strip().removeprefix("- ").strip().strip("\"'")
            if pattern:
                yield pattern


def _matches(globs: Sequence[str], path: str) -> bool:
    try:
        return Globs(globs).match(path)
    except BadGlob:  # the author meant certain files, so apply it to none
        return False
