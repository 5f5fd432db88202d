"""Small pieces of Markdown."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

_CODE = re.compile(r"(`[^`]*`)")
_BOUNDS = {"minimum": "at least", "exclusiveMinimum": "above", "maximum": "at most"}


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def _cell(value: str) -> str:
    return value.replace("|", "\\|").replace("\n", " ")


def prose(value: str) -> str:
    """Plain text, with what Markdown would take for markup escaped outside of code."""
    parts = _CODE.split(value)
    parts[::2] = [re.sub(r"([*_<\[\]])", r"\\\1", part) for part in parts[::2]]
    return "".join(parts)


def fenced(value: str, language: str = "text") -> str:
    ticks = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", value)), default=0))
    return f"{ticks}{language}\n{value.rstrip()}\n{ticks}"


@cache
def meanings() -> dict[str, Any]:
    """meanings.toml: the words where the code has only a name."""
    with Path(__file__).with_name("meanings.toml").open("rb") as file:
        return tomllib.load(file)


def meaning(*keys: str) -> str:
    """One entry of meanings.toml. Raises KeyError with what is missing."""
    value: Any = meanings()
    for key in keys:
        if key not in value:
            raise KeyError(f"meanings.toml has no {'.'.join(keys)}")
        value = value[key]
    assert isinstance(value, str)
    return value


def kind(about: Mapping[str, Any]) -> str:
    """What a value may be, from its JSON Schema."""
    if "anyOf" in about:
        return " or ".join(kind(each) for each in about["anyOf"])
    if "$ref" in about:
        name = about["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "const" in about:
        return f"`{json.dumps(about['const'])}`"
    if "enum" in about:
        return ", ".join(f"`{each}`" for each in about["enum"])
    if about.get("type") == "array":
        return f"list of {kind(about['items'])}"
    bounds = [f"{word} {about[bound]:,}" for bound, word in _BOUNDS.items() if bound in about]
    return f"{about['type']} ({', '.join(bounds)})" if bounds else str(about["type"])
