"""What is known of the analyzers without running one."""

from __future__ import annotations

import importlib.metadata
import os
import tomllib
from pathlib import Path

import pytest
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
        if tool.get:
            continue  # a compiler of the user's own
        wanted = PROJECT["dependencies"] if tool.extra is None else extras[tool.extra]
        assert tool.distribution in {Requirement(each).name for each in wanted}


def test_versions_are_those_of_what_is_installed() -> None:
    there = {name: tool for name, tool in TOOLS.items() if name not in registry.missing()}
    assert {"ruff", "ty", "astgrep"} <= set(there)
    assert registry.versions() == {
        name: tool.version if tool.get else importlib.metadata.version(tool.distribution)
        for name, tool in there.items()
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


def test_a_compiler_is_looked_for_on_the_path_and_never_in_the_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside, outside = tmp_path / "repo/bin", tmp_path / "bin"
    for folder in (inside, outside):
        folder.mkdir(parents=True)
        (folder / "tsc").touch(mode=0o755)
    (tmp_path / "links").mkdir()
    (tmp_path / "links/tsc").symlink_to(inside / "tsc")
    tool = Tool("", "tsc", get="npm install --global typescript")
    found = []
    for folders in ([inside], [inside, outside], [tmp_path / "links"], ["repo/bin"]):
        monkeypatch.setenv("PATH", os.pathsep.join(map(str, folders)))
        monkeypatch.chdir(tmp_path)
        found.append(tool.find(tmp_path / "repo"))
    assert found == [None, outside / "tsc", None, None]
    assert tool.command == "npm install --global typescript"
    assert [tool.is_optional, Tool("ruff", "ruff").is_optional] == [True, False]


def test_another_build_of_a_compiler_is_another_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tsc").touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    tool = Tool("", "tsc", get="npm install --global typescript")
    before = tool.version
    os.utime(tmp_path / "tsc", ns=(1, 1))
    assert before != tool.version == f"{tmp_path / 'tsc'} 1"
    assert Tool("", "no-such-program", get="x").version is None


def test_a_compiler_is_also_looked_for_in_its_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("path", "jdk/bin"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "javac").touch(mode=0o755)
    tool = Tool("", "javac", get="install a JDK", home="JAVA_HOME")
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    found = [tool.find()]
    monkeypatch.setenv("PATH", str(tmp_path))
    found.append(tool.find())
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "jdk"))
    found += [tool.find(), tool.find(tmp_path / "jdk")]
    monkeypatch.setenv("JAVA_HOME", "jdk")
    monkeypatch.chdir(tmp_path)
    found.append(tool.find())
    javac = tmp_path / "jdk/bin/javac"
    assert found == [tmp_path / "path/javac", None, javac, None, None]
