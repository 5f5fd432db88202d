"""Turns git's description of a push on standard input into ranges to review."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reviewer.errors import UsageError
from reviewer.text import cut, one_line
from reviewer.workspace import EMPTY_TREE, Repository, git

ZERO = "0" * 40
_OID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_REMOTES = "refs/remotes/"
_HEADS, _TAGS = "refs/heads/", "refs/tags/"
_DEFAULTS = ("main", "master")


@dataclass(frozen=True, slots=True)
class Ref:
    """One line of git's input: `local` at `new` is to become `remote`, which is now at `old`. All
    zeros mean "does not exist": `new` for a deletion, `old` for a new branch."""

    local: str
    new: str
    remote: str
    old: str


@dataclass(frozen=True, slots=True)
class Pushed:
    """The commits that a ref brings: everything in `head` but not in `base` (a full id, or that of
    the empty tree)."""

    name: str  # of the branch or other ref, as the remote will call it
    base: str
    head: str

    @property
    def range(self) -> str:
        return f"{self.base}..{self.head}"

    @property
    def short(self) -> str:
        """The range in short form, for the user to type."""
        return f"{self.base if self.base == EMPTY_TREE else self.base[:12]}..{self.head[:12]}"


def parse(data: bytes) -> tuple[Ref, ...]:
    """Lines of the form `<local ref> <local id> <remote ref> <remote id>`; the local ref may be an
    expression with spaces. Raises UsageError for anything else."""
    refs = []
    for line in data.split(b"\n"):
        if not line.strip():
            continue
        parts = os.fsdecode(line).rstrip("\r").rsplit(" ", 3)
        if len(parts) != 4 or not _OID.fullmatch(parts[1]) or not _OID.fullmatch(parts[3]):
            raise UsageError(
                f"not a line of pre-push input: {cut(one_line(os.fsdecode(line)), 120)}; let git"
                " run the hook (see: reviewer hook install), or try: reviewer --committed"
            )
        refs.append(Ref(*parts))
    return tuple(refs)


def from_framework(environ: Mapping[str, str]) -> tuple[Ref, ...]:
    """The ref that the pre-commit framework (and prek) puts into the environment of a pre-push
    hook; it does not pass git's lines on. Without the two ids, the complete history is new."""
    local = environ.get("PRE_COMMIT_LOCAL_BRANCH", "")
    new = environ.get("PRE_COMMIT_TO_REF") or local
    if not new:
        return ()
    old = environ.get("PRE_COMMIT_FROM_REF") or ZERO
    return (Ref(local or new, new, environ.get("PRE_COMMIT_REMOTE_BRANCH") or local or new, old),)


def pushed(repository: Repository, remote: str, refs: Iterable[Ref]) -> tuple[Pushed, ...]:
    """The ranges to review, whatever the refs: none for deletions, and for commits that the remote
    `remote` (a name or a URL) already has. What is not a branch (a tag, notes) is left out where
    another ref of the push brings its commits along.

    The remote has what its branches had at the last fetch or push, and what git says of the refs
    that are pushed. The default branches of all other remotes count too: a push to a fork does not
    bring the upstream commits.
    """
    given = [ref for ref in refs if ref.new.strip("0")]
    if not given:
        return ()
    state = _remote_state(repository, remote)
    objects = _peeled(repository, (oid for ref in given for oid in (ref.new, ref.old)))
    commits = {name: oid for name, (oid, kind) in objects.items() if kind == "commit"}
    olds = [commits[ref.old] for ref in given if ref.old in commits]
    known = tuple(dict.fromkeys((*state.known, *olds)))
    heads = {ref: commits[ref.new] for ref in given if ref.new in commits}
    new = _new_commits(repository, heads.values(), known)
    covered = _covered(new, set(heads.values()))
    found: dict[tuple[str, str], Pushed] = {}
    for ref in sorted(heads, key=lambda ref: not ref.remote.startswith(_HEADS)):
        head = heads[ref]
        if head not in new or (head in covered and not ref.remote.startswith(_HEADS)):
            continue
        base = _base(repository, head, commits.get(ref.old), known, state.default)
        if base is not None:
            found.setdefault((base, head), Pushed(_name(ref), base, head))
            covered.add(head)
    return tuple(found.values())


