"""What the change broke in Python across files, found by ty with our own configuration.

ty sees the changed files, the files that import something altered, and what those import, but
nothing third-party: whatever comes from there is unknown and never reported. Only the rules under
`CALLS` and those derived here from its report (`removed-*`) are right often enough to be findings;
the rest are hints.
"""

from __future__ import annotations

import dataclasses
import re
from functools import cache

from reviewer import text
from reviewer.analyzers import delta, isolate, registry, rows, tree, ty_run
from reviewer.analyzers.base import AnalyzerError, AnalyzerResult, Limits, old_name
from reviewer.analyzers.python_tree import Project, gather
from reviewer.analyzers.ty_report import CALLS, explain
from reviewer.types import Change, Evidence, Place

# We honour suppression comments ourselves, line by line, so a file cannot opt out as a whole.
_IGNORE = re.compile(rb"(#\s*(?:type|ty|mypy|pyright)):(?=\s*ignore)")
_HEAD = re.compile(r"^(?:error|warning)\[([a-z-]+)\]: ")
_WHERE = re.compile(r"^ *--> (.+):(\d+):\d+$")


def check(change: Change, limits: Limits) -> AnalyzerResult:
    program = registry.program("ty")
    project = gather(change, limits)
    if program is None or project is None or not project.checked:
        return AnalyzerResult("ty")
    renamed = {file.path: old_name(file) for file in change.files}
    before = [renamed.get(path, path) for path in project.checked]
    new, old = (
        {path: _IGNORE.sub(rb"\1;", data) for path, data in side.items()}
        for side in (project.new, project.old)
    )
    with tree.scratch() as scratch:
        where = ty_run.written(program, change, scratch / "new", new, project.roots)
        hits, lost = ty_run.found(where, [path for path in project.checked if path in new], limits)
        if not hits:
            return _result(project, [], lost)
        earlier = ty_run.written(program, change, scratch / "old", old, project.roots)
        known, unread = ty_run.found(earlier, [path for path in before if path in old], limits)
        unparsed = project.unparsed | {path for path in renamed if renamed[path] in unread}
        old_lines, new_lines = delta.split(project.old), delta.split(project.new)
        hits = delta.introduced(change, known, hits, old_lines, new_lines, unparsed)
        hits = [hit for hit in hits if not _is_suppressed(hit, new_lines)]
        changed = {file.path: delta.LineMap(file) for file in change.files}
        hits = [
            kept
            for hit in hits
            if (kept := explain(hit, project, change, _is_untouched(hit, changed)))
        ]
        places = _signatures(where, hits, limits)
    return _result(
        project, [_explained(hit, _is_untouched(hit, changed), places) for hit in hits], lost
    )


def _result(project: Project, hits: list[Evidence], lost: isolate.Lost) -> AnalyzerResult:
    found, left = isolate.result("ty", hits, lost), project.unchecked
    if not left:
        return found
    more = f"ty: did not check {text.count(len(left), 'more file')} with uses of what was changed"
    problem = "; ".join(filter(None, (found.problem, more)))
    return dataclasses.replace(found, problem=problem, files=(*found.files, *left))


def _is_untouched(hit: Evidence, changed: dict[str, delta.LineMap]) -> bool:
    lines = changed.get(hit.path)
    return lines is None or (
        hit.start is not None and not lines.touches(hit.start, hit.end or hit.start)
    )


def _signatures(
    where: ty_run.Tree, hits: list[Evidence], limits: Limits
) -> dict[tuple[str, str, int | None], Place]:
    """For calls that do not fit: where the function is defined, by (rule, path, line). Run only if
    there are such calls, since only the human-readable report has it."""
    paths = sorted({hit.path for hit in hits if hit.rule in CALLS})
    places: dict[tuple[str, str, int | None], Place] = {}
    row_of = cache(lambda path: rows.universal(where.contents[path]))
    rule, first = "", None
    try:
        output = b"".join(ty_run.outputs(where, paths, "full", limits))
    except AnalyzerError:
        return {}  # the hits stand without it
    for line in text.decode(output).split("\n"):
        if head := _HEAD.match(line):
            rule, first = head[1], None
        elif place := _WHERE.match(line):
            path = where.names.path.get(place[1].removeprefix("./"))
            if path is None:
                continue
            number = row_of(path)(int(place[2]))
            if first is None:
                first = (rule, path, number)
            elif first not in places:
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
