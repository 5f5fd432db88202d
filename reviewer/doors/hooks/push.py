"""Which commits a push brings: what git says on standard input, made into ranges that can be
reviewed."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reviewer.errors import UsageError
from reviewer.text import cut, one_line
from reviewer.workspace import EMPTY_TREE, Repository, commit_of, git

ZERO = "0" * 40
_OID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_REMOTES = "refs/remotes/"
_UNREVIEWED = (
    "refs/tags/",
    "refs/notes/",
)  # names for commits, and remarks: no code that a branch would not bring
_DEFAULTS = ("main", "master")


@dataclass(frozen=True, slots=True)
class Ref:
    """One line of what git says: `local` at `new` is to become `remote`, which is at `old` now. All
    zeros stand for "does not exist": `new` in a deletion, `old` for a branch that is new there."""

    local: str
    new: str
    remote: str
    old: str


@dataclass(frozen=True, slots=True)
class Pushed:
    """The commits that a ref brings: everything in `head` that is not in `base` (a full id, or the
    empty tree's)."""

    name: str  # of the branch, as the remote will call it
    base: str
    head: str

    @property
    def range(self) -> str:
        return f"{self.base}..{self.head}"

    @property
    def short(self) -> str:
        """The same, to be typed."""
        return f"{self.base if self.base == EMPTY_TREE else self.base[:12]}..{self.head[:12]}"


def parse(data: bytes) -> tuple[Ref, ...]:
    """The lines `<local ref> <local id> <remote ref> <remote id>`; the local one may be an
    expression with spaces.

    Raises UsageError for anything else."""
    refs = []
    for line in data.split(b"\n"):
        if not line.strip():
            continue
        parts = os.fsdecode(line).rstrip("\r").rsplit(" ", 3)
        if len(parts) != 4 or not _OID.fullmatch(parts[1]) or not _OID.fullmatch(parts[3]):
            raise UsageError(
                "not a line that git gives to a pre-push hook:"
                f" {cut(one_line(os.fsdecode(line)), 120)}; let git call this hook (see: reviewer"
                " hook install), or try: reviewer --committed"
            )
        refs.append(Ref(*parts))
    return tuple(refs)


def from_framework(environ: Mapping[str, str]) -> tuple[Ref, ...]:
    """The ref that the pre-commit framework (and prek) names in the environment of a pre-push hook;
    it keeps git's lines to itself. Without the two ids, the whole history is new there."""
    local = environ.get("PRE_COMMIT_LOCAL_BRANCH", "")
    new = environ.get("PRE_COMMIT_TO_REF") or local
    if not new:
        return ()
    old = environ.get("PRE_COMMIT_FROM_REF") or ZERO
    return (Ref(local or new, new, environ.get("PRE_COMMIT_REMOTE_BRANCH") or local or new, old),)


def pushed(repository: Repository, remote: str, refs: Iterable[Ref]) -> tuple[Pushed, ...]:
    """What there is to review: nothing for deletions, tags, and commits that the remote `remote` (a
    name, or a URL) has already.

    The remote has what its branches had when they were last fetched or pushed. The default branches
    of all other remotes count as well: whoever pushes to a fork does not bring the project's own
    commits.
    """
    found: dict[tuple[str, str], Pushed] = {}
    there: _There | None = None
    for ref in refs:
        head = (
            None
            if ref.remote.startswith(_UNREVIEWED) or not ref.new.strip("0")
            else commit_of(repository, ref.new)
        )
        if head is None:
            continue
        there = there or _there(repository, remote)
        base = _base(
            repository, head, commit_of(repository, ref.old) if ref.old.strip("0") else None, there
        )
        if base is not None:
            found.setdefault(
                (base, head), Pushed(ref.remote.removeprefix("refs/heads/"), base, head)
            )
    return tuple(found.values())


def _base(repository: Repository, head: str, old: str | None, there: _There) -> str | None:
    """What the pushed commits are compared with; None when there are none."""
    known = dict.fromkeys([*there.known, *([old] if old else [])])
    stdin = "\n".join([head, *(f"^{oid}" for oid in known)]).encode()
    out = git(repository, "rev-list", "--boundary", "--ignore-missing", "--stdin", stdin=stdin)
    listed = out.decode("ascii").split()
    if all(line.startswith("-") for line in listed):
        return None
    edge = [line[1:] for line in listed if line.startswith("-")]
    if not edge:
        return EMPTY_TREE  # the history begins with this push
    if len(edge) > 1:
        edge = git(repository, "merge-base", "--independent", *edge).decode("ascii").split()
    if len(edge) == 1:
        return edge[0]
    # Another line of commits that the remote has was merged in. Then the pull request's base tells
    # most: the merged commits of the default branch are not shown again, and everything new is.
    default = there.default
    fork = (
        git(repository, "merge-base", head, default, codes=(0, 1)).decode("ascii").strip()
        if default
        else ""
    )
    return fork or (old if old in edge else None) or edge[0]


@dataclass(frozen=True, slots=True)
class _There:
    known: tuple[str, ...]  # ids of the newest commits that need no review
    default: str | None  # the remote's default branch


def _there(repository: Repository, remote: str) -> _There:
    settings = repository.settings
    out = git(repository, "for-each-ref", "--format=%(objectname) %(refname)", _REMOTES)
    rows = (os.fsdecode(line).split(" ", 1) for line in out.split(b"\n") if line)
    branches = {row[1].removeprefix(_REMOTES): row[0] for row in rows}
    urls = {
        key[7:-4]: url
        for key, url in settings.items()
        if key.startswith("remote.") and key.endswith(".url")
    }
    name = (
        remote
        if remote in urls
        else next((name for name, url in urls.items() if url == remote), remote)
    )
    usual = [each for each in ("HEAD", settings.get("init.defaultbranch"), *_DEFAULTS) if each]
    defaults: dict[str, str] = {}
    for one in urls:
        places = (f"{one}/{each}" for each in usual)
        if found := next((branches[place] for place in places if place in branches), None):
            defaults[one] = found
    own = (oid for branch, oid in branches.items() if branch.startswith(f"{name}/"))
    return _There((*own, *defaults.values()), defaults.get(name))
