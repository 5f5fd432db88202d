"""The vocabulary of the project: frozen values that the stages pass to each other. The only logic
here is the order of severities.

Paths are `str` as the operating system hands them out (`os.fsdecode`: undecodable bytes become
surrogates), relative to the repository root, with `/`. They are made printable only on output
(`text.file_name`). File contents and diff lines are `bytes`; lines end at `\\n`
and nowhere else. Line numbers are 1-based.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

Side = Literal["new", "old"]
Severity = Literal["critical", "major", "minor", "trivial", "info"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)  # most severe first


def severity_rank(severity: str) -> int:
    """0 for critical, higher for less severe."""
    return SEVERITIES.index(severity)


def is_at_least(severity: str, floor: str) -> bool:
    """Whether `severity` is at least as severe as `floor`."""
    return severity_rank(severity) <= severity_rank(floor)


Category = Literal[
    "functional_correctness",
    "security",
    "stability",
    "data_integrity",
    "performance",
    "maintainability",
]
CATEGORIES: tuple[Category, ...] = get_args(Category)
StoredState = Literal["new", "open", "fixed", "dismissed"]  # of a finding of an earlier run
STATES: tuple[StoredState, ...] = get_args(StoredState)
# Skipped files need no review: they never change the exit code.
SkipReason = Literal["binary", "lockfile", "generated", "minified", "lfs_pointer", "submodule",
                     "mode_only", "excluded"]  # fmt: skip
# Unreviewed files should have been reviewed: one of them makes the run incomplete.
UnreviewedReason = Literal[
    "too_large",
    "unreadable",
    "special_file",
    "not_visible",
    "unmerged",
    "timeout",
    "unit_limit",
    "model_error",
    "bad_reply",
    "no_model",
    "analyzer_error",
    "interrupted",
    "hidden_by_change",
]
# Both, for people to read.
REASONS = {
    "binary": "binary",
    "lockfile": "lock file",
    "generated": "generated",
    "minified": "minified",
    "lfs_pointer": "Git LFS pointer",
    "submodule": "submodule",
    "mode_only": "only the mode changed",
    "excluded": "excluded",
    "too_large": "too large",
    "unreadable": "cannot be read",
    "special_file": "special file, not opened",
    "not_visible": "not in the worktree (sparse checkout or skip-worktree)",
    "unmerged": "unmerged",
    "timeout": "out of time",
    "unit_limit": "unit limit reached",
    "model_error": "the model failed",
    "bad_reply": "the model's reply could not be used",
    "no_model": "no model",
    "analyzer_error": "an analyzer failed",
    "interrupted": "interrupted",
    "hidden_by_change": "hidden by a rule that this change adds",
}
ModelRole = Literal["reviewer", "smoke", "none"]
ScopeKind = Literal["all", "staged", "uncommitted", "committed", "commit", "range", "diff"]
REPORT = "written by reviewer"  # the `detail` of a skipped file
PLACE = "the place"  # the `why` of the quote of a finding's own lines


@dataclass(frozen=True, slots=True)
class Scope:
    """What to review. `rev` is the revision of `commit`, the `A..B` of `range`, the file
    name of `diff`."""

    kind: ScopeKind = "all"
    base: str | None = None
    rev: str | None = None
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a hunk. `old` and `new` are its line numbers, None on a side without the line."""

    kind: Literal["context", "added", "removed"]
    old: int | None
    new: int | None
    data: bytes  # without the final "\n"; a "\r" before it is kept
    newline: bool = True  # False for the last line of a file that does not end in "\n"


@dataclass(frozen=True, slots=True)
class Hunk:
    """`@@ -old_start,old_count +new_start,new_count @@ section`, with git's conventions for empty
    sides (a count of 0 names the line before)."""

    old_start: int
    old_count: int
    new_start: int
    new_count: int
    section: bytes
    lines: tuple[Line, ...]


FileStatus = Literal["added", "deleted", "modified", "renamed", "copied", "type_changed"]


@dataclass(frozen=True, slots=True)
class FileDiff:
    """The change of one file. `old_path` differs from `path` for renames and copies only; it is
    None for an added file. Modes are git's octal strings, None on a side without the file.
    The ids are blob ids where git knows the content (None for content that is only in the
    worktree)."""

    path: str
    old_path: str | None
    status: FileStatus
    old_mode: str | None
    new_mode: str | None
    old_id: str | None
    new_id: str | None
    hunks: tuple[Hunk, ...]


