"""Imports of files that the change removed or renamed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from reviewer.analyzers.base import Limits, old_name
from reviewer.analyzers.still_used_facts import Facts
from reviewer.analyzers.still_used_report import SHOWN, is_sample, said_more
from reviewer.analyzers.still_used_world import World
from reviewer.languages import Language, Modules
from reviewer.languages.project_files import ProjectFiles
from reviewer.types import Change, Evidence, FileDiff, Place, Side


def surveys(change: Change, facts: Iterable[Facts], side: Side) -> dict[str, Modules]:
    """Where imports lead on one side, by language."""
    languages: dict[str, Language] = {each.language.name: each.language for each in facts}
    files = ProjectFiles(change.list_files(side), lambda path: change.read(path, side))
    return {
        name: each.modules(files) for name, each in languages.items() if each.modules is not None
    }


def lost_modules(
    change: Change, files: Sequence[FileDiff], world: World, limits: Limits
) -> Iterator[Evidence]:
    """Imports that named a file which is gone, and now name none: one hit for each such file."""
    gone = {old_name(file) for file in files if file.status in ("deleted", "renamed")}
    found: dict[str, list[tuple[str, int]]] = {}
    for user in world.new.values() if gone else ():
        limits.check()
        before = world.modules.get(user.language.name)
        after = world.now.get(user.language.name)
        if before is None or after is None or is_sample(user.path):
            continue
        for each in user.imports:
            path = before.module(user.path, each.module, each.level)
            if path in gone and after.module(user.path, each.module, each.level) is None:
                places = found.setdefault(path, [])
                if (user.path, each.line) not in places:
                    places.append((user.path, each.line))
    for path, places in sorted(found.items()):
        (first, line), *more = sorted(places)
        yield Evidence(
            source="still_used",
            rule="removed-module",
            path=first,
            start=line,
            end=line,
            message=f"{path}, which is imported here, no longer exists." + said_more(first, more),
            fix="Import what took its place, or restore it.",
            related=tuple(
                Place(user, number, number, f"{path} is imported here")
                for user, number in more[:SHOWN]
            ),
        )
