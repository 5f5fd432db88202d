"""Proves a patch that somebody has edited, on the worktree as it is now."""

from __future__ import annotations

from collections.abc import Mapping

from reviewer import events, workspace
from reviewer.fixes.build import Refused, from_contents
from reviewer.fixes.prove import Withheld, prove
from reviewer.types import Scope
from reviewer.workspace import Repository, encodings


async def reproved(repository: Repository, contents: Mapping[str, bytes]) -> events.Patch | str:
    """The proof that the files may have these contents, by the checks that every patch of a review
    passes, or the check that fails, in one sentence. `contents` are by path, in the encodings of
    the files. Raises GitFailed."""
    scope = Scope("uncommitted")
    change = workspace.collect(repository, workspace.resolve(repository, scope), scope)
    read = {
        path: encodings.as_utf8(data, change.encodings.get(path)) for path, data in contents.items()
    }
    built = from_contents(read, change)
    if isinstance(built, Refused):
        return built.reason
    proof = await prove(built, change)
    return proof.reason if isinstance(proof, Withheld) else proof
