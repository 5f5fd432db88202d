"""The change under review: compares two trees and lists every changed file as reviewed, skipped or
unreviewed, with its reason."""

from __future__ import annotations

import hashlib
import os
import posixpath
import re
import sys
from collections.abc import Iterable, Mapping, Sequence

from reviewer.errors import UsageError
from reviewer.text import count, one_line
from reviewer.types import (
    Change,
    FileDiff,
    Scope,
    Skipped,
    SkipReason,
    Unreviewed,
    UnreviewedReason,
)
from reviewer.workspace import access, attributes, history, snapshot, triage
from reviewer.workspace.base import Base
from reviewer.workspace.encodings import Encodings
from reviewer.workspace.invocation import EMPTY_TREE, Repository, limited_git
from reviewer.workspace.limits import Limits
from reviewer.workspace.own_reports import reports_among
from reviewer.workspace.records import Record, changed
from reviewer.workspace.snapshot import Snapshot

_DRIVE = re.compile(r"[A-Za-z]:/")

_DEFAULT = Limits()


def collect(repository: Repository, base: Base, scope: Scope, limits: Limits = _DEFAULT) -> Change:
    """The change in `scope`, compared with `base`. `limits.timeout` covers the complete collection.

    Raises UsageError for a path outside the repository, GitFailed when git fails or runs out of
    time before anything is known; later, whatever is not done in time is listed as unreviewed.
    """
    run_git = limited_git(repository, limits.timeout)
    paths = _paths(repository, scope.paths)
    old = base.commit or EMPTY_TREE
    from_worktree = scope.kind in ("all", "uncommitted")
    if from_worktree:
        state = snapshot.worktree(repository, run_git, paths, limits)
    elif scope.kind == "staged":
        state = snapshot.staged(repository, run_git, paths)
    else:
        state = Snapshot(base.head or EMPTY_TREE)
    records = changed(run_git, old, state.tree, paths)
    _refuse_unknown(repository, paths, state, records)
    out = triage.SortedFiles(unreviewed={item.path: item.reason for item in state.unreviewed})
    triage.large_binaries(repository, run_git, old, state.binary, limits, out)
    out.skipped |= dict.fromkeys(state.embedded, "submodule")
    found = attributes.at_base(repository, run_git, base.commit, records)
    kept = triage.by_name(records, found, limits, out)
    kept, sizes = triage.by_size(repository, run_git, kept, limits, out)
    triage.by_content(repository, run_git, kept, sizes, found, limits, state.taken, out)
    unsearched = triage.lines_of_skipped(repository, run_git, records, limits, out)
    if from_worktree and base.commit:  # without a base there are no ignore rules to compare with
        names = (record.path for record in records)
        hidden = snapshot.ignored_by_change(run_git, state, old, names, paths)
        ours = {each.path for each in reports_among(repository.root, hidden, limits)}
        out.unreviewed |= dict.fromkeys(
            (path for path in hidden if path not in ours and not limits.excluded(path)),
            "hidden_by_change",
        )
    return Change(
        scope=scope,
        root=repository.root,
        common_dir=repository.common_dir,
        current_branch=base.current_branch,
        base_branch=base.branch,
        base_commit=base.commit,
        head_commit=base.head,
        files=tuple(out.files),
        skipped=ordered_skipped(out.skipped, state.reports),
        unreviewed=ordered_unreviewed(out.unreviewed),
        warnings=(
            *base.warnings,
            *repository.warnings,
            *_filters(found, from_worktree),
            *_unsearched(unsearched),
        ),
        digest=digest(base.commit, out.files),
        read=access.readers(
            repository,
            old,
            state.tree,
            from_worktree=from_worktree,
            limit=limits.max_file_bytes,
            codecs=_by_each_name(out),
        ),
        grep=access.grep(repository, state.tree, state.index if from_worktree else None),
        list_files=access.lister(repository, old, state.tree),
        tree=state.tree,
        contents=access.contents(repository, out.texts, limits.timeout),
        skipped_lines=tuple(out.skipped_lines),
        encrypted=frozenset(
            path
            for path, each in found.items()
            if path in state.taken and attributes.encrypts(each)
        ),
        history=history.history(repository, base, scope, limits, paths),
        encodings={path: new for path, (_, new) in out.encodings.items() if new},
    )


