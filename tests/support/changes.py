"""Makes `Change` values from two trees given as dictionaries, without git: hunks by difflib."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from pathlib import Path

from reviewer.types import Change, FileDiff, Hunk, Line, Scope, Side

CONTEXT = 3


def change_of(base: Mapping[str, bytes], head: Mapping[str, bytes], renamed: Mapping[str, str] | None = None) -> Change:
    """The change from `base` to `head`. `renamed` maps a new path to its old one."""
    renamed = renamed or {}
    trees: dict[Side, Mapping[str, bytes]] = {"old": base, "new": head}
    files = []
    for path in sorted({*base, *head} - set(renamed.values())):
        old_path = renamed.get(path, path)
        old, new = base.get(old_path), head.get(path)
        if old != new or old_path != path:
            files.append(_file(path, old_path, old, new))

    def read(path: str, side: Side) -> bytes | None:
        return trees[side].get(path)

    def grep(words: Sequence[str]) -> tuple[str, ...]:
        wanted = re.compile(rb"(?<!\w)(?:%s)(?!\w)" % b"|".join(re.escape(word.encode()) for word in words))
        return tuple(path for path, data in sorted(head.items()) if wanted.search(data))

    return Change(
        scope=Scope(), root=Path("/nowhere"), common_dir=None, current_branch=None, base_branch=None,
        base_commit=None, head_commit=None, files=tuple(files), skipped=(), unreviewed=(), warnings=(),
        digest="sha256:0", read=read, grep=grep, list_files=lambda side: tuple(sorted(trees[side])),
    )  # fmt: skip


def _file(path: str, old_path: str, old: bytes | None, new: bytes | None) -> FileDiff:
    if old is None:
        status, before = "added", None
    else:
        status = "deleted" if new is None else "renamed" if old_path != path else "modified"
        before = old_path
    modes = (None if old is None else "100644", None if new is None else "100644")
    return FileDiff(path, before, status, *modes, None, None, hunks_of(old or b"", new or b""))


def hunks_of(old: bytes, new: bytes) -> tuple[Hunk, ...]:
    before, after = _lines(old), _lines(new)
    groups = SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(CONTEXT)
    return tuple(_hunk(before, after, group) for group in groups)


def _hunk(before: list[bytes], after: list[bytes], group: Sequence[tuple[str, int, int, int, int]]) -> Hunk:
    lines: list[Line] = []
    for kind, low, high, new_low, new_high in group:
        if kind == "equal":
            lines += [Line("context", low + at + 1, new_low + at + 1, before[low + at]) for at in range(high - low)]
            continue
        lines += [Line("removed", at + 1, None, before[at]) for at in range(low, high)]
        lines += [Line("added", None, at + 1, after[at]) for at in range(new_low, new_high)]
    old_start, old_end, new_start, new_end = group[0][1], group[-1][2], group[0][3], group[-1][4]
    old_count, new_count = old_end - old_start, new_end - new_start
    return Hunk(old_start + (old_count > 0), old_count, new_start + (new_count > 0), new_count, b"", tuple(lines))


def _lines(data: bytes) -> list[bytes]:
    lines = data.split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    return lines
