"""What the change broke in Python across files, found by ty with our own configuration.

ty sees the changed files, the files that import what was altered, and what those import; nothing
third-party, so that whatever comes from there is unknown and no reason to complain. Only the rules
under `_CALLS` and those made here from its report (`removed-*`) are right often enough to be
findings; the rest are hints.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from reviewer import text
from reviewer.analyzers import delta, external, python_version, registry, tree
from reviewer.analyzers.base import Limits, Result, Unable
from reviewer.analyzers.python_tree import Project, gather
from reviewer.types import Change, Evidence, Place

_CALLS = {
    "missing-argument": "Pass the argument, or give the parameter a default.",
    "too-many-positional-arguments": "Pass only what the function takes.",
    "unknown-argument": "Pass only parameters that the function has.",
    "parameter-already-assigned": "Pass the argument once.",
    "positional-only-parameter-as-kwarg": "Pass the argument by position.",
}
_AWAITS = {
    "unused-awaitable": "Await the call.",
    "invalid-await": "Do not await it, or make the function async.",
}
_NAMES = ("missing-attribute", "missing-module-member", "import-not-found")
_HINTS = (
    "invalid-argument-type",
    "invalid-explicit-return",
    "invalid-implicit-return",
    "unsupported-operator",
    "not-callable",
    "not-iterable",
    "not-subscriptable",
    "no-matching-overload",
    "possibly-unresolved-reference",
    "missing-union-attribute",
    "incompatible-method-override",
    "index-out-of-bounds",
    "division-by-zero",
    "invalid-context-manager",
    "missing-typed-dict-key",
)
_RULES = (*_CALLS, *_AWAITS, *_NAMES, *_HINTS)
# Suppression comments are ours to honour, line by line: a file cannot opt out as a whole.
_IGNORE = re.compile(rb"(#\s*(?:type|ty|mypy|pyright)):(?=\s*ignore)")
_MEMBER = re.compile(r"(?:attribute|member) `(\w+)`")
_MODULE = re.compile(r"module `([\w.]+)`")
_HEAD = re.compile(r"^(?:error|warning)\[([a-z-]+)\]: ")
_WHERE = re.compile(r"^ *--> (.+):(\d+):\d+$")


def check(change: Change, limits: Limits) -> Result:
    program = registry.program("ty")
    project = gather(change, limits)
    if program is None or project is None or not project.checked:
        return Result("ty")
    with tree.scratch() as scratch:
        found = _run(program, scratch, "new", project, change, limits)
        if not found:
            return _result(project, [])
        before = _run(program, scratch, "old", project, change, limits)
        old_lines, new_lines = delta.split(project.old), delta.split(project.new)
        hits = delta.introduced(change, before, found, old_lines, new_lines, project.unparsed)
        hits = [hit for hit in hits if not _is_suppressed(hit, new_lines)]
        changed = {file.path: delta.LineMap(file) for file in change.files}
        judged = [
            kept
            for hit in hits
            if (kept := _judge(hit, project, change, _is_untouched(hit, changed)))
        ]
        places = _signatures(program, scratch, judged, project, limits)
    return _result(
        project, [_explained(hit, _is_untouched(hit, changed), places) for hit in judged]
    )


def _result(project: Project, hits: list[Evidence]) -> Result:
    left = project.unchecked
    problem = (
        f"ty: {len(left)} more files use what was changed; they were not checked" if left else None
    )
    return Result("ty", tuple(hits), problem, left)


def _run(
    program: Path, scratch: Path, side: str, project: Project, change: Change, limits: Limits
) -> list[Evidence]:
    contents = project.new if side == "new" else project.old
    renamed = {file.path: file.old_path or file.path for file in change.files}
    checked = [path if side == "new" else renamed.get(path, path) for path in project.checked]
    checked = [path for path in checked if path in contents and tree.is_safe(path)]
    if not checked:
        return []
    tree.write(
        scratch / side, {path: _IGNORE.sub(rb"\1;", data) for path, data in contents.items()}
    )
    _configure(scratch, side, project.roots, python_version.minimum(change))
    out = external.run(
        _command(program, scratch, side, "gitlab", checked),
        cwd=scratch / side,
        limits=limits,
        ok=(0,),
        files=project.checked,
    )
    return list(_parse(out))


def _configure(scratch: Path, side: str, roots: Iterable[str], version: tuple[int, int]) -> None:
    """Our rules, an environment without any package, and the folders that imports start from."""
    number = f"{version[0]}.{version[1]}"
    for packages in (f"lib/python{number}/site-packages", "Lib/site-packages"):
        (scratch / "env" / packages).mkdir(parents=True, exist_ok=True)
    (scratch / "env/pyvenv.cfg").write_text(
        f"home = {scratch}\nversion = {number}.0\n", encoding="utf-8"
    )
    folders = [scratch / side / root for root in roots if not root or tree.is_safe(root)]
    names = [str(folder) for folder in folders if folder.is_dir()]
    (scratch / f"{side}.toml").write_text(
        "[environment]\n"
        f"python = {json.dumps(str(scratch / 'env'), ensure_ascii=False)}\n"
        f'python-version = "{number}"\npython-platform = "all"\n'
        f"root = {json.dumps(names, ensure_ascii=False)}\n"
        '[rules]\nall = "ignore"\n' + "".join(f'{rule} = "error"\n' for rule in _RULES),
        encoding="utf-8",
    )


def _command(
    program: Path, scratch: Path, side: str, style: str, paths: Iterable[str]
) -> list[str | Path]:
    return [
        program,
        "check",
        "--project",
        scratch / side,
        "--config-file",
        scratch / f"{side}.toml",
        "--output-format",
        style,
        "--no-progress",
        "--color",
        "never",
        "--exit-zero",
        "--no-respect-ignore-files",
        *(f"./{path}" for path in paths),
    ]


def _parse(output: bytes) -> Iterator[Evidence]:
    try:
        items = json.loads(output or b"[]")
    except ValueError:
        raise Unable("its report cannot be read") from None
    broken = {
        item["location"]["path"] for item in items if item["check_name"] == "invalid-syntax"
    }  # ruff's to say
    for item in items:
        rule, place = item["check_name"], item["location"]
        if place["path"] in broken or rule not in _RULES:
            continue
        begin, end = place["positions"]["begin"]["line"], place["positions"]["end"]["line"]
        message = item["description"].removeprefix(f"{rule}: ").rstrip(".")
        yield Evidence(
            "ty", rule, place["path"].removeprefix("./"), begin, max(begin, end), f"{message}."
        )


def _is_untouched(hit: Evidence, changed: dict[str, delta.LineMap]) -> bool:
    lines = changed.get(hit.path)
    return lines is None or (
        hit.start is not None and not lines.touches(hit.start, hit.end or hit.start)
    )


def _judge(hit: Evidence, project: Project, change: Change, untouched: bool) -> Evidence | None:
    """The hit under the name of what really happened; None for what comes from our seeing a part of
    the project."""
    if (
        "`object.__" in hit.message
    ):  # a decorator or base class that is unknown here may bring the constructor
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
    return dataclasses.replace(hit, fix=_CALLS.get(hit.rule) or _AWAITS.get(hit.rule, ""))


def _removed_module(hit: Evidence, project: Project) -> Evidence | None:
    """An import of a module that is gone; any other that cannot be resolved is third-party."""
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
    """A name that the change took out of a module or class: a finding. One that never was there: a
    hint."""
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
    # On a line that was not touched it worked before, perhaps through a subclass; on others, its
    # owner must be named.
    owned = [each for each in lost if _is_named(*each, module[1] if module else None, hit.message)]
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
    """The line of the new side before which the old `line` stood."""
    if path not in project.new:
        return ()
    file = next(file for file in change.files if file.path == path)
    place = delta.LineMap(file).nearest(line)
    total = project.new[path].count(b"\n") + 1
    place = min(max(place, 1), total)
    return (Place(path, place, place, f"`{name}` was removed here"),)


def _signatures(
    program: Path, scratch: Path, hits: list[Evidence], project: Project, limits: Limits
) -> dict[tuple[str, str, int | None], Place]:
    """For calls that do not fit: where the function is defined, by (rule, path, line). Asked for
    only when there are any, since only the report for people says it."""
    paths = sorted({hit.path for hit in hits if hit.rule in _CALLS})
    if not paths:
        return {}
    out = external.run(
        _command(program, scratch, "new", "full", paths),
        cwd=scratch / "new",
        limits=limits,
        ok=(0,),
        files=project.checked,
    )
    places: dict[tuple[str, str, int | None], Place] = {}
    rule, first = "", None
    for line in text.decode(out).split("\n"):
        if head := _HEAD.match(line):
            rule, first = head[1], None
        elif where := _WHERE.match(line):
            path, number = where[1].removeprefix("./"), int(where[2])
            if first is None:
                first = (rule, path, number)
            elif path in project.new and first not in places:
                places[first] = Place(
                    path, number, number, "the signature that the call does not fit"
                )
    return places


def _explained(
    hit: Evidence, untouched: bool, places: dict[tuple[str, str, int | None], Place]
) -> Evidence:
    place = places.get((hit.rule, hit.path, hit.start))
    if place is None:
        return hit
    message = f"{hit.message} The change altered the signature." if untouched else hit.message
    return dataclasses.replace(hit, message=message, related=(place,))


def _is_suppressed(hit: Evidence, lines: delta.Lines) -> bool:
    return any(_IGNORE.search(line) for line in lines(hit.path)[(hit.start or 1) - 1 : hit.end])
