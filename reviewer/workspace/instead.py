"""What could be reviewed where nothing has changed, in commands that work in this repository."""

from __future__ import annotations

from reviewer.errors import BadBase, GitFailed
from reviewer.types import Scope
from reviewer.workspace.base import Base, commit_of, parents, resolve
from reviewer.workspace.invocation import Repository, git

_MANY = 10  # commits that a suggestion goes back


def instead(repository: Repository, base: Base, scope: Scope) -> str:
    """One line; "" where there is nothing to suggest: one commit, or a range, was named."""
    if scope.kind in ("commit", "range", "diff"):
        return ""
    head = commit_of(repository, "HEAD")
    if head is None:
        return "There is no commit and no file yet"
    wider = _wider(repository, base, scope)
    return ". ".join(filter(None, (wider, _committed(repository, head))))


def _wider(repository: Repository, base: Base, scope: Scope) -> str:
    """The scope that has changes although this one has none."""
    paths = " outside these paths" if scope.paths else ""
    edited = _edited(repository)
    if scope.kind == "staged" and edited:
        return "What is not staged: `reviewer --uncommitted`"
    if scope.kind == "all" and not scope.paths:
        return ""
    try:
        whole = resolve(repository, Scope())
    except BadBase:
        return ""
    if edited or whole.commit != whole.head:
        return f"Everything that changed{paths}: `reviewer`"
    return ""


def _edited(repository: Repository) -> bool:
    """Whether the worktree or the index differs from HEAD."""
    listings = (
        ("ls-files", "--others", "--exclude-standard"),
        ("diff-files", "--name-only", "--no-ext-diff", "--ignore-submodules=all"),
        ("diff-index", "--cached", "--name-only", "--no-ext-diff", "HEAD", "--"),
    )
    return any(git(repository, *listing) for listing in listings)


def _committed(repository: Repository, head: str) -> str:
    """The last commit, and the last few, as far as this clone has them."""
    older = parents(repository, head)
    if older and commit_of(repository, older[0]) is None:
        if not repository.shallow or not git(repository, "remote"):
            return ""
        return "The last commit: `git fetch --deepen=1 && reviewer --commit HEAD`"
    last = "The last commit: `reviewer --commit HEAD`"
    try:
        listed = git(
            repository, "rev-list", "--first-parent", f"--max-count={_MANY + 1}", head, "--"
        )
    except GitFailed:  # objects are missing
        return last
    back = listed.count(b"\n") - 1
    return f"{last}. The last {back}: `reviewer --base HEAD~{back}`" if back > 1 else last
