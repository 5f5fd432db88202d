from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from configparser import ConfigParser
from configparser import Error as ConfigError
from typing import Any

from reviewer.languages.base import Comments, Language, Manifest, Scopes, Syntax, Tests, TestStyle
from reviewer.languages.manifests import Facts, from_json, from_toml, items, table, toml_lock
from reviewer.languages.python_library import describe
from reviewer.languages.python_modules import PythonModules
from reviewer.languages.python_outline import outline
from reviewer.languages.python_parser import parses
from reviewer.languages.shapes import Shapes

_MOST_OF_SCRIPT = 64 << 10  # characters in which a script may describe itself


def _pyproject(facts: Facts, text: str, path: str) -> None:
    data = from_toml(text)
    project, poetry = table(data, "project"), table(data, "tool", "poetry")
    facts.language("Python", project.get("requires-python"))
    for line in items(project.get("dependencies")):
        facts.require(line)
    groups = [
        *table(project, "optional-dependencies").values(),
        *table(data, "dependency-groups").values(),
    ]
    for group in groups:
        for line in items(group):
            facts.require(line, development=True)
    for name, value in table(poetry, "dependencies").items():
        version = value.get("version") if isinstance(value, dict) else value
        if name.lower() == "python":
            facts.language("Python", version)
        else:
            facts.depend(name, version)
    for name in [*table(poetry, "dev-dependencies"), *_poetry_groups(poetry)]:
        facts.depend(name, development=True)
    if table(data, "tool", "pytest"):
        facts.development.add("pytest")


def _poetry_groups(poetry: Mapping[str, Any]) -> Iterator[str]:
    for group in table(poetry, "group").values():
        yield from table(group, "dependencies")


def _setup_cfg(facts: Facts, text: str, path: str) -> None:
    parser = ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text)
    except ConfigError:
        return
    facts.language("Python", parser.get("options", "python_requires", fallback=""))
    for line in parser.get("options", "install_requires", fallback="").splitlines():
        facts.require(line)
    if parser.has_section("tool:pytest"):
        facts.development.add("pytest")


def _setup_py(facts: Facts, text: str, path: str) -> None:
    """Its presence makes a project; what it says is the result of a program."""


def _requirements(facts: Facts, text: str, path: str) -> None:
    for line in text.splitlines():
        if not line.lstrip().startswith(("#", "-", ".", "/")) and "://" not in line:
            facts.require(line, development=path != "requirements.txt")


def _script(facts: Facts, text: str, path: str) -> None:
    """The block of PEP 723: comment lines between two marks."""
    _, mark, rest = f"\n{text[:_MOST_OF_SCRIPT]}".partition("\n# /// script\n")
    block, end, _ = rest.partition("\n# ///\n")
    lines = block.split("\n")
    if mark and end and all(line == "#" or line.startswith("# ") for line in lines):
        data = from_toml("\n".join(line[2:] for line in lines))
        facts.language("Python", data.get("requires-python"))
        for line in items(data.get("dependencies")):
            facts.require(line)


def _pipfile_lock(facts: Facts, text: str, path: str) -> None:
    packages = table(from_json(text), "default").items()
    facts.lock((name, str(table(item).get("version", "")).lstrip("=")) for name, item in packages)


PYTHON = Language(
    name="python",
    suffixes=(".py", ".pyi", ".pyw"),
    shapes=Shapes("python", frozenset(("or",)), "0 or empty"),
    outline=outline,
    scopes=Scopes(
        resolves=True,
        passes_on=True,
        members=True,
        receivers=("self", "cls"),
        parent="super",
        constructor="__init__",
        package="__init__",
    ),
    modules=PythonModules,
    library=describe,
    syntax=Syntax(
        certain=True,
        parses=parses,
        program="import ast, sys; ast.parse(sys.stdin.buffer.read())",
    ),
    tests=Tests(
        files=re.compile(r"(?:^|/)test_[^/]*\.py$|_test\.py$"),
        beside=re.compile(r"(?:^|/)conftest\.py$"),
        style=TestStyle(
            start=re.compile(r"\s*(?:async )?def (test\w*)\("),
            check=re.compile(
                r"^\s*assert\b(?! True\b| 1$)|\.assert\w+\(|\bassert_\w+\(|\braises\(|\bwarns\("
                r"|\b(?:pytest\.)?fail\("
            ),
            skip=re.compile(
                r"\s*@(?:pytest\.mark\.|unittest\.|mark\.)?(?:skip|xfail)\b(?!if)"
                r"|\s*(?:pytest\.(?:skip|xfail)|self\.skipTest)\("
            ),
            group=re.compile(r"\s*class (Test\w*|\w*Tests?|\w*TestCase)\b"),
            texts=('"""', "'''"),
        ),
        runners=("pytest", "nose2"),
    ),
    comments=Comments(line=("#",)),
    manifests=(
        Manifest("pyproject.toml", _pyproject),
        Manifest("setup.cfg", _setup_cfg),
        Manifest("setup.py", _setup_py),
        Manifest(
            "requirements.txt",
            _requirements,
            names=re.compile(r"requirements[\w.-]{0,40}\.txt"),
        ),
        Manifest("uv.lock", toml_lock, settings=True),
        Manifest("poetry.lock", toml_lock, settings=True),
        Manifest("Pipfile.lock", _pipfile_lock),
    ),
    frameworks={
        "django": "Django",
        "flask": "Flask",
        "fastapi": "FastAPI",
        "starlette": "Starlette",
        "tornado": "Tornado",
        "aiohttp": "aiohttp",
        "pyramid": "Pyramid",
        "litestar": "Litestar",
    },
    script=_script,
    run_by=(
        "pyproject.toml",
        "setup.cfg",
        "setup.py",
        "pytest.ini",
        "tox.ini",
        "requirements.txt",
    ),
)
