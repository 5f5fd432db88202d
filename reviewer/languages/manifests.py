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
_OPTION = re.compile(r"[A-Za-z0-9][\w.-]{0,19}")
_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*([^;#@\\]*)")


@dataclass
class Facts:
    """`shared` are versions that members of a workspace leave to its root; `options` are settings
    of a language's compiler, by language and name."""

    languages: dict[str, str] = field(default_factory=dict)
    options: dict[str, dict[str, str]] = field(default_factory=dict)
    dependencies: dict[str, str] = field(default_factory=dict)
    development: set[str] = field(default_factory=set)
    locked: dict[str, str] = field(default_factory=dict)
    shared: dict[str, str] = field(default_factory=dict)

    def language(self, name: str, version: object) -> None:
        if isinstance(version, str) and (clean := _version(version)):
            self.languages.setdefault(name, clean)

    def option(self, language: str, name: str, value: object) -> None:
        """A setting that is on (True), off (False), or a word."""
        known = self.options.setdefault(language, {})
        if isinstance(value, bool):
            known.setdefault(name, name if value else f"not {name}")
        elif isinstance(value, str) and _OPTION.fullmatch(value):
            known.setdefault(name, f"{name} {value}")

    def share(self, name: object, version: object) -> None:
        if isinstance(name, str) and isinstance(version, str) and _NAME.fullmatch(name):
            self.shared.setdefault(name, _version(version))

    def inherit(self, above: Facts) -> None:
        """Add what a folder further up says of the ones below: not what it depends on itself."""
        for name, version in above.languages.items():
            self.languages.setdefault(name, version)
        for name, options in above.options.items():
            self.options[name] = {**options, **self.options.get(name, {})}
        for name, version in self.dependencies.items():
            self.dependencies[name] = version or above.shared.get(name, "")
        self.development |= above.development
        self.locked = {**above.locked, **self.locked}
        self.shared = {**above.shared, **self.shared}

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
        value = json.loads(text.removeprefix("\ufeff"))
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
