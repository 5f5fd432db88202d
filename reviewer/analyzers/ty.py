"""What the change broke in Python across files, found by ty with our own configuration.

ty sees the changed files, the files that import something altered, and what those import, but
nothing third-party: whatever comes from there is unknown and never reported. Only the rules under
`CALLS` and those derived here from its report (`removed-*`) are right often enough to be findings;
the rest are hints.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from reviewer import text
from reviewer.analyzers import delta, external, python_version, registry, tree
from reviewer.analyzers.base import AnalyzerError, AnalyzerResult, Limits
from reviewer.analyzers.python_tree import Project, gather
from reviewer.analyzers.ty_report import AWAITS, CALLS, explain
from reviewer.types import Change, Evidence, Place

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
_RULES = (*CALLS, *AWAITS, *_NAMES, *_HINTS)
# We honour suppression comments ourselves, line by line, so a file cannot opt out as a whole.
_IGNORE = re.compile(rb"(#\s*(?:type|ty|mypy|pyright)):(?=\s*ignore)")
_HEAD = re.compile(r"^(?:error|warning)\[([a-z-]+)\]: ")
_WHERE = re.compile(r"^ *--> (.+):(\d+):\d+$")


def check(change: Change, limits: Limits) -> AnalyzerResult:
    program = registry.program("ty")
    project = gather(change, limits)
    if program is None or project is None or not project.checked:
        return AnalyzerResult("ty")
    with tree.scratch() as scratch:
        found = _run(program, scratch, "new", project, change, limits)
        if not found:
            return _result(project, [])
        before = _run(program, scratch, "old", project, change, limits)
        old_lines, new_lines = delta.split(project.old), delta.split(project.new)
        hits = delta.introduced(change, before, found, old_lines, new_lines, project.unparsed)
        hits = [hit for hit in hits if not _is_suppressed(hit, new_lines)]
        changed = {file.path: delta.LineMap(file) for file in change.files}
        hits = [
            kept
            for hit in hits
            if (kept := explain(hit, project, change, _is_untouched(hit, changed)))
        ]
        places = _signatures(program, scratch, hits, project, limits)
    return _result(project, [_explained(hit, _is_untouched(hit, changed), places) for hit in hits])


def _result(project: Project, hits: list[Evidence]) -> AnalyzerResult:
    left = project.unchecked
    problem = (
        f"ty: {len(left)} more files use what was changed; they were not checked" if left else None
    )
    return AnalyzerResult("ty", tuple(hits), problem, left)


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
    """Write the configuration: our rules, an environment without packages, and the folders that
    imports start from."""
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
        raise AnalyzerError("its report cannot be read") from None
    broken = {
        item["location"]["path"] for item in items if item["check_name"] == "invalid-syntax"
    }  # left to ruff
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


def _signatures(
    program: Path, scratch: Path, hits: list[Evidence], project: Project, limits: Limits
) -> dict[tuple[str, str, int | None], Place]:
    """For calls that do not fit: where the function is defined, by (rule, path, line). Run only if
    there are such calls, since only the human-readable report has it."""
    paths = sorted({hit.path for hit in hits if hit.rule in CALLS})
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
