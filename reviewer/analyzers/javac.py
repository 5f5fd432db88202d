"""What the change broke in Java, also in files that it does not touch, found by the Java compiler
with our own options.

javac sees the sources of the repository and nothing of what they depend on. So an error counts only
if nothing unknown can have led to it: the classes that it is about are of the repository, and all
that these extend is there.
"""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path, PurePosixPath

from reviewer import text
from reviewer.analyzers import delta, javac_report, javac_tool, javac_tree, sources, tree
from reviewer.analyzers.base import AnalyzerResult, Limits, old_name
from reviewer.languages import JAVA, language_of
from reviewer.types import Change, Evidence, Place

# One missing import must not hide all the rest, and no code is generated.
_CHECK_ONLY = ("-XDshould-stop.ifError=FLOW", "-XDshould-stop.ifNoError=FLOW")
_PLACES = 2
_NO_CLASSES = ("module-info.java", "package-info.java")


def check(change: Change, limits: Limits) -> AnalyzerResult:
    program = javac_tool.find(change.root)
    found = sources.gather(change, _belongs, limits) if program else None
    if program is None or found is None:
        return AnalyzerResult("javac")
    old, new = javac_report.Side(found.sides.old), javac_report.Side(found.sides.new)
    paths = {*old.contents, *new.contents}
    touched = {path for path in paths if old.contents.get(path) != new.contents.get(path)}
    checked, left = javac_tree.checked(touched, (new.contents, old.contents))
    with tree.scratch() as scratch:
        new = _compiled(program, new, checked, scratch / "new", limits)
        hits = javac_report.hits(new, old)
        if hits:
            old = _compiled(program, old, checked, scratch / "old", limits)
            hits = _introduced(change, old, new)
    places = cache(lambda name, owner: _altered(name, owner, change, old, new))
    return _result([_explained(hit, places(hit.name, hit.owner)) for hit in hits], left)


def _belongs(path: str) -> bool:
    return language_of(path) is JAVA and PurePosixPath(path).name not in _NO_CLASSES


def _compiled(
    program: Path, side: javac_report.Side, paths: Iterable[str], scratch: Path, limits: Limits
) -> javac_report.Side:
    """The side with what javac says about some of its files."""
    names = tree.stand_ins(side.contents)
    tree.write(scratch / "src", {names.of[path]: data for path, data in side.contents.items()})
    present = [path for path in paths if path in side.contents]
    folders = javac_tree.roots(side.sources, present)
    options = (*_CHECK_ONLY, "-sourcepath", os.pathsep.join(map(names.folder, folders)))
    own = [names.of[path] for path in present]
    report = javac_tool.run(program, options, own, scratch, limits)
    return dataclasses.replace(side, report=report)


def _introduced(
    change: Change, old: javac_report.Side, new: javac_report.Side
) -> list[javac_report.Found]:
    known = [found.hit for found in javac_report.hits(old, new)]
    found = javac_report.hits(new, old)
    old_lines, new_lines = delta.split(old.contents), delta.split(new.contents)
    kept = delta.introduced(change, known, [each.hit for each in found], old_lines, new_lines)
    left = {id(hit) for hit in kept}
    return [each for each in found if id(each.hit) in left]


def _explained(found: javac_report.Found, places: Iterable[Place]) -> Evidence:
    """The hit, with the first of `places` that is another one."""
    own = found.hit.path, found.hit.start
    related = next((each for each in places if (each.path, each.start) != own), None)
    return dataclasses.replace(found.hit, related=(related,)) if related else found.hit


def _altered(
    name: str, owner: str, change: Change, old: javac_report.Side, new: javac_report.Side
) -> list[Place]:
    """Where the change removed or altered what is called `name` in the class `owner`: two places at
    most, for the case that one of them is the hit itself."""
    paths = {side.types.get(owner, "") for side in (old, new)} - {""}
    paths |= {path for path in old.contents if PurePosixPath(path).stem == name}
    word = re.compile(rb"\b%s\b" % re.escape(name.encode()))
    found: dict[Place, None] = {}
    for file in change.files:
        if old_name(file) not in paths and file.path not in paths:
            continue
        lines = delta.LineMap(file)
        changed = [line for hunk in file.hunks for line in hunk.lines if line.kind != "context"]
        for line in sorted(changed, key=lambda line: line.kind != "removed"):
            if not word.search(line.data):
                continue
            at = line.new if line.old is None else lines.nearest(line.old)
            if at is not None:
                found[Place(file.path, at, at, f"`{name}` was altered here")] = None
            if len(found) == _PLACES:
                return list(found)
    return list(found)


def _result(hits: Iterable[Evidence], left: list[str]) -> AnalyzerResult:
    result = AnalyzerResult("javac", tuple(hits))
    if not left:
        return result
    problem = f"javac: did not check {text.count(len(left), 'more file')} that may use what changed"
    return dataclasses.replace(result, problem=problem, files=tuple(left))