def _by_each_name(out: triage.SortedFiles) -> dict[str, Encodings]:
    """The encodings also by the old name of a renamed file."""
    old = {file.path: file.old_path for file in out.files if file.old_path}
    return {old[path]: both for path, both in out.encodings.items() if path in old} | out.encodings


def digest(base: str | None, reviewed: Iterable[FileDiff]) -> str:
    """`sha256:…` of the reviewed content: base, names, modes, and every line of every hunk."""
    total = hashlib.sha256(f"{base}\n".encode())
    for file in reviewed:
        head = (
            file.path,
            file.old_path,
            file.status,
            file.old_mode,
            file.new_mode,
            len(file.hunks),
        )
        total.update(os.fsencode(repr(head)) + b"\n")
        for hunk in file.hunks:
            total.update(
                repr(
                    (
                        hunk.old_start,
                        hunk.old_count,
                        hunk.new_start,
                        hunk.new_count,
                        len(hunk.lines),
                    )
                ).encode()
            )
            for line in hunk.lines:
                total.update(
                    b"%c%d%d:%b" % (line.kind[0].encode(), line.newline, len(line.data), line.data)
                )
    return f"sha256:{total.hexdigest()}"


def ordered_skipped(
    reasons: Mapping[str, SkipReason], more: Iterable[Skipped] = ()
) -> tuple[Skipped, ...]:
    skipped = [*(Skipped(path, reason) for path, reason in reasons.items()), *more]
    return tuple(sorted(skipped, key=lambda each: os.fsencode(each.path)))


def ordered_unreviewed(reasons: Mapping[str, UnreviewedReason]) -> tuple[Unreviewed, ...]:
    return tuple(Unreviewed(path, reasons[path]) for path in sorted(reasons, key=os.fsencode))


def _paths(repository: Repository, paths: Sequence[str], platform: str = sys.platform) -> list[str]:
    """The paths of a scope relative to root; empty for the complete repository."""
    top = str(repository.root)
    root = _slashed(top, platform).rstrip("/")
    out = []
    for path in paths:
        if "\0" in path:
            raise UsageError(f"not a path: {one_line(path)}")
        full = posixpath.normpath(_full(root, repository.prefix, _slashed(path, platform)))
        if not _below(full, root, platform):  # it may only pass through a link
            folder = _slashed(os.path.realpath(posixpath.dirname(full)), platform)
            full = posixpath.join(folder, posixpath.basename(full))
        if not _below(full, root, platform):
            raise UsageError(
                f"not inside the repository: {one_line(path)}; name files below {one_line(top)}"
            )
        out.append(full[len(root) + 1 :] or ".")
    return [] if "." in out else out


def _slashed(path: str, platform: str) -> str:
    """As git writes it."""
    return path.replace("\\", "/") if platform == "win32" else path


def _full(root: str, prefix: str, path: str) -> str:
    if _DRIVE.match(path) and _DRIVE.match(root):
        return path
    return posixpath.join(root or "/", prefix, path)


def _below(path: str, root: str, platform: str) -> bool:
    if platform == "win32":
        path, root = path.casefold(), root.casefold()
    return path == root or path.startswith(f"{root}/")


def _refuse_unknown(
    repository: Repository, paths: Sequence[str], state: Snapshot, records: Sequence[Record]
) -> None:
    """Report a mistyped path, which must not look like one without changes."""
    listed = [
        *(record.path for record in records),
        *(item.path for item in state.unreviewed),
        *state.binary,
    ]
    for path in paths:
        if not os.path.lexists(repository.root / path) and not any(
            name == path or name.startswith(f"{path}/") for name in listed
        ):
            raise UsageError(
                f"no such file or directory: {one_line(path)}; see what changed with: git status"
            )


def _unsearched(number: int) -> list[str]:
    files = count(number, "skipped file")
    why = "too large, not readable or out of time"
    return [f"not searched for credentials ({why}): {files}"] if number else []


def _filters(attributes: Mapping[str, Mapping[str, str]], from_worktree: bool) -> list[str]:
    """Warn about files that git would have sent through a program; they are reviewed as they
    are."""
    names = {
        found["filter"]
        for found in attributes.values()
        if found.get("filter", "unset") not in ("unset", "lfs")
    }
    if not names or not from_worktree:
        return []
    return [
        "git filters are not run; files are reviewed as they are:"
        f" {one_line(', '.join(sorted(names)))}"
    ]