@dataclass(frozen=True, slots=True)
class Skipped:
    """`detail` says more about the reason, on one line; "" for nothing."""

    path: str
    reason: SkipReason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Unreviewed:
    """`detail` says more about the reason, on one line; "" for nothing."""

    path: str
    reason: UnreviewedReason
    detail: str = ""


# The whole content of any file of the repository on one side of the change, None where it does not
# exist or cannot be read: "old" is the base commit, "new" what is under review (worktree, index or
# commit, as the scope says).
Read = Callable[[str, Side], bytes | None]
# Files of the new side that contain one of the words, as whole words (git grep -lwF): candidates,
# to be confirmed.
Grep = Callable[[Sequence[str]], tuple[str, ...]]
# All files of one side, tracked and, where the scope has them, untracked.
ListFiles = Callable[[Side], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Commit:
    id: str
    subject: str  # one line
    has_parents: bool


@dataclass(frozen=True, slots=True)
class CommitDiff:
    """The hunks of `files` have one side each: lines that no parent of the commit has, or that it
    took away. `unread`: paths whose content is too large."""

    commit: Commit
    files: tuple[FileDiff, ...]
    unread: tuple[str, ...] = ()


ReadCommits = Callable[[Sequence[Commit]], Iterator[CommitDiff]]


@dataclass(frozen=True)
class History:
    """The commits of a scope, oldest first; `problem` says in one line why some are missing, and
    `excluded` which files are left out by their paths."""

    commits: tuple[Commit, ...] = ()
    problem: str = ""
    clean: frozenset[str] = frozenset()  # ids of those known to bring no credential
    read: ReadCommits = field(default=lambda wanted: iter(()), compare=False)
    excluded: Callable[[str], bool] = field(default=lambda path: False, compare=False)


@dataclass(frozen=True)
class Change:
    """The change under review, taken once: later stages never ask git what changed."""

    scope: Scope
    root: Path  # top of the worktree; the working directory for a patch without a repository
    common_dir: Path | None  # the repository's common git directory, None without a repository
    current_branch: str | None  # None when detached
    base_branch: str | None  # the name that the base was resolved from
    # Full id of the commit the change is measured against; None when there is none yet.
    base_commit: str | None
    head_commit: str | None
    files: tuple[FileDiff, ...]  # to be reviewed, in git's order
    skipped: tuple[Skipped, ...]
    unreviewed: tuple[Unreviewed, ...]
    warnings: tuple[str, ...]  # one line each, for stderr and the terminal report
    digest: str  # "sha256:…" over everything that is reviewed
    read: Read = field(compare=False)
    grep: Grep = field(compare=False)
    list_files: ListFiles = field(compare=False)
    encodings: Mapping[str, str] = field(default_factory=dict)  # of files read here as UTF-8
    tree: str = ""  # id of the git tree of the whole new side; "" where there is none
    history: History = field(default_factory=History)
    # Both whole sides of each text file; none for a patch.
    contents: Callable[[], Iterator[bytes]] = field(default=lambda: iter(()), compare=False)
    skipped_lines: tuple[FileDiff, ...] = ()  # skipped text files, for the checks of lines
    encrypted: frozenset[str] = frozenset()  # clear in the worktree only: git encrypts what it adds

    @property
    def lines(self) -> tuple[FileDiff, ...]:
        """Every text file of the change, as far as the user did not exclude it."""
        return (*self.files, *self.skipped_lines)

    @property
    def is_empty(self) -> bool:
        return not (self.lines or self.history.commits)


@dataclass(frozen=True, slots=True)
class Place:
    path: str
    start: int
    end: int
    why: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """An analyzer's result at a place: a hint for the model, and a finding if its rule is
    listed."""

    source: str  # analyzer name
    rule: str
    path: str
    start: int | None  # None for the whole file
    end: int | None
    message: str
    side: Side = "new"
    fix: str = ""  # what to do about it, one sentence
    related: tuple[Place, ...] = ()  # other places that explain it
    commit: Commit | None = None  # which alone has the place; `anchor` identifies it there
    anchor: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Piece:
    """Lines of the repository that are sent along with a hunk, and why."""

    path: str
    start: int
    end: int
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Context:
    """What is sent along with the hunks of one unit, best first, and what did not fit (one line
    each)."""

    pieces: tuple[Piece, ...] = ()
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unit:
    """The subject of one model call: hunks of one file (or parts of one large hunk) within the
    token budget."""

    file: FileDiff
    hunks: tuple[Hunk, ...]
    ordinal: int  # position among the units of the run, 0-based
