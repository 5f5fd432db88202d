"""What manifests say about a project. Every name and version must look like one, so that they
cannot smuggle in other text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import tomli  # unlike tomllib, it reads TOML 1.1

_NAME = re.compile(r"[@A-Za-z0-9][\w@./:-]{0,59}")
_VERSION = re.compile(r"(?=.*[\w*])[\w.*^~<>=!, |+-]{1,40}")
_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*([^;#@\\]*)")


@dataclass
class Facts:
    languages: dict[str, str] = field(default_factory=dict)
    dependencies: dict[str, str] = field(default_factory=dict)
    development: set[str] = field(default_factory=set)
    locked: dict[str, str] = field(default_factory=dict)

    def language(self, name: str, version: object) -> None:
        if isinstance(version, str) and (clean := _version(version)):
            self.languages.setdefault(name, clean)

    def depend(self, name: object, version: object = "", *, development: bool = False) -> None:
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            return
        if development:
            self.development.add(name.lower())
        else:
            self.dependencies.setdefault(
                name, _version(version) if isinstance(version, str) else ""
            )

    def require(self, line: object, *, development: bool = False) -> None:
        """Add a requirement in Python's format: `click[x]>=8.2; marker`."""
        if isinstance(line, str) and (match := _REQUIREMENT.match(line)):
            version = match[2].partition(" --")[0].strip(" ,()")
            if not version or version[0] in "<>=!~":
                self.depend(match[1], version, development=development)

    def lock(self, versions: Iterable[tuple[object, object]]) -> None:
        for name, version in versions:
            if isinstance(name, str) and isinstance(version, str):
                self.locked.setdefault(name.lower(), _version(version))


def _version(text: str) -> str:
    clean = " ".join(text.split())
    return clean if _VERSION.fullmatch(clean) else ""


def from_toml(text: str) -> Mapping[str, Any]:
    """The document; empty if it cannot be read."""
    try:
        return tomli.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return {}


def from_json(text: str) -> Mapping[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def table(value: object, *keys: str) -> Mapping[str, Any]:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def toml_lock(facts: Facts, text: str, path: str) -> None:
    # By pattern: parsing a long one as TOML takes seconds.
    facts.lock(
        re.findall(r'^name = "([^"\n]{1,80})"\nversion = "([^"\n]{1,40})"', text, re.MULTILINE)
    )
