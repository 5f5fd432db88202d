"""JSON and TOML that no longer parse. (YAML is parsed with the other languages, in `astgrep`.)"""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from collections.abc import Callable
from pathlib import PurePosixPath

from reviewer.analyzers.base import Limits, Result, content
from reviewer.languages import language
from reviewer.types import Change, Evidence, FileDiff

_Problem = tuple[str, int, str]  # rule, line, message
_TOML_LINE = re.compile(r"\(at line (\d+), column \d+\)")
# Comments and a comma before a closing bracket are allowed in many configuration files that are
# called .json.
_RELAXED = re.compile(
    r'("(?:[^"\\\n]|\\.)*+")|//[^\n]*|/\*.*?\*/|(?<=[\]}"\w]),(?=(?:\s|//[^\n]*+|/\*.*?\*/)*+[}\]])',
    re.DOTALL,
)
_BROKEN_ON_PURPOSE = re.compile(
    r"(?i)(?:^|/)(?:tests?|testdata|fixtures?|__fixtures__)/|(?:^|[/_.-])(?:invalid|broken|malformed|bad)[/_.-]"
)


def check(change: Change, limits: Limits) -> Result:
    evidence = []
    for file in change.files:
        limits.check()
        parse = _PARSERS.get(language(file.path) or "")
        if parse is None or (data := content(change, file, "new")) is None:
            continue
        for rule, line, message in _introduced(change, file, parse, data):
            evidence.append(
                Evidence(
                    source="dataformats",
                    rule=rule,
                    path=file.path,
                    start=line,
                    end=line,
                    message=message,
                    fix=(
                        "Correct the file so that a parser accepts it."
                        if rule != "duplicate-key"
                        else "Keep one of the entries: readers silently take the last."
                    ),
                )
            )
    return Result("dataformats", tuple(evidence))


def is_broken(data: bytes, path: str) -> str | None:
    """Why a JSON or TOML file does not parse, None when it does or is of another kind."""
    parse = _PARSERS.get(language(path) or "")
    found = parse(data, path) if parse else []
    return next(
        (f"line {line}: {message}" for rule, line, message in found if rule != "duplicate-key"),
        None,
    )


def _introduced(
    change: Change, file: FileDiff, parse: Callable[[bytes, str], list[_Problem]], data: bytes
) -> list[_Problem]:
    problems = parse(data, file.path)
    if not problems:
        return []
    old = content(change, file, "old")
    if old is None:
        return [] if _BROKEN_ON_PURPOSE.search(file.path) else problems
    known = {
        (rule, message) if rule == "duplicate-key" else (rule, "")
        for rule, _, message in parse(old, file.path)
    }
    return [
        (rule, line, message)
        for rule, line, message in problems
        if ((rule, message) if rule == "duplicate-key" else (rule, "")) not in known
    ]


def _json(data: bytes, path: str) -> list[_Problem]:
    try:
        source = data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        return [
            (
                "broken-json",
                data.count(b"\n", 0, exc.start) + 1,
                "This is no valid UTF-8, as JSON has to be.",
            )
        ]
    if not source.strip() or PurePosixPath(path).name.startswith("."):
        # an empty placeholder; the configuration files of many tools are a JSON of their own
        return []
    doubles: list[str] = []

    def pairs(items: list[tuple[str, object]]) -> dict[str, object]:
        value = dict(items)
        if len(value) < len(items):
            doubles.extend(
                name for name, count in Counter(name for name, _ in items).items() if count > 1
            )
        return value

    try:
        json.loads(source, object_pairs_hook=pairs)
        return [
            ("duplicate-key", _last(source, name), f"The key {json.dumps(name)} is there twice.")
            for name in doubles
        ]
    except json.JSONDecodeError as exc:
        broken = [("broken-json", exc.lineno, f"The JSON does not parse here: {exc.msg}.")]
        several = exc.msg == "Extra data" and all(
            _parses(line) for line in source.split("\n") if line.strip()
        )
        return [] if several or _parses(_relaxed(source)) else broken
    except (
        ValueError,
        RecursionError,
    ):  # a number of thousands of digits, thousands of levels: valid
        return []


def _relaxed(source: str) -> str:
    """`source` without comments and without a comma before a closing bracket, on the same lines."""
    if len(source) > 200_000 or source.count("/*") > 200:
        return source  # each comment that is never closed is searched for up to the end
    return _RELAXED.sub(lambda match: match[1] or re.sub(r"[^\n]", " ", match[0]), source)


def _parses(source: str) -> bool:
    try:
        json.loads(source)
    except (ValueError, RecursionError):
        return False
    return True


def _last(source: str, key: str) -> int:
    """The line of the last time that `key` is used as one."""
    position = max(
        (match.start() for match in re.finditer(re.escape(json.dumps(key)) + r"\s*:", source)),
        default=0,
    )
    return source.count("\n", 0, position) + 1


def _toml(data: bytes, path: str) -> list[_Problem]:
    try:
        source = data.decode("utf-8")
    except UnicodeDecodeError as exc:
        return [
            (
                "broken-toml",
                data.count(b"\n", 0, exc.start) + 1,
                "This is no valid UTF-8, as TOML has to be.",
            )
        ]
    try:
        tomllib.loads(source)
    except tomllib.TOMLDecodeError as exc:
        place = _TOML_LINE.search(str(exc))
        line = int(place[1]) if place else max(1, source.rstrip().count("\n") + 1)
        reason = str(exc).split(" (at ")[0]
        return [("broken-toml", line, f"The TOML does not parse here: {reason}.")]
    except (ValueError, RecursionError):
        return []
    return []


_PARSERS: dict[str, Callable[[bytes, str], list[_Problem]]] = {"json": _json, "toml": _toml}
