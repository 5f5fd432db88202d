"""Bugs in Python that are visible within one file, found by ruff with our own selection of
rules."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from reviewer import text
from reviewer.analyzers import (
    delta,
    external,
    isolate,
    python_elsewhere,
    python_version,
    registry,
    rows,
    tree,
)
from reviewer.analyzers.base import AnalyzerResult, Limits
from reviewer.languages import is_template
from reviewer.types import Change, Evidence

_SELECT = ("F", "B", "E9", "PLE", "PLW", "ASYNC", "S1", "S2", "S3", "S5", "S6", "S7", "RUF0")
_IGNORE = (
    "S101",  # assert
    "S105",
    "S106",
    "S107",  # passwords: left to `secrets`
    "S104",
    "S108",
    "S113",
    "S310",
    "S311",
    "S313",
    "S314",
    "S603",
    "S606",
    "S607",  # right only half of the time
    "PLE2502",
    "PLE2510",
    "PLE2512",
    "PLE2513",
    "PLE2514",
    "PLE2515",
    "RUF001",
    "RUF002",
    "RUF003",  # `unicode`
    # Style:
    "RUF005",
    "RUF007",
    "RUF010",
    "RUF012",
    "RUF013",
    "RUF015",
    "RUF017",
    "RUF019",
    "RUF021",
    "RUF022",
    "RUF023",
    "RUF028",
    "RUF036",
    "RUF037",
    "RUF041",
    "RUF043",
    "RUF046",
    "RUF051",
    "RUF057",
    "RUF058",
    "RUF059",
    "RUF061",
    "B009",
    "B010",
    "B904",
    "B905",
    "B911",
    "B912",
    "F541",
    "PLW0603",
    "PLW1510",
    "PLW1641",
    "PLW2901",
    "PLW3301",
)
_IN_TESTS = ("S", "B011", "B015", "B017", "B018", "PLW0129")  # tests do this on purpose
_TESTS = ("test_*.py", "*_test.py", "conftest.py", "**/tests/**", "**/test/**", "**/testing/**")
_SUPPRESSED = re.compile(
    rb"#\s*(?:noqa\b(?::\s*([A-Z][A-Z0-9, ]*))?|ruff:\s*ignore\[([^\]]*)\])", re.IGNORECASE
)
_PARTS = re.compile(r", consider .*|\(.*Use .*\)$")
_AT_ONCE = 1000  # files
_COMPARES = re.compile(rb"\s*def __(?:eq|ne|lt|le|gt|ge)__\b")
_NEAR = 40  # lines up to the head of a method
_HARMLESS_SHELL = "seems safe"  # how the rules on shells describe a literal command


def check(change: Change, limits: Limits) -> AnalyzerResult:
    sides = tree.changed(change, registry.ANALYZERS["ruff"].reads)
    program = registry.program("ruff")
    if not (sides.new or sides.large) or program is None:
        return AnalyzerResult("ruff")
    found = isolate.merged(
        isolate.sided(
            part, partial(_found, program, version), limits, at_once=_AT_ONCE, rows=rows.universal
        )
        for version, part in _by_version(change, sides)
    )
    real = [hit for hit in _first_syntax_error(found.new) if not _is_of_template(hit, sides.new)]
    found = dataclasses.replace(found, new=real)
    lines = delta.split(sides.new)
    hits = isolate.introduced(change, sides, found, syntax="invalid-syntax")
    suppressed = dict.fromkeys(hit for hit in hits if _is_suppressed(hit, lines))
    kept = [hit for hit in hits if not (hit in suppressed or _is_of_comparison(hit, lines))]
    check_others = partial(_undefined, program, limits)
    kept = python_elsewhere.news(kept, change, sides.new, found.old, check_others)
    return isolate.result("ruff", kept, found.lost, sides.large, suppressed)


def _undefined(program: Path, limits: Limits, sources: Mapping[str, bytes]) -> list[Evidence]:
    """The undefined names in some other files; none if that cannot be told."""

    def attempt(scratch: Path, names: Sequence[str], limits: Limits) -> list[Evidence]:
        arguments = _arguments(python_version.NEWEST, (python_elsewhere.RULE,))
        argv: list[str | Path] = [program, *arguments, *names]
        out = external.run(argv, cwd=scratch, limits=limits, ok=(0,))
        return external.readable(out, partial(_read, scratch))

    return isolate.sided(tree.Sides({}, sources), attempt, limits, at_once=_AT_ONCE).new


def _by_version(
    change: Change, sides: tree.Sides
) -> Iterator[tuple[python_version.Version, tree.Sides]]:
    """The files by the Python version that they must run on."""
    for version, paths in python_version.by_version(change, {**sides.old, **sides.new}).items():
        part = set(paths)
        old, new = (
            {path: data for path, data in side.items() if path in part}
            for side in (sides.old, sides.new)
        )
        yield version, tree.Sides(old, new)


def _found(
    program: Path,
    version: python_version.Version,
    scratch: Path,
    names: Sequence[str],
    limits: Limits,
) -> list[Evidence]:
    out = external.run([program, *_arguments(version), *names], cwd=scratch, limits=limits, ok=(0,))
    return external.readable(out, partial(_read, scratch))


def _arguments(version: python_version.Version, select: Sequence[str] = _SELECT) -> list[str]:
    """`--isolated` ignores configuration files; everything they could set is set here. Suppression
    comments count on their own line only (`_is_suppressed`), so a file cannot opt out as a
    whole."""
    return [
        "check",
        "--isolated",
        "--no-cache",
        "--no-fix",
        "--no-respect-gitignore",
        "--no-force-exclude",
        "--quiet",
        "--ignore-noqa",
        "--config=exclude=[]",
        "--output-format=json",
        "--color=never",
        "--exit-zero",
        f"--target-version=py{version[0]}{version[1]}",
        f"--select={','.join(select)}",
        f"--ignore={','.join(_IGNORE)}",
        f"--per-file-ignores={','.join(f'{glob}:{rule}' for glob in _TESTS for rule in _IN_TESTS)}",
    ]


def _read(scratch: Path, report: Any) -> list[Evidence]:
    found = []
    for item in report:
        rule = item["code"] or "invalid-syntax"
        if _HARMLESS_SHELL in item["message"]:
            continue
        advice = (item.get("fix") or {}).get("message") or ""
        found.append(
            Evidence(
                source="ruff",
                rule=rule,
                path=Path(item["filename"]).relative_to(scratch).as_posix(),
                start=item["location"]["row"],
                end=max(item["location"]["row"], item["end_location"]["row"]),
                message=_sentence(rule, item["message"]),
                fix=_ended(advice),
            )
        )
    return found


def _sentence(rule: str, message: str) -> str:
    message = _PARTS.sub("", message).removeprefix("SyntaxError: ").strip()
    if rule == "invalid-syntax":
        message = f"The file does not parse: {message[:1].lower()}{message[1:]}"
    return _ended(message)


def _ended(sentence: str) -> str:
    return sentence if not sentence or sentence.endswith((".", "?", "!")) else f"{sentence}."


def _first_syntax_error(hits: Iterable[Evidence]) -> list[Evidence]:
    """Only the first syntax error of a file: the others mostly follow from it."""
    hits = sorted(hits, key=lambda hit: (hit.path, hit.start or 0))
    first: Mapping[str, Evidence] = {
        hit.path: hit for hit in reversed(hits) if hit.rule == "invalid-syntax"
    }
    return [hit for hit in hits if first.get(hit.path, hit) is hit]


def _is_of_template(hit: Evidence, sources: Mapping[str, bytes]) -> bool:
    start = hit.start or 1
    return hit.rule == "invalid-syntax" and is_template(
        hit.path, sources[hit.path], start, hit.end or start
    )


def _is_suppressed(hit: Evidence, lines: delta.Lines) -> bool:
    """Whether a comment on this very line suppresses the rule."""
    content = lines(hit.path)[(hit.start or 1) - 1 : hit.end]
    for comment in (match for line in content if (match := _SUPPRESSED.search(line))):
        named = text.decode(comment[1] or comment[2] or b"").replace(",", " ").split()
        if not named or any(hit.rule.startswith(name) for name in named):
            return True
    return False


def _is_of_comparison(hit: Evidence, lines: delta.Lines) -> bool:
    """Whether the dropped comparison is what a comparing method should return: one of our own rules
    says so, and that it is worse."""
    end = (hit.start or 1) - 1
    above = lines(hit.path)[max(0, end - _NEAR) : end] if hit.rule == "B015" else ()
    head = next((line for line in reversed(above) if line.lstrip().startswith(b"def ")), b"")
    return _COMPARES.match(head) is not None
