"""The base of a change: the base commit and the default branch."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from reviewer.errors import BadBase
from reviewer.text import cut, one_line
from reviewer.types import Scope
from reviewer.workspace.invocation import EMPTY_TREE, Repository, git
from reviewer.workspace.revisions import HEADS, REMOTES, Found, find

_BRANCHES = ("main", "master")  # after init.defaultBranch


@dataclass(frozen=True, slots=True)
class Base:
    """`commit` is None for the empty tree; `head` is the newest commit of the scope, None if there
    is none."""

    branch: str | None  # the name that the base was resolved from
    commit: str | None
    head: str | None
    current_branch: str | None  # None when detached
    warnings: tuple[str, ...] = ()  # about names that could mean another commit, too


def resolve(repository: Repository, scope: Scope) -> Base:
    """The base of a scope, by DESIGN's rules for the default branch.

    all, committed: merge base of HEAD with `scope.base` or the default branch; staged, uncommitted:
    HEAD; commit: its first parent; range: `A..B` compares A with B, `A...B` their merge base with
    B. Raises BadBase when that cannot be resolved; the message names the option.
    """
    current = _current_branch(repository)
    head = commit_of(repository, "HEAD")
    if scope.kind == "commit":
        rev = scope.rev or "HEAD"
        found = _need(repository, rev, "--commit")
        parent = _parent(repository, _id(found))
        return Base(f"{rev}^", parent, found.commit, current, _warnings(found))
    if scope.kind == "range":
        return _range(repository, scope.rev or "", current)
    if head is None and scope.base is not None:
        raise BadBase("there is no commit yet to compare with a base: leave out --base")
    if scope.kind in ("staged", "uncommitted") or (head is None and scope.kind == "all"):
        return Base(current if head else None, head, head, current)
    if head is None:
        raise BadBase(
            "there is no commit yet: leave out --committed to review the files themselves"
        )
    if scope.base is not None:
        found = _need(repository, scope.base)
        commit = _merge_base(repository, _id(found), head, scope.base)
        return Base(scope.base, commit, head, current, _warnings(found))
    name, commit = _default(repository, current, head)
    return Base(
        name, head if commit == head else _merge_base(repository, commit, head, name), head, current
    )


def measured_from(repository: Repository, base: Base, rev: str, option: str) -> Base:
    """The same scope, compared with the commit `rev`. Raises BadBase, naming `option`, when there
    is none."""
    found = _need(repository, rev, option)
    warnings = tuple(dict.fromkeys((*base.warnings, *_warnings(found))))
    return replace(base, branch=rev, commit=found.commit, warnings=warnings)


def _current_branch(repository: Repository) -> str | None:
    ref = os.fsdecode(git(repository, "symbolic-ref", "-q", "HEAD", codes=(0, 1))).removesuffix(
        "\n"
    )
    return ref.removeprefix(HEADS) or None


def commit_of(repository: Repository, rev: str) -> str | None:
    """The full id of the commit that `rev` names, branches before tags; None if this repository
    has none."""
    return find(repository, rev).commit


def _need(repository: Repository, rev: str, option: str = "--base") -> Found:
    found = find(repository, rev) if rev else Found(None)
    if found.commit is None:
        raise BadBase(
            f"no such commit: {_shown(rev)}; name an existing branch, tag or commit with"
            f" {option}{_deepen(repository)}"
        )
    return found


def _id(found: Found) -> str:
    assert found.commit is not None  # `_need` refuses what names none
    return found.commit


def _warnings(*found: Found) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.warning for each in found if each.warning))


def _shown(rev: str) -> str:
    return cut(one_line(rev), 200) or "(empty)"


def _deepen(repository: Repository) -> str:
    return (
        "; this clone is shallow: `git fetch --unshallow` fetches the rest"
        if repository.shallow
        else ""
    )


def parents(repository: Repository, commit: str) -> list[str]:
    """The parents recorded in the commit itself: not even a shallow clone may make it look like a
    root commit."""
    head = git(repository, "cat-file", "commit", commit).partition(b"\n\n")[0]
    return [
        line[7:].decode("ascii", "replace")
        for line in head.split(b"\n")
        if line.startswith(b"parent ")
    ]


def _parent(repository: Repository, commit: str) -> str | None:
    recorded = parents(repository, commit)
    if not recorded:
        return None
    if commit_of(repository, recorded[0]) is None:
        raise BadBase(
            f"the parent of {commit[:12]} is missing; choose another commit or"
            f" --base{_deepen(repository)}"
        )
    return recorded[0]


def _merge_base(repository: Repository, base: str, head: str, name: str) -> str:
    out = git(repository, "merge-base", base, head, codes=(0, 1)).decode("ascii").strip()
    if not out:
        raise BadBase(
            f"{_shown(name)} and the current commit have no common ancestor; choose a base with"
            f" --base{_deepen(repository)}"
        )
    return out


def _range(repository: Repository, rev: str, current: str | None) -> Base:
    left, dots, right = rev.partition("...") if "..." in rev else rev.partition("..")
    if not dots:
        raise BadBase(
            f"not a range: {_shown(rev)}; write --range A..B, or use --base {_shown(rev)}"
        )
    if (
        left == EMPTY_TREE and dots == ".."
    ):  # like `git diff`: the complete history of a new repository
        found = _need(repository, right or "HEAD", "--range")
        return Base(None, None, found.commit, current, _warnings(found))
    ends = [_need(repository, end or "HEAD", "--range") for end in (left, right)]
    base, head = (_id(end) for end in ends)
    if dots == "...":
        base = _merge_base(repository, base, head, left or "HEAD")
    return Base(left or "HEAD", base, head, current, _warnings(*ends))


def _default(repository: Repository, current: str | None, head: str) -> tuple[str, str]:
    """(name, commit) to compare the current branch with."""
    refs, targets = _refs(repository)
    remotes = _remotes(repository.settings, current, refs)
    wanted = [name for name in (repository.settings.get("init.defaultbranch"), *_BRANCHES) if name]
    default: str | None = None
    for remote in remotes:
        target = targets.get(f"{REMOTES}{remote}/HEAD", "")
        if target in refs:
            default = target
            break
    if default is None:
        places = [f"{REMOTES}{remote}/" for remote in remotes] + [HEADS]
        default = next(
            (place + name for name in wanted for place in places if place + name in refs), None
        )
    if default is None:
        heads = [ref for ref in refs if ref.startswith(HEADS)]
        far = [ref for ref in refs if ref.startswith(REMOTES)]
        alone = len(heads) == 1 and heads[0] == f"{HEADS}{current}"
        if not alone or (far and not _knows_every_branch(repository, remotes)):
            raise BadBase(
                "no default branch found (no remote HEAD, main or master); name the base with"
                " --base" + _deepen(repository)
            )
        default = next((ref for ref in far if _branch_name(ref, remotes) == current), heads[0])
    if current is not None and current == _branch_name(default, remotes):
        upstream = _upstream(repository.settings, current)
        if upstream in refs:
            return _short(upstream), refs[upstream]
        if default.startswith(HEADS):
            return current, head
    return _short(default), refs[default]


def _knows_every_branch(repository: Repository, remotes: Sequence[str]) -> bool:
    """False for a clone of a single branch, and for one that CI has made by hand of some depth:
    its only branch says nothing about the default branch."""
    fetched = [repository.settings.get(f"remote.{name}.fetch", "") for name in remotes]
    return not repository.shallow and all("*" in refspec for refspec in fetched)


def _refs(repository: Repository) -> tuple[dict[str, str], dict[str, str]]:
    """Object id by ref, and target by symbolic ref, for all branches."""
    out = git(
        repository,
        "for-each-ref",
        "--format=%(refname)%00%(objectname)%00%(symref)",
        "refs/heads",
        "refs/remotes",
    )
    rows = [os.fsdecode(line).split("\0") for line in out.split(b"\n") if line]
    return {row[0]: row[1] for row in rows}, {row[0]: row[2] for row in rows if row[2]}


def _remotes(
    settings: Mapping[str, str], current: str | None, refs: Mapping[str, str]
) -> list[str]:
    """The remotes with branches here: the tracked one first, then origin, then the others in
    alphabetical order."""
    named = {key[7:-4] for key in settings if key.startswith("remote.") and key.endswith(".url")}
    named |= {ref[len(REMOTES) :].split("/", 1)[0] for ref in refs if ref.startswith(REMOTES)}
    tracked = settings.get(f"branch.{current}.remote") if current else None
    return sorted(named, key=lambda name: (name != tracked, name != "origin", name))


def _branch_name(ref: str, remotes: list[str]) -> str:
    """`main` for refs/heads/main and for refs/remotes/REMOTE/main."""
    if ref.startswith(HEADS):
        return ref[len(HEADS) :]
    rest = ref[len(REMOTES) :]
    return next((rest[len(name) + 1 :] for name in remotes if rest.startswith(f"{name}/")), rest)


def _upstream(settings: Mapping[str, str], branch: str) -> str:
    remote, merge = (
        settings.get(f"branch.{branch}.remote", ""),
        settings.get(f"branch.{branch}.merge", ""),
    )
    name = merge.removeprefix(HEADS)
    return f"{HEADS}{name}" if remote == "." else f"{REMOTES}{remote}/{name}"


def _short(ref: str) -> str:
    return ref.removeprefix(HEADS).removeprefix(REMOTES)
