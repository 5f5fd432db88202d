"""Data formats, and the problems that their parsers find in a file."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import PurePosixPath

import tomli

from reviewer.languages.base import Comments, Content, Grammar, Language, Problem, Scopes, Syntax
from reviewer.languages.compose_outline import outline as compose_outline
from reviewer.languages.jsonc import relaxed

_LINES = (".jsonl", ".ndjson")


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
            if not name.startswith("//")  # a comment, by custom
        ]
    except json.JSONDecodeError as exc:
        if _parses(relaxed(source)):
            return []
        in_lines = path.endswith(_LINES)
        wrong = _first_wrong(source) if in_lines or exc.msg == "Extra data" else exc.lineno
        if wrong is None:
            return []
        line, reason = (wrong, "") if in_lines else (exc.lineno, f": {exc.msg}")
        return [("broken-json", line, f"The JSON does not parse here{reason}.")]
    except (
        ValueError,
        RecursionError,
    ):  # a number with thousands of digits, or thousands of levels: valid
        return []


def _first_wrong(source: str) -> int | None:
    """The first line that is no JSON by itself; None if the file holds a document a line."""
    lines = enumerate(source.split("\n"), 1)
    return next((number for number, line in lines if line.strip() and not _parses(line)), None)


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
        source = data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        return [
            (
                "broken-toml",
                data.count(b"\n", 0, exc.start) + 1,
                "This is no valid UTF-8, as TOML has to be.",
            )
        ]
    try:
        tomli.loads(source)
    except tomli.TOMLDecodeError as exc:
        line = min(exc.lineno, max(1, source.rstrip().count("\n") + 1))
        return [("broken-toml", line, f"The TOML does not parse here: {exc.msg}.")]
    except (ValueError, RecursionError):
        return []
    return []


JSON = Language(
    name="json",
    kind="data",
    suffixes=(
        *(".json", ".jsonc", ".jsonl", ".ndjson", ".geojson", ".webmanifest"),
        ".code-workspace",
    ),
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
    syntax=Syntax(certain=True),
    comments=Comments(line=("#",)),
)
COMPOSE = replace(
    YAML,
    name="compose",
    suffixes=(),
    names=tuple(
        f"{stem}{part}.{end}"
        for stem in ("compose", "docker-compose")
        for part in ("", ".override", ".dev", ".prod", ".test")
        for end in ("yml", "yaml")
    ),
    content=Content(
        YAML.suffixes,
        re.compile(
            rb"^services:[ \t]*\n(?:[ \t]*(?:#[^\n]*)?\n){0,20} {1,8}[\w.-]+:", re.MULTILINE
        ),
    ),
    family="yaml",
    outline=compose_outline,
    scopes=Scopes(written=True),
    quotes=(),
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