def without_commits(
    repository: Repository, refs: Iterable[Ref]
) -> tuple[tuple[str, str, str], ...]:
    """(name, type, id) of the refs that bring a `tree` or a `blob` without any commit, as a tag
    may. git itself refuses them as branches."""
    given = [ref for ref in refs if ref.new.strip("0") and not ref.remote.startswith(_HEADS)]
    objects = _peeled(repository, (ref.new for ref in given))
    found = ((ref, *objects[ref.new]) for ref in given if ref.new in objects)
    return tuple((_name(ref), kind, oid) for ref, oid, kind in found if kind in ("tree", "blob"))


def _name(ref: Ref) -> str:
    if ref.remote.startswith(_TAGS):
        return f"tag {ref.remote.removeprefix(_TAGS)}"
    return ref.remote.removeprefix(_HEADS)


def _peeled(repository: Repository, names: Iterable[str]) -> dict[str, tuple[str, str]]:
    """(id, type) of what each name leads to through tags, for those that are here."""
    wanted = list(dict.fromkeys(name for name in names if name.strip("0") and "\n" not in name))
    if not wanted:
        return {}
    stdin = "".join(f"{name}^{{}}\n" for name in wanted).encode("utf-8", "surrogateescape")
    rows = git(repository, "cat-file", "--batch-check", stdin=stdin).split(b"\n")
    fields = (
        (name, row.decode("ascii", "replace").split(" "))
        for name, row in zip(wanted, rows, strict=False)
    )
    return {name: (row[0], row[1]) for name, row in fields if len(row) == 3 and row[2].isdigit()}


def _new_commits(
    repository: Repository, heads: Iterable[str], known: Iterable[str]
) -> dict[str, list[str]]:
    """The commits that the remote lacks, children first, each with its parents."""
    stdin = "\n".join([*dict.fromkeys(heads), *(f"^{oid}" for oid in known)]).encode()
    out = git(
        repository,
        "rev-list",
        "--topo-order",
        "--parents",
        "--ignore-missing",
        "--stdin",
        stdin=stdin,
    )
    rows = (line.split(" ") for line in out.decode("ascii").splitlines())
    return {commit: parents for commit, *parents in rows}


def _covered(new: Mapping[str, list[str]], heads: set[str]) -> set[str]:
    """The new commits that come along with another head than themselves."""
    covered: set[str] = set()
    for commit, parents in new.items():
        if commit in heads or commit in covered:
            covered.update(parents)
    return covered


def _base(
    repository: Repository, head: str, old: str | None, known: Iterable[str], default: str | None
) -> str | None:
    """The commit to compare the pushed ones with; None when there are none."""
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
    # The push merges commits that the remote has. The base of the pull request shows most then:
    # everything new, without the merged commits of the default branch.
    fork = (
        git(repository, "merge-base", head, default, codes=(0, 1)).decode("ascii").strip()
        if default
        else ""
    )
    return fork or (old if old in edge else None) or edge[0]


@dataclass(frozen=True, slots=True)
class _RemoteState:
    known: tuple[str, ...]  # ids of the newest commits that need no review
    default: str | None  # the remote's default branch


def _remote_state(repository: Repository, remote: str) -> _RemoteState:
    settings = repository.settings
    out = git(repository, "for-each-ref", "--format=%(objectname) %(refname)", _REMOTES)
    rows = (os.fsdecode(line).split(" ", 1) for line in out.split(b"\n") if line)
    branches = {row[1].removeprefix(_REMOTES): row[0] for row in rows}
    urls = {
        key[7:-4]: {url, settings.get(f"{key[:-4]}.pushurl", url)}
        for key, url in settings.items()
        if key.startswith("remote.") and key.endswith(".url")
    }
    name = (
        remote
        if remote in urls
        else next((name for name, each in urls.items() if remote in each), remote)
    )
    usual = [each for each in ("HEAD", settings.get("init.defaultbranch"), *_DEFAULTS) if each]
    defaults: dict[str, str] = {}
    for one in urls:
        places = (f"{one}/{each}" for each in usual)
        if found := next((branches[place] for place in places if place in branches), None):
            defaults[one] = found
    own = (oid for branch, oid in branches.items() if branch.startswith(f"{name}/"))
    return _RemoteState((*own, *defaults.values()), defaults.get(name))
