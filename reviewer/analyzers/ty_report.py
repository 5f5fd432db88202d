"""What a hit of ty really means, given that ty has seen only part of the project."""

from __future__ import annotations

import dataclasses
import re
from pathlib import PurePosixPath

from reviewer.analyzers import delta
from reviewer.analyzers.python_tree import Project
from reviewer.types import Change, Evidence, Place

CALLS = {
    "missing-argument": "Pass the argument, or give the parameter a default.",
    "too-many-positional-arguments": "Pass only what the function takes.",
    "unknown-argument": "Pass only parameters that the function has.",
    "parameter-already-assigned": "Pass the argument once.",
    "positional-only-parameter-as-kwarg": "Pass the argument by position.",
}
AWAITS = {
    "unused-awaitable": "Await the call.",
    "invalid-await": "Do not await it, or make the function async.",
}
_MEMBER = re.compile(r"(?:attribute|member) `(\w+)`")
_MODULE = re.compile(r"module `([\w.]+)`")


def explain(hit: Evidence, project: Project, change: Change, untouched: bool) -> Evidence | None:
    """The hit, renamed to what really happened; None for an artefact of ty seeing only part of the
    project."""
    if (
        "`object.__" in hit.message
    ):  # an unknown decorator or base class may provide the constructor
        return None
    if hit.rule == "import-not-found":
        return _removed_module(hit, project)
    if hit.rule in ("missing-attribute", "missing-module-member"):
        return _removed_member(hit, project, change, untouched)
    if hit.rule == "unused-awaitable":
        if "`CoroutineType[" not in hit.message:
            return None
        return dataclasses.replace(
            hit,
            message="The coroutine of this call is never awaited: its code does not run.",
            fix="Await the call.",
        )
    return dataclasses.replace(hit, fix=CALLS.get(hit.rule) or AWAITS.get(hit.rule, ""))


def _removed_module(hit: Evidence, project: Project) -> Evidence | None:
    """An import of a removed module. Any other that cannot be resolved is third-party."""
    named = re.search(r"module `(\.*)([\w.]*)`", hit.message)
    if named is None:
        return None
    folder = PurePosixPath(hit.path).parents
    start = "" if not named[1] else str(folder[min(len(named[1]), len(folder)) - 1]).strip(".")
    tail = "/".join(part for part in (start, *named[2].split(".")) if part)
    for gone in sorted(project.removed_modules):
        module = gone.rsplit(".", 1)[0].removesuffix("/__init__")
        if module == tail or (not named[1] and module.endswith(f"/{tail}")):
            return dataclasses.replace(
                hit,
                rule="removed-module",
                message=f"The module `{named[2]}` that is imported here no longer exists.",
                fix="Import it from where it is now, or restore it.",
            )
    return None


def _removed_member(
    hit: Evidence, project: Project, change: Change, untouched: bool
) -> Evidence | None:
    """A name that the change removed from a module or class is a finding; one that never existed is
    a hint."""
    member, module = (
        _MEMBER.search(hit.message),
        _MODULE.search(hit.message.replace("Module", "module")),
    )
    if member is None:
        return hit
    if module is not None and _is_submodule(f"{module[1]}.{member[1]}", change):
        return None
    lost = [
        (path, name)
        for path, names in project.lost.items()
        for name in sorted(names)
        if name.split(".")[-1] == member[1] and ("." in name) == (module is None)
    ]
    # On an untouched line it used to work, perhaps through a subclass; on other lines, its owner
    # must be named.
    owned = [
        candidate
        for candidate in lost
        if _is_named(*candidate, module[1] if module else None, hit.message)
    ]
    if not owned and not (lost and untouched):
        return hit
    path, name = (owned or lost)[0]
    return dataclasses.replace(
        hit,
        rule="removed-name" if module is not None else "removed-attribute",
        message=f"`{name}`, which is used here, was removed from {path}.",
        fix="Use what took its place, or restore it.",
        related=_where_it_was(path, project.altered[path][name].line, project, change, name),
    )


def _is_named(path: str, name: str, module: str | None, message: str) -> bool:
    """Whether the message is about the module at `path`, or about the class that the attribute
    `name` was in."""
    if module is not None:
        own = path.rsplit(".", 1)[0].removesuffix("/__init__")
        return f"/{own}".endswith(f"/{module.replace('.', '/')}")
    return re.search(rf"\b{re.escape(name.split('.')[-2])}\b", message) is not None


def _is_submodule(dotted: str, change: Change) -> bool:
    tail = dotted.replace(".", "/")
    return any(
        name in (f"{tail}.py", f"{tail}/__init__.py")
        or name.endswith((f"/{tail}.py", f"/{tail}/__init__.py"))
        for name in change.list_files("new")
    )


def _where_it_was(
    path: str, line: int, project: Project, change: Change, name: str
) -> tuple[Place, ...]:
    """The line of the new side before which the old `line` was."""
    if path not in project.new:
        return ()
    file = next(file for file in change.files if file.path == path)
    place = delta.LineMap(file).nearest(line)
    total = project.new[path].count(b"\n") + 1
    place = min(max(place, 1), total)
    return (Place(path, place, place, f"`{name}` was removed here"),)
