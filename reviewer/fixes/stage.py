"""Stages applied fixes, and no other changes of the worktree: `reviewer fix --stage`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from reviewer.fixes import patch, target
from reviewer.fixes.apply import located
from reviewer.fixes.lines import spliced
from reviewer.fixes.writer import Replacement
from reviewer.text import one_line
from reviewer.workspace import Repository, git

Staged = tuple[str, str, str]  # mode, id before, id after


class CannotStage(Exception):
    """The fix cannot be staged. The message is one sentence."""


def prepare(repository: Repository, items: Sequence[Replacement]) -> list[Staged]:
    """Write the new contents as git objects, without changing the index. Raises CannotStage,
    GitFailed."""
    return [_prepared(repository, item) for item in items]


def _prepared(repository: Repository, item: Replacement) -> Staged:
    name = one_line(item.path)
    out = git(repository, "ls-files", "--stage", "-z", "--", item.path)
    rows = [row.split(b"\t", 1) for row in out.split(b"\0") if row]
    if [os.fsdecode(path) for _, path in rows] != [item.path]:
        raise CannotStage(f"{name} is not in the index or is unmerged; stage it with `git add`")
    mode, before, _ = rows[0][0].decode().split(" ")
    held = git(repository, "cat-file", "blob", before)
    new = _staged_content(held, item)
    if new is None:
        raise CannotStage(
            f"{name} has other changes staged at this place; apply the fix without --stage"
        )
    after = git(repository, "hash-object", "-w", "--stdin", stdin=new).decode().strip()
    return mode, before, after


def _staged_content(held: bytes, item: Replacement) -> bytes | None:
    """The staged content with the same change, whatever else differs in the worktree. None when
    the change does not fit."""
    if held == item.old:
        return item.new
    if b"\r" not in held and held == item.old.replace(
        b"\r\n", b"\n"
    ):  # git converts line ends at checkout
        return item.new.replace(b"\r\n", b"\n")
    files, problem = patch.read(patch.write([(item.path, item.old, item.new)]))
    if problem:
        return None
    try:
        splices = located(held, files[0])
    except target.Unsafe:
        return None
    return held if splices is None else spliced(held, splices)


def put(
    repository: Repository, paths: Sequence[str], staged: Sequence[Staged], *, back: bool = False
) -> None:
    """Stage the new content of each path, or with `back` the old one. Raises GitFailed."""
    rows = b"".join(
        f"{mode} {before if back else after} 0\t".encode() + os.fsencode(path) + b"\0"
        for path, (mode, before, after) in zip(paths, staged, strict=True)
    )
    git(repository, "update-index", "-z", "--index-info", stdin=rows)


def restore(repository: Repository, paths: Sequence[str], staged: Sequence[Staged]) -> list[str]:
    """Restore the old index entries, and return the paths that were staged again since then."""
    out = git(repository, "ls-files", "--stage", "-z", "--", *paths)
    now = {}
    for row in (row for row in out.split(b"\0") if row):
        meta, path = row.split(b"\t", 1)
        now[os.fsdecode(path)] = meta.decode()
    same = [
        (path, entry)
        for path, entry in zip(paths, staged, strict=True)
        if now.get(path) == f"{entry[0]} {entry[2]} 0"
    ]
    if same:
        put(repository, [path for path, _ in same], [entry for _, entry in same], back=True)
    unchanged = {path for path, _ in same}
    return [path for path in paths if path not in unchanged]


def busy(repository: Repository) -> str | None:
    """The git operation in progress, in which a fix might get lost or mixed up; None if there is
    none."""
    marks = {
        "rebase-merge": "a rebase",
        "rebase-apply": "a rebase",
        "MERGE_HEAD": "a merge",
        "CHERRY_PICK_HEAD": "a cherry-pick",
        "REVERT_HEAD": "a revert",
        "BISECT_LOG": "a bisection",
    }
    return next(
        (what for name, what in marks.items() if (Path(repository.git_dir) / name).exists()), None
    )
