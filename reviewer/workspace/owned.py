"""Whether a repository is what it claims to be: a copied one must not reach for other files or
repositories of its user."""

from __future__ import annotations

import os
from pathlib import Path

from reviewer.errors import GitFailed
from reviewer.text import one_line
from reviewer.workspace import files


def check_place(
    directory: Path, root: Path, git_dir: Path, common_dir: Path, worktree: str | None
) -> None:
    """A copied repository must not reach for other files or repositories of its user."""
    if directory != root and root not in directory.parents:
        raise GitFailed(
            "core.worktree of this repository points elsewhere; unset it: git config --unset"
            " core.worktree"
        )
    dot_git = root / ".git"
    if not os.path.lexists(dot_git) or (
        dot_git.is_dir() and dot_git.resolve() != git_dir.resolve()
    ):
        raise GitFailed(
            "core.worktree of this repository points elsewhere; unset it: git config --unset"
            " core.worktree"
        )
    if not inside(git_dir, root):
        back = files.read_small(git_dir / "gitdir")  # a repository knows its linked worktrees
        linked = back is not None and same(git_dir / os.fsdecode(back.strip()), dot_git)
        owned = worktree is not None and same(git_dir / worktree, root)  # so is a submodule
        if not (linked or owned):
            raise GitFailed(
                f"{one_line(str(dot_git))} points to {one_line(str(git_dir))}, which does not know"
                " this worktree; run `git worktree repair` there, or set its core.worktree"
            )
    if (
        common_dir.resolve() != git_dir.resolve()
        and git_dir.resolve().parent != (common_dir / "worktrees").resolve()
    ):
        raise GitFailed(
            "the commondir file of this repository points elsewhere; run `git worktree repair`"
        )


def check_objects(root: Path, common_dir: Path) -> None:
    """Objects must belong to the repository itself: borrowed ones could be another project's
    secrets."""
    own = common_dir / "objects"
    if not inside(own, common_dir) and not inside(own, root):
        raise GitFailed(
            f"{one_line(str(own))} is a link to {one_line(str(own.resolve()))}, outside the"
            " repository; replace the link with a copy of that folder, or review a patch with"
            " --diff"
        )
    todo, seen = [own], set()
    while todo:
        objects = todo.pop().resolve()
        if objects in seen:
            continue
        seen.add(objects)
        if not inside(objects, common_dir) and not inside(objects, root):
            raise GitFailed(
                f"this repository borrows objects from {one_line(str(objects))}; make it"
                f" independent: git repack -a -d && rm {one_line(str(own))}/info/alternates"
            )
        listed = files.read_small(objects / "info" / "alternates") or b""
        todo += [
            objects / os.fsdecode(line) for line in listed.split(b"\n") if line and line[:1] != b"#"
        ]


def inside(path: Path, directory: Path) -> bool:
    path, directory = path.resolve(), directory.resolve()
    return path == directory or directory in path.parents


def same(path: Path, other: Path) -> bool:
    return path.resolve() == other.resolve()
