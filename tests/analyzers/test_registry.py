"""What is known of the analyzers without running one."""

from __future__ import annotations

import importlib.metadata
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

from reviewer.analyzers import registry
from reviewer.analyzers.registry import ANALYZERS, Tool

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))[
    "project"
]
TOOLS = {name: each.tool for name, each in ANALYZERS.items() if each.tool}


def test_each_tool_comes_with_the_project_or_with_the_extra_that_is_named() -> None:
    extras = PROJECT["optional-dependencies"]
    for tool in TOOLS.values():
        wanted = PROJECT["dependencies"] if tool.extra is None else extras[tool.extra]
        assert tool.distribution in {Requirement(each).name for each in wanted}


def test_versions_are_those_of_what_is_installed() -> None:
    there = {name: tool for name, tool in TOOLS.items() if name not in registry.missing()}
    assert {"ruff", "ty", "astgrep"} <= set(there)
    assert registry.versions() == {
        name: importlib.metadata.version(tool.distribution) for name, tool in there.items()
    }


def test_a_tool_that_is_not_there() -> None:
    tool = Tool("no-such-distribution", "ruff", "analyzers")
    assert (tool.is_installed, tool.version) == (False, None)
    assert tool.command == "pip install 'gemma-reviewer[analyzers]'"
    assert Tool("no-such-distribution", None).command == "pip install 'gemma-reviewer'"
    assert not Tool("no-such-distribution", None).is_installed


def test_only_an_analyzer_that_runs_a_program_has_one() -> None:
    ruff = registry.program("ruff")
    assert ruff is not None
    assert ruff.stem == "ruff"
    assert [registry.program(name) for name in ("secrets", "astgrep")] == [None, None]
