"""Recent changes of a repository, and its states as texts that fit into a case. Reads git objects
only, never the worktree."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from reviewer import diff
from reviewer.errors import UsageError
from reviewer.lab.evals.mutants import LANGUAGES
from reviewer.lab.evals.plumbing import commit, git, git_dir_of, line
from reviewer.languages import is_test, language_of
from reviewer.text import one_line
from reviewer.workspace import files

MAX_SIDE = 1 << 20  # bytes of text on one side of a case; the same for the tests of a case
_SETTING = 1 << 14  # bytes: a file of this size at the top of a repository says how it is run
MAX_LINES = 1500  # changed lines; larger changes are not reviewed in one piece


@dataclass(frozen=True)
class Step:
    """The change of one commit against its first parent; for a merge, everything merged."""

    commit: str
    parent: str
    subject: str
    lines: dict[str, frozenset[int]]  # added or changed lines of code that is no test, by path


@dataclass(frozen=True)
class State:
    """The text files of a commit: the code, and separately the tests, empty if they are too
    large."""

    code: dict[str, str]
    tests: dict[str, str]


@dataclass(frozen=True)
class History:
    """A repository as a source of cases."""

    name: str
    git_dir: Path
    head: str


def opened(path: Path) -> History:
    """The repository that contains `path`. Raises UsageError."""
    for place in (path.resolve(), *path.resolve().parents):
        git_dir = git_dir_of(place)
        if git_dir is not None:
            head = commit(git_dir, "HEAD")
            if head is None:
                raise UsageError(
                    f"{one_line(str(place))} has no commits yet: commit, then try again"
                )
            return History(place.name or "repository", git_dir, head)
    raise UsageError(
        f"no git repository at {one_line(str(path))}: name one, as in `reviewer eval mutate"
        " ~/src/app …`"
    )


def steps(history: History, since: str | None, count: int, paths: Sequence[str]) -> list[Step]:
    """The last `count` changes on the first-parent line, newest first, that touch code below
    `paths` (everywhere if empty). Raises UsageError if `since` is not a commit."""
    wanted = [f"-n{count}", history.head]
    if since is not None:
        first = commit(history.git_dir, since)
        if first is None:
            raise UsageError(f"--since: no commit {one_line(since)} in {one_line(history.name)}")
        wanted.append(f"^{first}")
    listed = (
        git(history.git_dir, "rev-list", "--first-parent", "--parents", *wanted)
        .decode("ascii")
        .splitlines()
    )
    found = []
    for row in listed:
        made, *parents = row.split()
        if parents:  # the root commit changes nothing
            step = _step(history, made, parents[0], paths)
            if step.lines:
                found.append(step)
    return found


def _step(history: History, made: str, parent: str, paths: Sequence[str]) -> Step:
    shown = (
        "--no-ext-diff",
        "--no-textconv",
        "--no-color",
        "--full-index",
        "--find-renames",
        "-U0",
    )
    changed = diff.parse(git(history.git_dir, "diff", *shown, parent, made))
    lines: dict[str, frozenset[int]] = {}
    total = 0
    for file in changed:
        total += sum(len(hunk.lines) for hunk in file.hunks)
        added = frozenset(
            row.new for hunk in file.hunks for row in hunk.lines if row.kind == "added" and row.new
        )
        if added and is_code(file.path, paths):
            lines[file.path] = added
    subject = line(history.git_dir, "log", "-1", "--format=%s", made)
    return Step(made, parent, one_line(subject), lines if total <= MAX_LINES else {})


def is_code(path: str, paths: Sequence[str] = ()) -> bool:
    """Code that can be mutated, other than tests and declarations, at or below one of `paths`."""
    below = not paths or any(
        each == "." or path == each or path.startswith(f"{each}/") for each in paths
    )
    runs = language_of(path) in LANGUAGES and not path.endswith((".pyi", ".d.ts"))
    return below and runs and not is_test(path) and _is_text(path)


def _is_text(path: str) -> bool:
    """A case is JSON, which cannot hold names that are not UTF-8."""
    return (
        files.is_safe(path)
        and len(path) <= 1000
        and not any("\ud800" <= each <= "\udfff" for each in path)
    )


def states(history: History, revisions: Sequence[str], changed: Sequence[str]) -> list[State]:
    """Texts of several commits, the same files in each as far as they exist: those in `changed`,
    then those near them, up to MAX_SIDE."""
    listed = [_listed(history, revision) for revision in revisions]
    sizes: dict[str, int] = {}
    for rows in listed:
        for path, (_, size) in rows.items():
            sizes[path] = max(size, sizes.get(path, 0))
    tests = _fitting([path for path in sizes if is_test(path)], sizes, whole=True)
    hidden = set(tests)
    code = _fitting(
        sorted(
            (path for path in sizes if path not in hidden),
            key=lambda path: _rank(path, sizes[path], changed),
        ),
        sizes,
    )
    texts = _texts(
        history, {rows[path][0] for rows in listed for path in (*code, *tests) if path in rows}
    )

    def side(rows: dict[str, tuple[str, int]], names: Sequence[str]) -> dict[str, str]:
        found = {path: texts[rows[path][0]] for path in sorted(names) if path in rows}
        return {path: text for path, text in found.items() if text is not None}

    return [State(side(rows, code), side(rows, tests)) for rows in listed]


def _listed(history: History, revision: str) -> dict[str, tuple[str, int]]:
    """(blob id, size in bytes) of the regular files of a commit, by path."""
    found = {}
    for row in git(history.git_dir, "ls-tree", "-r", "-z", "-l", "--full-tree", revision).split(
        b"\0"
    ):
        head, _, name = row.partition(b"\t")
        mode, kind, blob, size = head.split() if row else (b"", b"", b"", b"")
        path = os.fsdecode(name)
        # git says "BAD" for the size of what a partial clone does not have.
        if kind == b"blob" and mode in (b"100644", b"100755") and size.isdigit() and _is_text(path):
            found[path] = blob.decode("ascii"), int(size)
    return found


def _rank(path: str, size: int, changed: Sequence[str]) -> tuple[int, int, str]:
    """Changed files first, then files that describe how to run the project, code from near to far,
    and other texts."""
    name = posixpath.basename(path)
    is_setting = any(name in each.run_by for each in LANGUAGES) or (
        name == path and size <= _SETTING
    )
    shared = max((len(posixpath.commonpath([path, other])) for other in changed), default=0)
    known = language_of(path)
    place = (
        0
        if path in changed
        else 1
        if is_setting
        else 2
        if known in LANGUAGES
        else 4
        if known is None or known.kind in ("prose", "markup", "style")
        else 3
    )
    return place, -shared, path


def _fitting(names: Sequence[str], sizes: dict[str, int], *, whole: bool = False) -> list[str]:
    """The names, in this order, whose files fit together; with `whole`, all of them or none."""
    found, left = [], MAX_SIDE
    for name in names:
        if sizes[name] <= left:
            found.append(name)
            left -= sizes[name]
        elif whole:
            return []
    return found


def _texts(history: History, blobs: set[str]) -> dict[str, str | None]:
    """The contents of blobs; None for anything but text."""
    asked = sorted(blobs)
    out = git(
        history.git_dir,
        "cat-file",
        "--batch",
        stdin="".join(f"{blob}\n" for blob in asked).encode("ascii"),
    )
    found: dict[str, str | None] = {}
    at = 0
    for blob in asked:
        end = out.index(b"\n", at)
        said = out[at:end].split()[-1]
        if said == b"missing":
            found[blob], at = None, end + 1
            continue
        size = int(said)
        data = out[end + 1 : end + 1 + size]
        at = end + size + 2
        try:
            found[blob] = None if b"\0" in data else data.decode("utf-8")
        except UnicodeDecodeError:
            found[blob] = None
    return found
