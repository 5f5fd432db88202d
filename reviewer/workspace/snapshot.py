"""The state under review as a git tree, built in the scratch repository: the real index and
worktree are only read.

A copy of the index gets the changes of the worktree and is written as a tree. So every scope
becomes a comparison of two trees, git never has to read worktree files while comparing, and the
reviewed content stays the same for the complete run.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from reviewer.diff import blob_id
from reviewer.errors import GitFailed
from reviewer.text import one_line
from reviewer.types import Skipped, Unreviewed, UnreviewedReason
from reviewer.workspace import encodings, files, objects, special
from reviewer.workspace.invocation import GitRunner, GitTimeout, Repository
from reviewer.workspace.limits import Limits
from reviewer.workspace.own_reports import reports_among

BINARY_PROBE = 8000  # bytes by which git tells text from binary
_MAX_RULES = 1 << 20
# Directories of tools, never part of a change: a new ignore rule for them hides nothing.
_WELL_KNOWN = {
    ".venv",
    "venv",
    "node_modules",
    "__pycache__",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".tox",
    ".gradle",
    ".idea",
    ".vscode",
    ".hypothesis",
    ".eggs",
    ".next",
    ".cache",
}


@dataclass(frozen=True, slots=True)
class Snapshot:
    tree: str
    unreviewed: tuple[Unreviewed, ...] = ()  # paths whose state could not be read
    binary: tuple[str, ...] = ()  # over the size limit, and not text
    embedded: tuple[str, ...] = ()  # untracked repositories inside this one
    taken: frozenset[str] = frozenset()  # paths whose content is from the worktree
    index: Path | None = None  # an index with exactly this content
    reports: tuple[Skipped, ...] = ()  # untracked, and ours


@dataclass(frozen=True, slots=True)
class _Entry:
    # of `ls-files -v`: "H", "M" unmerged, "S" skip-worktree, lower case when assumed unchanged
    tag: str
    mode: str
    blob: str
    path: str


def staged(repository: Repository, run_git: GitRunner, paths: Sequence[str]) -> Snapshot:
    """The index. Unmerged paths are left out and reported."""
    index = _copy_index(repository)
    run_git = partial(run_git, index=index)
    unmerged = sorted(
        {entry.path for entry in _special_entries(run_git, paths) if entry.tag in "Mm"}
    )
    _remove(
        run_git,
        sorted({entry.path for entry in _special_entries(run_git, ()) if entry.tag in "Mm"}),
    )
    return Snapshot(
        _write_tree(run_git), tuple(Unreviewed(path, "unmerged") for path in unmerged), index=index
    )


def worktree(
    repository: Repository,
    run_git: GitRunner,
    paths: Sequence[str],
    limits: Limits,
) -> Snapshot:
    """The worktree: the index, with changed and deleted files as they are now, and untracked files
    that no ignore rule covers and that are not our own reports. Files over the size limit,
    unreadable and special ones keep their index state and are reported."""
    max_bytes = limits.max_file_bytes
    index = _copy_index(repository)
    run_git = partial(run_git, index=index)
    entries = _special_entries(
        run_git, ()
    )  # all of them: git writes no tree with an unmerged entry
    wanted = set(paths)
    hidden = [entry for entry in entries if not wanted or _covered(entry.path, wanted)]
    dirty = _names(
        run_git(
            "diff-files",
            "-z",
            "--name-only",
            "--no-renames",
            "--ignore-submodules=dirty",
            "--no-ext-diff",
            "--",
            *paths,
        )
    )
    untracked = _names(run_git("ls-files", "-z", "--others", "--exclude-standard", "--", *paths))
    reports = reports_among(repository.root, untracked, limits)
    ours = {each.path for each in reports}
    untracked = [path for path in untracked if path not in ours]
    submodules = {entry.path for entry in entries if entry.mode == "160000"}
    unmerged = {entry.path for entry in entries if entry.tag in "Mm"}
    bad: dict[str, UnreviewedReason] = {
        entry.path: "unmerged" for entry in hidden if entry.tag in "Mm"
    }
    gone: list[str] = []
    present: list[str] = []
    binary: list[str] = []
    for path in dict.fromkeys(dirty + [path for path in untracked if not path.endswith("/")]):
        kind, size = files.kind_and_size(repository.root, path)
        if not files.is_safe(path) or kind == "special":
            bad[path] = "special_file"
        elif kind == "unreadable":
            bad[path] = "unreadable"
        elif kind == "file" and size > max_bytes and path not in bad:
            head = files.peek(repository.root, path, BINARY_PROBE) or b""
            if b"\0" in head and encodings.wide(head) is None:
                binary.append(path)
            else:
                bad[path] = "too_large"
        elif kind == "absent" or (kind == "directory" and path not in submodules):
            gone.append(path)
        else:
            present.append(path)
    _remove(run_git, [*gone, *sorted(unmerged - set(present))])
    _add(repository, run_git, present, max_bytes)
    bad |= {
        entry.path: "not_visible"
        for entry in hidden
        if entry.tag not in "MmH" and _differs(repository.root, entry, max_bytes)
    }
    return Snapshot(
        tree=_write_tree(run_git),
        unreviewed=tuple(Unreviewed(path, reason) for path, reason in bad.items()),
        binary=tuple(binary),
        embedded=tuple(path.rstrip("/") for path in untracked if path.endswith("/")),
        taken=frozenset(present),
        index=index,
        reports=reports,
    )


def ignored_by_change(
    run_git: GitRunner, snapshot: Snapshot, base: str, changed: Iterable[str], paths: Sequence[str]
) -> list[str]:
    """Untracked files and directories that are ignored only by a rule that `.gitignore` lacks at
    the base."""
    rules = {path for path in changed if path.rpartition("/")[2] == ".gitignore"}
    if not rules:
        return []
    run_git = partial(run_git, index=snapshot.index)
    ignored = run_git(
        "ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--directory", "--", *paths
    )
    if not ignored:
        return []
    listed = b"./" + ignored[:-1].replace(b"\0", b"\0./") + b"\0"  # a leading ":" is no pattern
    fields = _names(
        run_git(
            "check-ignore", "-z", "-v", "-n", "--no-index", "--stdin", stdin=listed, codes=(0, 1)
        )
    )
    old = {
        path: set((objects.read_one(run_git, base, path, _MAX_RULES) or b"").split(b"\n"))
        for path in rules
    }
    return [
        path[2:].rstrip("/")
        for source, pattern, path in zip(fields[::4], fields[2::4], fields[3::4], strict=True)
        if source in rules
        and os.fsencode(pattern) not in old[source]
        and not _WELL_KNOWN & set(path.split("/"))
    ]


def _covered(path: str, wanted: set[str]) -> bool:
    return any(path == name or path.startswith(f"{name}/") for name in wanted)


def _names(out: bytes) -> list[str]:
    return os.fsdecode(out).split("\0")[:-1]


def _joined(paths: Iterable[str]) -> bytes:
    return b"".join(os.fsencode(path) + b"\0" for path in paths)


def _copy_index(repository: Repository) -> Path:
    """A copy of the index with its original time stamp, by which git tells which entries may be
    stale. Only one that does not exist is empty: raises GitFailed for what cannot be read."""
    copy = Path(tempfile.mkdtemp(prefix="state-", dir=repository.scratch)) / "index"
    special.refuse_one(repository.index_file)
    try:
        shutil.copy2(repository.index_file, copy)
    except FileNotFoundError:
        pass
    except OSError as error:
        raise GitFailed(
            f"cannot read git's index: {one_line(str(error))}; see what is wrong with: git status"
        ) from None
    return copy


def _special_entries(run_git: GitRunner, paths: Sequence[str]) -> list[_Entry]:
    """Index entries that need care: unmerged, skip-worktree, assume-unchanged, and submodules."""
    found = []
    for line in run_git("ls-files", "-z", "-v", "--stage", "--", *paths).split(b"\0"):
        if line and (line[:1] != b"H" or line[2:8] == b"160000"):
            meta, _, path = line.partition(b"\t")
            tag, mode, blob, _ = meta.decode("ascii").split(" ")
            found.append(_Entry(tag, mode, blob, os.fsdecode(path)))
    return found


def _remove(run_git: GitRunner, paths: Sequence[str]) -> None:
    if paths:
        run_git("update-index", "-z", "--force-remove", "--stdin", stdin=_joined(paths))


def _add(repository: Repository, run_git: GitRunner, paths: Sequence[str], max_bytes: int) -> None:
    if not paths:
        return
    try:
        run_git(
            "update-index", "-z", "--add", "--remove", "--replace", "--stdin", stdin=_joined(paths)
        )
    except GitTimeout:
        raise
    except GitFailed:  # one file is enough, for example with a wrong `working-tree-encoding`
        _add_raw(repository, run_git, paths, max_bytes)


def _add_raw(
    repository: Repository, run_git: GitRunner, paths: Sequence[str], max_bytes: int
) -> None:
    """As `_add`, with each file exactly as on disk: attributes do not apply."""
    rows = []
    for path in paths:
        kind, _ = files.kind_and_size(repository.root, path)
        data = files.read(repository.root, path, max_bytes) if kind in ("file", "link") else None
        if data is not None:
            mode = "120000" if kind == "link" else "100644"
            rows.append(
                f"{mode} {objects.store(repository.scratch, data)}\t".encode()
                + os.fsencode(path)
                + b"\0"
            )
    run_git("update-index", "-z", "--add", "--replace", "--index-info", stdin=b"".join(rows))


def _write_tree(run_git: GitRunner) -> str:
    return run_git("write-tree", "--missing-ok").decode("ascii").strip()


def _differs(root: Path, entry: _Entry, max_bytes: int) -> bool:
    """Whether an entry that git was told not to check has other content in the worktree."""
    if entry.mode == "160000":
        return False
    kind, _ = files.kind_and_size(root, entry.path)
    if kind == "absent":
        return entry.tag != "S"  # normal in a sparse checkout
    if kind not in ("file", "link"):
        return True
    data = files.read(root, entry.path, max_bytes)
    if data is None:
        return True
    return entry.blob not in (blob_id(data), blob_id(data.replace(b"\r\n", b"\n")))
