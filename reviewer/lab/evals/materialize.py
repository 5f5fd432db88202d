"""Builds a case as a fresh repository of two commits without history: nothing in it shows the
answer."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from reviewer import diff
from reviewer.errors import GitFailed
from reviewer.lab.evals import trees
from reviewer.lab.evals.cases import Bundle, Clone, Folder, Tree
from reviewer.lab.evals.load import LoadedCase
from reviewer.lab.evals.plumbing import commit, git, git_dir_of, line, placed
from reviewer.text import one_line
from reviewer.types import FileDiff

BASE, WORK = "base", "work"  # the branches without and with the change


class CannotRun(Exception):
    """The case cannot be built; the reason is one line."""


def materialize(loaded: LoadedCase, target: Path) -> None:
    """Make `target` a repository with the branch `base`, and the branch `work` with the change
    checked out.

    Only the two states of the clone or bundle are copied. Raises CannotRun.
    """
    target.mkdir(parents=True)
    git_dir = target / ".git"
    try:
        git(git_dir, "init", "-q", "--template=", "-b", WORK, worktree=target)
        with tempfile.TemporaryDirectory(prefix="reviewer-") as name:
            base, head = _two_trees(loaded, git_dir, Path(name).resolve())
            if base == head:
                raise CannotRun("base and head are the same, so there is no change to review")
            for name in sorted({defect.file for defect in loaded.case.defects}):
                if not any(
                    git(git_dir, "ls-tree", "-z", tree, "--", name) for tree in (head, base)
                ):
                    raise CannotRun(
                        f"a defect is in {one_line(name)}, which exists on neither side"
                    )
            first = line(git_dir, "commit-tree", base, "-m", "base")
            second = line(git_dir, "commit-tree", head, "-p", first, "-m", "change")
            git(git_dir, "update-ref", f"refs/heads/{BASE}", first)
            git(git_dir, "update-ref", f"refs/heads/{WORK}", second)
            if (git_dir / "objects/info/alternates").exists():
                _keep_only(git_dir, second)
        git(git_dir, "reset", "-q", "--hard", worktree=target)
    except GitFailed as exc:
        raise CannotRun(exc.message) from None
    except trees.BadTree as exc:
        raise CannotRun(str(exc)) from None
    except OSError as exc:
        raise CannotRun(f"cannot write the repository: {exc.strerror}") from None


def export(git_dir: Path, revision: str, folder: Path) -> None:
    """Write the files of a commit below the existing `folder`. Links that lead outside are left
    out. Raises GitFailed."""
    with tempfile.TemporaryDirectory(prefix="reviewer-") as name:
        index = Path(name) / "index"
        git(git_dir, "read-tree", revision, index=index)
        git(
            git_dir,
            "checkout-index",
            "-q",
            "-a",
            f"--prefix={folder}/",
            index=index,
            worktree=folder,
        )
    top = folder.resolve()
    for place, below, here in os.walk(folder):
        for path in (Path(place, each) for each in (*below, *here)):
            if path.is_symlink() and not Path(os.path.realpath(path)).is_relative_to(top):
                path.unlink()


def changed(target: Path) -> tuple[FileDiff, ...]:
    """The change of a built case. Raises GitFailed."""
    shown = ("--no-ext-diff", "--no-textconv", "--no-color", "--full-index", "--find-renames")
    return diff.parse(git(target / ".git", "diff", *shown, BASE, WORK))


def _two_trees(loaded: LoadedCase, git_dir: Path, scratch: Path) -> tuple[str, str]:
    """The tree ids of base and head, with their objects in `git_dir` or borrowed by it."""
    source = loaded.case.source
    match source:
        case Tree():
            base, head = trees.of_texts(source.base), trees.of_texts(source.head)
            return _store(git_dir, base, scratch), _store(git_dir, head, scratch)
        case Folder():
            base, head = (
                trees.of_folder(loaded.home / "base"),
                trees.of_folder(loaded.home / "head"),
            )
            return _store(git_dir, base, scratch), _store(git_dir, head, scratch)
        case Bundle():
            home = _unbundled(loaded.home / source.path, scratch / "bundle")
            paths: Sequence[str] = ()
        case Clone():
            place = placed(loaded.home, source.path)
            found = git_dir_of(place)
            if found is None:
                raise CannotRun(f"no clone at {one_line(str(place))}")
            home, paths = found, source.paths
    before, after = _revision(home, source.base), _revision(home, source.head)
    _borrow(git_dir, home)
    if paths:
        first = _brought_back(git_dir, before, after, paths, scratch / "index")
    else:
        first = line(git_dir, "rev-parse", f"{before}^{{tree}}")
    return first, line(git_dir, "rev-parse", f"{after}^{{tree}}")


def _store(git_dir: Path, entries: Sequence[trees.Entry], scratch: Path) -> str:
    """The id of the tree of these files. git silently drops names reserved for itself in any
    spelling, and files in the place of a folder. Raises BadTree for these."""
    place = Path(tempfile.mkdtemp(dir=scratch))
    names = [place / str(number) for number in range(len(entries))]
    for name, entry in zip(names, entries, strict=True):
        name.write_bytes(entry.data)
    listed = "".join(f"{name}\n" for name in names).encode()
    ids = (
        git(git_dir, "hash-object", "-w", "--no-filters", "--stdin-paths", stdin=listed)
        .decode("ascii")
        .split()
    )
    rows = [
        f"{entry.mode} {blob} 0\t{entry.path}\0" for entry, blob in zip(entries, ids, strict=True)
    ]
    git(
        git_dir,
        "update-index",
        "-z",
        "--index-info",
        stdin=os.fsencode("".join(rows)),
        index=place / "index",
    )
    kept = set(git(git_dir, "ls-files", "-z", index=place / "index").split(b"\0"))
    for entry in entries:
        if os.fsencode(entry.path) not in kept:
            raise trees.BadTree(f"git cannot store {one_line(entry.path)!r} beside the other files")
    return line(git_dir, "write-tree", index=place / "index")


def _unbundled(bundle: Path, made: Path) -> Path:
    """A bare repository with the content of the bundle, refs included."""
    if not os.path.isfile(bundle):  # noqa: PTH113 Path.is_file raises for a name that is too long
        raise CannotRun(f"no bundle at {one_line(str(bundle))}")
    made.mkdir()
    git(made, "init", "-q", "--bare", "--template=")
    listed = git(made, "bundle", "unbundle", str(bundle.absolute()))
    for row in listed.splitlines():
        name, _, ref = os.fsdecode(row).partition(" ")
        if ref.startswith("refs/"):
            git(made, "update-ref", ref, name)
    return made


def _revision(git_dir: Path, revision: str) -> str:
    found = commit(git_dir, revision)
    if found is None:
        raise CannotRun(f"no commit {one_line(revision)} in {one_line(str(git_dir))}")
    return found


def _borrow(git_dir: Path, source: Path) -> None:
    """Let `git_dir` read the objects of another repository until it is repacked."""
    objects = line(source, "rev-parse", "--path-format=absolute", "--git-path", "objects")
    if "\n" in objects or objects.startswith('"'):
        raise CannotRun("cannot borrow from the clone: its path contains a line break or a quote")
    (git_dir / "objects/info").mkdir(exist_ok=True)
    (git_dir / "objects/info/alternates").write_bytes(os.fsencode(objects) + b"\n")


def _keep_only(git_dir: Path, commit: str) -> None:
    """Copy the objects of the commit and its ancestors, and drop the link to all others. Not `git
    repack`, which copies complete packs from a partial clone."""
    pack = git_dir / "objects/pack/pack"
    git(git_dir, "pack-objects", "-q", "--revs", str(pack), stdin=commit.encode() + b"\n")
    git(git_dir, "prune-packed", "-q")
    (git_dir / "objects/info/alternates").unlink()


def _brought_back(git_dir: Path, base: str, head: str, paths: Sequence[str], index: Path) -> str:
    """The tree of `head` with `paths`, files or folders, as they are in `base`."""
    git(git_dir, "read-tree", head, index=index)
    rows = b""
    for path in paths:
        here = git(git_dir, "ls-files", "-z", "--", trees.check_path(path), index=index)
        there = git(git_dir, "ls-tree", "-r", "-z", base, "--", path)
        if not here and not there:
            raise CannotRun(f"{one_line(path)} is in neither revision")
        gone = [b"0 %s\t%s\0" % (b"0" * 40, name) for name in here.split(b"\0") if name]
        rows += b"".join(gone) + there
    git(git_dir, "update-index", "-z", "--index-info", stdin=rows, index=index)
    return line(git_dir, "write-tree", index=index)
