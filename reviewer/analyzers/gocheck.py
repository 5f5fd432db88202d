"""What the change broke in Go, also in packages that it does not touch, found by a checker of ours
on the type checker of the language.

The checker reads the changed packages, those that import them, and what these import of the
repository and the standard library. Packages of others are unknown, and an error that something
unknown takes part in is none.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from reviewer import text
from reviewer.analyzers import delta, external, go_modules, go_tool, sources, tree
from reviewer.analyzers.base import AnalyzerError, AnalyzerResult, Limits, old_name
from reviewer.languages import GO, language_of
from reviewer.types import Change, Evidence, Place

_SHARE = 0.8  # of the time: what is left is for reading and starting
_FOLDERS = re.compile(r"[^(*/]*/")  # of a package, in the full name of a function
_LINES = re.compile(r"\n\s*")
_MOST = 20  # hits with one cause
_NAMED = 3
_MISSING = -1
_SAME = -2


def check(change: Change, limits: Limits) -> AnalyzerResult:
    toolchain = go_tool.find(change.root)
    if toolchain is None:
        return AnalyzerResult("gocheck")
    found = sources.gather(change, _belongs, limits)
    if found is None:
        return AnalyzerResult("gocheck")
    try:
        program = go_tool.checker(toolchain, change.root, limits)
    except AnalyzerError as exc:  # as without a toolchain: that leaves no file unreviewed
        return AnalyzerResult("gocheck", problem=f"gocheck: {exc.problem}")
    old = go_modules.modules(change, "old", limits)
    new = go_modules.modules(change, "new", limits)
    names = sorted({*found.sides.old, *found.sides.new})
    request = {
        "Root": str(toolchain.root),
        "OS": toolchain.system,
        "Arch": toolchain.machine,
        "Tags": toolchain.tags,
        "Seconds": limits.remaining() * _SHARE,
        "Old": [_module(each) for each in old],
        "New": [_module(each) for each in new],
        "Partial": _partial(change, found),
    }
    stdin = b"".join(_request(request, names, found.sides))
    with tree.scratch() as scratch:
        output = external.run([program], cwd=scratch, limits=limits, ok=(0,), stdin=stdin)
    return external.readable(output, lambda report: _result(change, found.sides, report))


def _belongs(path: str) -> bool:
    return language_of(path) is GO and not go_modules.is_left_out(path)


def _module(module: go_modules.Module) -> dict[str, object]:
    return {
        "Dir": module.folder,
        "Path": module.path,
        "Go": module.version,
        "Sees": sorted(module.sees),
    }


def _partial(change: Change, found: sources.Sources) -> list[str]:
    """Folders of which not all files were read."""
    if not found.left and not found.sides.large:
        return []
    unread = {path for path in change.list_files("new") if _belongs(path)}.difference(
        found.sides.new
    )
    return sorted({str(PurePosixPath(path).parent) for path in unread})


def _request(
    request: Mapping[str, object], names: Iterable[str], sides: tree.Sides
) -> Iterator[bytes]:
    """What the checker reads: see golang/input.go."""
    files, contents = [], []
    for name in names:
        old, new = sides.old.get(name), sides.new.get(name)
        same = old is not None and old == new
        files.append(
            {
                "Name": name,
                "Old": _MISSING if old is None else len(old),
                "New": _SAME if same else _MISSING if new is None else len(new),
            }
        )
        contents += [data for data in (old, None if same else new) if data is not None]
    head = json.dumps({**request, "Files": files})
    yield head.encode() + b"\n"
    yield from contents


def _result(change: Change, sides: tree.Sides, report: Mapping[str, Any]) -> AnalyzerResult:
    old, new = (
        [_hit(each, change) for each in report["Errors"] or () if each["Side"] == side]
        for side in ("old", "new")
    )
    old_lines, new_lines = delta.split(sides.old), delta.split(sides.new)
    hits = _first(delta.introduced(change, old, new, old_lines, new_lines))
    hits += _ignored(change, report["Ignored"] or (), new_lines)
    problems = [
        f"gocheck: {why}: {text.one_line(', '.join(folders[:_NAMED]))}"
        for why, folders in (
            ("did not check for lack of time", report["Left"] or ()),
            ("did not check code of a newer Go than yours", report["Newer"] or ()),
        )
        if folders
    ]
    return AnalyzerResult("gocheck", tuple(hits), "; ".join(problems) or None)


def _first(hits: Iterable[Evidence]) -> list[Evidence]:
    """The hits, of those with one cause the first ones. The last of these says how many there
    are."""
    causes: dict[tuple[str, object], list[Evidence]] = {}
    for hit in hits:
        cause = hit.related or (hit.path, hit.start, hit.message)
        causes.setdefault((hit.rule, cause), []).append(hit)
    kept = []
    for together in causes.values():
        kept += together[:_MOST]
        if len(together) > _MOST:
            places = text.count(len(together) - _MOST, "more place")
            message = f"{kept[-1].message} So it is in {places}."
            kept[-1] = dataclasses.replace(kept[-1], message=message)
    return kept


def _ignored(
    change: Change, found: Iterable[Mapping[str, Any]], lines: delta.Lines
) -> list[Evidence]:
    """The errors that this change began to ignore: of functions that had none before, and on added
    lines."""
    maps = {file.path: delta.LineMap(file) for file in change.files}
    removed = delta.removed_content(change)
    hits = []
    for each in found:
        path, start, name = each["File"], each["Line"], _FOLDERS.sub("", each["Name"])
        line = lines(path)[start - 1]
        is_added = path in maps and maps[path].old(start) is None
        if b"//nolint" in line:
            continue
        if each["Proved"]:
            message = f"`{name}` returns an error since this change, which is ignored here."
        elif is_added and not delta.is_moved(line, removed):
            message = f"The error that `{name}` returns is ignored here."
        else:
            continue
        said = "was altered" if each["Proved"] else "is defined"
        hits.append(dataclasses.replace(_hit(each, change, said), message=message))
    return _first(hits)


def _hit(found: Mapping[str, Any], change: Change, said: str = "was altered") -> Evidence:
    return Evidence(
        "gocheck",
        found["Rule"],
        found["File"],
        found["Line"],
        found["End"],
        f"{text.one_line(_LINES.sub('; ', found['Message'])).rstrip('.')}.",
        related=tuple(_place(each, change, said) for each in found["Related"] or ()),
    )


def _place(found: Mapping[str, Any], change: Change, said: str) -> Place:
    path, line = found["File"], found["Line"]
    why = f"`{found['Name']}` {said} here"
    if found["Side"] == "old":
        for file in change.files:
            if old_name(file) == path:
                path, line = file.path, delta.LineMap(file).nearest(line)
    if found["Gone"]:
        why = f"`{found['Name']}` was removed here"
    return Place(path, line, line, why)
