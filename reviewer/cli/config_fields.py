"""The settings in words, made from their models: what each key takes, what it means, what it is by
default."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reviewer.config import RepositorySettings, Settings

NOT_IN_FILES = frozenset({"api-key"})  # a key lies in the environment, or in a file of its own


@dataclass(frozen=True)
class Key:
    """One key of a configuration file. `allowed` and `meaning` are phrases; `default` is its value
    in JSON and TOML, "" where there is none; `sample` is a valid value for the template, where that
    has none of its own; `fields` are the keys of its tables, if it is a list of tables."""

    name: str
    meaning: str
    allowed: str
    default: str
    sample: str
    fields: Mapping[str, str]


def keys(*, repository: bool) -> dict[str, Key]:
    """What the file of a repository, or that of the user, may set, in the order of the settings."""
    schema = Settings.model_json_schema(by_alias=True)
    names = {
        _key(name) for name in (RepositorySettings if repository else Settings).model_fields
    } - NOT_IN_FILES
    return {
        name: _of(name, about, schema)
        for name, about in schema["properties"].items()
        if name in names
    }


def only_users() -> list[str]:
    """The keys that a repository may not set."""
    own = keys(repository=True)
    return sorted({_key(name) for name in Settings.model_fields} - own.keys())


def _of(name: str, about: Mapping[str, Any], schema: Mapping[str, Any]) -> Key:
    form = _form(about)
    table = schema["$defs"].get(form.get("items", {}).get("$ref", "").rpartition("/")[2], {})
    fields = {field: _allowed(_form(each)) for field, each in table.get("properties", {}).items()}
    said = f"[[{name}]] tables, each with {' and '.join(fields)}" if fields else _allowed(form)
    default = about.get("default")
    known = "" if default in (None, []) else json.dumps(default)
    return Key(name, about["description"], said, known, json.dumps(_sample(form)), fields)


def _form(about: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema of the value itself: that it may be absent is no form of it."""
    return next((each for each in about.get("anyOf", [about]) if each.get("type") != "null"), about)


def _sample(form: Mapping[str, Any]) -> Any:
    if "enum" in form:
        return form["enum"][0]
    if form["type"] in ("integer", "number"):
        return form.get("minimum", form.get("exclusiveMinimum", 0) + 1)
    if form["type"] == "boolean":
        return True
    return ["..."] if form["type"] == "array" else "..."


def _allowed(form: Mapping[str, Any]) -> str:
    if "enum" in form:
        return "one of " + ", ".join(json.dumps(each) for each in form["enum"])
    if form["type"] == "array":
        return "a list of texts"
    if form["type"] == "string":
        return "a text" + (
            f" of at most {form['maxLength']:,} characters" if "maxLength" in form else ""
        )
    if form["type"] == "boolean":
        return "true or false"
    bounds = {"minimum": "at least", "exclusiveMinimum": "more than", "maximum": "at most"}
    said = " and ".join(
        f"{word} {form[bound]:,}" for bound, word in bounds.items() if bound in form
    )
    kind = "a whole number" if form["type"] == "integer" else "a number"
    return f"{kind}, {said}" if said else kind


def _key(name: str) -> str:
    return name.replace("_", "-")
