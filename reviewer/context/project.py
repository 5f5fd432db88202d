"""The project in a few lines for the model: language versions, dependencies, framework, test
runner. From manifests of the base side; every name and version must look like one, so nothing else
can come in through them."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from configparser import ConfigParser
from configparser import Error as ConfigError
from dataclasses import dataclass, field
from typing import Any

from reviewer.context.index import once_per_change
from reviewer.text import decode
from reviewer.types import Change

_MAX_BYTES = 256 << 10
_MAX_LOCK = 4 << 20  # lock files are long
_MAX_CHARS = 560  # about 150 tokens
_MAX_DEPENDENCIES = 18
_NAME = re.compile(r"[@A-Za-z0-9][\w@./:-]{0,59}")
_VERSION = re.compile(r"(?=.*[\w*])[\w.*^~<>=!, |+-]{1,40}")
_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*([^;#@\\]*)")
_FRAMEWORKS = {
    "django": "Django",
    "flask": "Flask",
    "fastapi": "FastAPI",
    "starlette": "Starlette",
    "tornado": "Tornado",
    "aiohttp": "aiohttp",
    "pyramid": "Pyramid",
    "litestar": "Litestar",
    "react": "React",
    "next": "Next.js",
    "vue": "Vue",
    "nuxt": "Nuxt",
    "svelte": "Svelte",
    "@angular/core": "Angular",
    "@nestjs/core": "NestJS",
    "express": "Express",
    "fastify": "Fastify",
    "axum": "Axum",
    "actix-web": "Actix Web",
    "rocket": "Rocket",
    "github.com/gin-gonic/gin": "Gin",
    "github.com/labstack/echo/v4": "Echo",
    "org.springframework.boot:spring-boot-starter-web": "Spring Boot",
}
_RUNNERS = (
    "pytest",
    "nose2",
    "jest",
    "vitest",
    "mocha",
    "jasmine",
    "ava",
    "@playwright/test",
    "junit",
    "testng",
)


@dataclass
class _Facts:
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
        """One requirement as Python writes it: `click[x]>=8.2; marker`."""
        if isinstance(line, str) and (found := _REQUIREMENT.match(line)):
            version = found[2].partition(" --")[0].strip(" ,()")
            if not version or version[0] in "<>=!~":
                self.depend(found[1], version, development=development)


@once_per_change
def facts(change: Change) -> str:
    """At most about 150 tokens, for example `Python >=3.11; framework: Django; test runner: pytest;
    depends on click 8.2.1, …`. The same for every unit of a change; "" when nothing is known."""
    known = _Facts()
    for name, read in _READERS.items():
        if text := _text(change, name):
            read(known, text)
    for path in change.list_files("old"):
        if re.fullmatch(r"requirements[\w.-]{0,40}\.txt", path):
            _requirements(known, _text(change, path), development=path != "requirements.txt")
    return _sentence(known)


def _sentence(known: _Facts) -> str:
    versions = {**known.dependencies}
    names = {name.lower() for name in versions} | known.development
    parts = [f"{name} {version}" for name, version in known.languages.items()]
    frameworks = [title for name, title in _FRAMEWORKS.items() if name in names]
    if frameworks:
        parts.append(f"framework: {', '.join(frameworks[:3])}")
    runners = [name for name in _RUNNERS if name in names]
    if runners:
        parts.append(f"test runner: {', '.join(runners[:2])}")
    text = "; ".join(parts)
    lead = "; depends on " if text else "Depends on "
    for number, (name, version) in enumerate(
        sorted(versions.items(), key=lambda item: item[0].lower())
    ):
        locked = known.locked.get(name.lower(), "")
        item = f"{lead if number == 0 else ', '}{name} {locked or version}".rstrip()
        if number == _MAX_DEPENDENCIES or len(text) + len(item) > _MAX_CHARS:
            text += f" and {len(versions) - number} more" if number else ""
            break
        text += item
    return text


def _text(change: Change, path: str) -> str:
    data = change.read(path, "old")
    limit = _MAX_LOCK if "lock" in path else _MAX_BYTES
    return "" if data is None or len(data) > limit or b"\0" in data else decode(data)


def _version(text: str) -> str:
    clean = " ".join(text.split())
    return clean if _VERSION.fullmatch(clean) else ""


def _toml(text: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}


def _json(text: str) -> Mapping[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _table(value: object, *keys: str) -> Mapping[str, Any]:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _pyproject(known: _Facts, text: str) -> None:
    data = _toml(text)
    project, poetry = _table(data, "project"), _table(data, "tool", "poetry")
    known.language("Python", project.get("requires-python"))
    for line in _list(project.get("dependencies")):
        known.require(line)
    groups = [
        *_table(project, "optional-dependencies").values(),
        *_table(data, "dependency-groups").values(),
    ]
    for group in groups:
        for line in _list(group):
            known.require(line, development=True)
    for name, value in _table(poetry, "dependencies").items():
        version = value.get("version") if isinstance(value, dict) else value
        if name.lower() == "python":
            known.language("Python", version)
        else:
            known.depend(name, version)
    for name in [*_table(poetry, "dev-dependencies"), *_poetry_groups(poetry)]:
        known.depend(name, development=True)
    if _table(data, "tool", "pytest"):
        known.development.add("pytest")


def _poetry_groups(poetry: Mapping[str, Any]) -> Iterator[str]:
    for group in _table(poetry, "group").values():
        yield from _table(group, "dependencies")


def _setup_cfg(known: _Facts, text: str) -> None:
    parser = ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text)
    except ConfigError:
        return
    known.language("Python", parser.get("options", "python_requires", fallback=""))
    for line in parser.get("options", "install_requires", fallback="").splitlines():
        known.require(line)
    if parser.has_section("tool:pytest"):
        known.development.add("pytest")


def _requirements(known: _Facts, text: str, *, development: bool = False) -> None:
    for line in text.splitlines():
        if not line.lstrip().startswith(("#", "-", ".", "/")) and "://" not in line:
            known.require(line, development=development)


def _toml_lock(known: _Facts, text: str) -> None:
    # By its look: parsing a long one as TOML takes seconds.
    _lock(
        known,
        re.findall(r'^name = "([^"\n]{1,80})"\nversion = "([^"\n]{1,40})"', text, re.MULTILINE),
    )


def _pipfile_lock(known: _Facts, text: str) -> None:
    packages = _table(_json(text), "default").items()
    _lock(
        known, ((name, str(_table(item).get("version", "")).lstrip("=")) for name, item in packages)
    )


def _package_json(known: _Facts, text: str) -> None:
    data = _json(text)
    known.language("Node", _table(data, "engines").get("node"))
    for name, version in _table(data, "dependencies").items():
        known.depend(name, version)
    for name, version in _table(data, "devDependencies").items():
        known.depend(name, version, development=True)
        if name == "typescript":
            known.language("TypeScript", version)


def _package_lock(known: _Facts, text: str) -> None:
    packages = _table(_json(text), "packages").items()
    _lock(
        known,
        (
            (path.removeprefix("node_modules/"), _table(item).get("version"))
            for path, item in packages
        ),
    )


def _go_mod(known: _Facts, text: str) -> None:
    if found := re.search(r"^go ([\w.]{1,20})", text, re.MULTILINE):
        known.language("Go", found[1])
    for name, version in re.findall(
        r"^(?:require)?[ \t]{1,8}([\w./-]{3,100}) (v[\w.+-]{1,60})(?: //.*)?$", text, re.MULTILINE
    ):
        known.depend(name, version)


def _cargo(known: _Facts, text: str) -> None:
    data = _toml(text)
    package = _table(data, "package")
    edition = package.get("edition")
    known.language(
        "Rust", package.get("rust-version") or (f"edition {edition}" if edition else None)
    )
    for name, value in _table(data, "dependencies").items():
        known.depend(name, value.get("version") if isinstance(value, dict) else value)


def _pom(known: _Facts, text: str) -> None:
    # Not an XML parser: entities of a hostile file must not be expanded.
    release = re.search(
        r"<(?:maven\.compiler\.(?:release|source)|java\.version)>\s*([\w.]{1,20})\s*<", text
    )
    known.language("Java", release[1] if release else None)
    fields = r"<dependency>\s*<groupId>([\w.-]{1,80})</groupId>\s*<artifactId>([\w.-]{1,80})</artifactId>"  # noqa: E501
    for group, artifact, version in re.findall(
        fields + r"(?:\s*<version>([\w.-]{1,40})</version>)?", text
    ):
        test = "junit" in group or "testng" in group
        known.depend(
            ("junit" if "junit" in group else "testng") if test else f"{group}:{artifact}",
            version,
            development=test,
        )


def _lock(known: _Facts, versions: Iterable[tuple[object, object]]) -> None:
    for name, version in versions:
        if isinstance(name, str) and isinstance(version, str):
            known.locked.setdefault(name.lower(), _version(version))


# In this order: the first to name a language's version or a dependency is believed.
_READERS = {
    "pyproject.toml": _pyproject,
    "setup.cfg": _setup_cfg,
    "package.json": _package_json,
    "go.mod": _go_mod,
    "Cargo.toml": _cargo,
    "pom.xml": _pom,
    "uv.lock": _toml_lock,
    "poetry.lock": _toml_lock,
    "Cargo.lock": _toml_lock,
    "Pipfile.lock": _pipfile_lock,
    "package-lock.json": _package_lock,
}
