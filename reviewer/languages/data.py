"""Data formats, and the problems that their parsers find in a file."""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from pathlib import PurePosixPath

from reviewer.languages.base import Comments, Grammar, Language, Problem, Syntax
from reviewer.languages.common import TEMPLATES

_TOML_LINE = re.compile(r"\(at line (\d+), column \d+\)")
# Many configuration files named .json allow comments and trailing commas.
_RELAXED = re.compile(
    r'("(?:[^"\\\n]|\\.)*+")|//[^\n]*|/\*.*?\*/|(?<=[\]}"\w]),(?=(?:\s|//[^\n]*+|/\*.*?\*/)*+[}\]])',
    re.DOTALL,
)


def _json(data: bytes, path: str) -> list[Problem]:
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
        # an empty placeholder; the configuration files of many tools use their own kind of JSON
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
    ):  # a number with thousands of digits, or thousands of levels: valid
        return []


def _relaxed(source: str) -> str:
    """`source` without comments and trailing commas, with the same line numbers."""
    if len(source) > 200_000 or source.count("/*") > 200:
        return source  # each unclosed comment would be searched to the end of the file
    return _RELAXED.sub(lambda match: match[1] or re.sub(r"[^\n]", " ", match[0]), source)


def _parses(source: str) -> bool:
    try:
        json.loads(source)
    except (ValueError, RecursionError):
        return False
    return True


def _last(source: str, key: str) -> int:
    """The line of the last use of `key` as a key."""
    position = max(
        (match.start() for match in re.finditer(re.escape(json.dumps(key)) + r"\s*:", source)),
        default=0,
    )
    return source.count("\n", 0, position) + 1


def _toml(data: bytes, path: str) -> list[Problem]:
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


JSON = Language(
    name="json",
    kind="data",
    suffixes=(".json", ".jsonc", ".geojson", ".webmanifest"),
    any_script=True,
    syntax=Syntax(check=_json),
)
TOML = Language(
    name="toml",
    kind="data",
    suffixes=(".toml",),
    syntax=Syntax(check=_toml),
    comments=Comments(line=("#",)),
)
YAML = Language(
    name="yaml",
    kind="data",
    suffixes=(".yaml", ".yml"),
    any_script=True,
    grammar=Grammar("yaml"),
    syntax=Syntax(certain=True, templates=TEMPLATES),
    comments=Comments(line=("#",)),
)
XML = Language(
    name="xml",
    kind="data",
    suffixes=(".xml", ".xsd", ".xsl", ".xslt", ".csproj", ".props", ".targets", ".plist"),
    any_script=True,
    comments=Comments(block=(("<!--", "-->"),)),
)
INI = Language(
    name="ini",
    kind="data",
    suffixes=(".ini", ".cfg", ".properties"),
    names=(".editorconfig", ".gitconfig"),
    any_script=True,
    comments=Comments(line=("#", ";")),
)
PROTOBUF = Language(
    name="protobuf",
    suffixes=(".proto",),
    comments=Comments(line=("//",), block=(("/*", "*/"),)),
)
NOTEBOOK = Language(name="notebook", kind="data", suffixes=(".ipynb",))
