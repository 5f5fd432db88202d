"""What is wrong with a configuration file: each mistake with its line, its key, and what would be
right."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from reviewer.cli.config_fields import NOT_IN_FILES, Key, keys, only_users
from reviewer.cli.config_lines import line_of, lines
from reviewer.config import MAX_CONFIG_BYTES, RepositorySettings, Settings
from reviewer.errors import UsageError
from reviewer.text import cut, meant, one_line

_AT = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


@dataclass(frozen=True, order=True)
class Mistake:
    """`key` is "" for a file that cannot be read as a whole."""

    line: int
    key: str
    wrong: str

    def __str__(self) -> str:
        return (
            f"{self.line}: {self.key}: {self.wrong}" if self.key else f"{self.line}: {self.wrong}"
        )


def check(data: bytes, *, repository: bool) -> tuple[list[Mistake], int]:
    """The mistakes of a file, by line, and how many keys it sets."""
    if len(data) > MAX_CONFIG_BYTES:
        return [
            Mistake(1, "", f"the file is larger than {MAX_CONFIG_BYTES:,} bytes; allowed: less")
        ], 0
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        return [
            Mistake(
                data[: exc.start].count(b"\n") + 1, "", "it is not UTF-8; allowed: TOML in UTF-8"
            )
        ], 0
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        return [_no_toml(str(exc), text)], 0
    except RecursionError:
        return [Mistake(1, "", "it is no TOML for us: a value is nested too deep")], 0
    text = text.replace("\r\n", "\n")
    known = lines(text)
    return sorted(_mistakes(table, known, repository=repository)), len(table)


def _no_toml(said: str, text: str) -> Mistake:
    at = _AT.search(said)
    what = f"it is no TOML: {one_line(_AT.sub('', said))}"
    if at and at[1]:
        return Mistake(int(at[1]), "", what)
    return Mistake(text.rstrip().count("\n") + 1, "", f"{what}, where the file ends")


def _mistakes(table: dict[str, Any], known: Any, *, repository: bool) -> Iterator[Mistake]:
    allowed = keys(repository=repository)
    for key in table.keys() - allowed.keys():
        yield Mistake(
            line_of((key,), known), _shown(key), _unknown(key, allowed, repository=repository)
        )
    model = RepositorySettings if repository else Settings
    try:
        model.model_validate({key: value for key, value in table.items() if key in allowed})
    except ValidationError as exc:
        for error in exc.errors(include_url=False, include_context=False):
            place = error["loc"]
            yield Mistake(
                line_of(place, known),
                ".".join(_shown(str(part)) for part in place),
                _wrong(allowed[str(place[0])], place, error),
            )
    if not repository:
        for key, wrong in _refused_later(table):
            yield Mistake(line_of((key,), known), key, wrong)


def _refused_later(table: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What has the right form, and still ends a review before it begins."""
    from reviewer.analyzers import ANALYZERS
    from reviewer.models import address

    names, endpoint = table.get("analyzers"), table.get("endpoint")
    if isinstance(names, list) and all(isinstance(name, str) for name in names):
        unknown = ", ".join(_shown(name) for name in names if name not in ANALYZERS)
        if unknown:
            yield (
                "analyzers",
                f"no analyzer is called {unknown}; allowed: a list of {', '.join(ANALYZERS)}",
            )
    if isinstance(endpoint, str):
        try:
            address.endpoint(endpoint)
        except UsageError as exc:
            wrong = exc.message if "@" in endpoint or "?" in endpoint else "not a server address"
            yield "endpoint", f"{wrong}; allowed: one like http://127.0.0.1:8000/v1, or unix:/path"


def _unknown(key: str, allowed: dict[str, Key], *, repository: bool) -> str:
    if key.replace("_", "-") in NOT_IN_FILES:
        return (
            "a settings file must not hold a key; allowed: REVIEWER_API_KEY_FILE or"
            " REVIEWER_API_KEY"
        )
    if repository and key in only_users():
        return (
            "only the user may set it, in the user's file; a repository may set"
            f" {', '.join(allowed)}"
        )
    near = meant(key.replace("_", "-"), allowed)
    return f"there is no such key{near}; allowed: {', '.join(allowed)}"


def _wrong(key: Key, place: tuple[str | int, ...], error: Any) -> str:
    """`key.allowed` is about the whole value; the error may be about a part of it."""
    field = str(place[-1]) if key.fields and len(place) > 2 else ""
    right = key.fields.get(field, key.allowed)
    match error["type"]:
        case "missing":
            return f"it is missing; allowed: {right}"
        case "extra_forbidden":
            return f"there is no such key; allowed: {', '.join(key.fields)}"
        case "value_error":
            return (
                f"{str(error['msg']).removeprefix('Value error, ')}: {_value(error['input'])};"
                f" allowed: {right}"
            )
        case _:
            return f"{_value(error['input'])} is wrong; allowed: {right}"


def _value(given: Any) -> str:
    if isinstance(given, dict):  # which may be nested deeper than can be printed
        return "a table"
    return cut(one_line(json.dumps(given, ensure_ascii=False, default=str)), 60)


def _shown(key: str) -> str:
    return cut(one_line(key), 60) or '""'
