"""Which commit a revision names: branches come before tags, as nobody expects the other order.

git takes the tag where a tag and a branch have one name. A tag that comes along with a fetch would
then move the base of every review.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

from reviewer.text import cut, one_line
from reviewer.workspace.invocation import Repository, git

HEADS, REMOTES = "refs/heads/", "refs/remotes/"
_PLACES = (HEADS, REMOTES, "refs/", "refs/tags/")  # in our order
_FULL_ID = re.compile(r"[0-9a-fA-F]{40}")
_ID = re.compile(r"[0-9a-fA-F]{4,39}")
# The name at the start of a revision, and what git does with it: `~2`, `^{/text}`, `@{1}`, `:path`.
_PARTS = re.compile(r"((?:[^~^:@]|@(?!\{))+)(.*)", re.DOTALL)
# What is checked out, fetched and the like, whatever branch or tag has that name.
_OF_GIT = re.compile(r"@|(?:[A-Z_]+_)?HEAD")
_OF_BRANCHES = re.compile(r"@\{(?:u|upstream|push)\}", re.IGNORECASE)  # not for full names


@dataclass(frozen=True, slots=True)
class Found:
    """`warning`: one line when the name could also have meant another commit; empty otherwise."""

    commit: str | None
    warning: str = ""


def find(repository: Repository, rev: str) -> Found:
    """The full id of the commit that `rev` names; None if this repository has none. Everything in
    gitrevisions(7) that names one commit is understood. A full id is never taken for a name."""
    parts = _PARTS.fullmatch(rev)
    if "\0" in rev:
        return Found(None)
    if parts is None or _FULL_ID.fullmatch(rev) or rev.startswith("refs/"):
        return Found(_parsed(repository, rev))
    name, rest = parts[1], parts[2]
    refs = {} if _OF_GIT.fullmatch(name) else _refs(repository, name)
    taken = next((place for place in (HEADS, REMOTES) if place in refs), None)
    if taken is None:
        return Found(_parsed(repository, rev))
    commit = _parsed(repository, rev if _OF_BRANCHES.match(rest) else f"{taken}{name}{rest}")
    return Found(commit, _ambiguous(repository, name, taken, refs) if commit else "")


def _parsed(repository: Repository, rev: str) -> str | None:
    if not rev.startswith(":/"):  # behind that, everything belongs to the text
        rev += "^{commit}"
    asked = ("rev-parse", "--verify", "-q", "--end-of-options", rev)
    return git(repository, *asked, codes=(0, 1, 128)).decode("ascii").strip() or None


def _refs(repository: Repository, name: str) -> dict[str, str]:
    """What the refs called `name` point to, by place; of a tag, what it is on."""
    wanted = {place + name: place for place in _PLACES}
    out = git(
        repository,
        "for-each-ref",
        "--format=%(refname)%00%(objectname)%00%(*objectname)",
        "--",
        *wanted,
    )
    rows = (os.fsdecode(line).split("\0") for line in out.split(b"\n") if line)
    return {wanted[ref]: peeled or oid for ref, oid, peeled in rows if ref in wanted}


def _ambiguous(repository: Repository, name: str, taken: str, refs: dict[str, str]) -> str:
    others = [place + name for place in _PLACES if refs.get(place, refs[taken]) != refs[taken]]
    if not others and _ID.fullmatch(name):
        out = git(repository, "rev-parse", f"--disambiguate={name}").decode("ascii").split()
        others = [oid for oid in out if oid != refs[taken]]
    if not others:
        return ""
    return (
        f"{cut(one_line(name), 100)} could also mean {cut(one_line(others[0]), 150)};"
        f" {cut(one_line(taken + name), 150)} was used"
    )
