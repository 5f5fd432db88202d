"""How this program was installed, and what adds to it."""

from __future__ import annotations

import importlib.metadata
import re
import shlex
import sys
import sysconfig
from pathlib import Path

import pytest

from reviewer import installer
from reviewer.errors import NoEngine
from reviewer.installer import Installer, installed_by

WANTED = ("mcp>=2", "idna")


@pytest.fixture
def prefix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment with its own Python, which runs."""
    place = tmp_path / "tools/gemma-reviewer"
    (place / "bin").mkdir(parents=True)
    (place / "pyvenv.cfg").write_text("home = /usr/bin\n")
    monkeypatch.setattr(sys, "executable", str(place / "bin/python"))
    monkeypatch.setenv("PATH", "/usr/bin")
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    return place


def with_pip(prefix: Path) -> None:
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(prefix)}))
    (packages / "pip").mkdir(parents=True)
    (packages / "pip/__main__.py").touch()


def receipt(prefix: Path, *requirements: str, rest: str = "") -> Installer:
    listed = ", ".join(f"{{ {each} }}" for each in requirements)
    (prefix / "uv-receipt.toml").write_text(f"[tool]\nrequirements = [{listed}]\n{rest}")
    return installed_by(prefix)


def test_pipx(prefix):
    (prefix / "pipx_metadata.json").write_text("{}")
    made = installed_by(prefix.rename(prefix.with_name("gemma-reviewer-two")))
    assert made.add(WANTED) == ("pipx", "inject", "gemma-reviewer-two", *WANTED)
    assert made.hint("mcp") == "pipx inject gemma-reviewer-two 'mcp>=2'"
    assert made.hint() == "pipx reinstall gemma-reviewer-two"
    assert made.package("socksio") == "pipx inject gemma-reviewer-two socksio"
    assert made.again("mcp") == "pipx inject --force gemma-reviewer-two mcp"
    assert made.variables == {"PIPX_HOME": str(prefix.parents[1])}


@pytest.mark.parametrize(
    ("listed", "words"),
    [
        ("", ["gemma-reviewer[tui]"]),
        ('extras = ["mcp"], specifier = ">=0.1"', ["gemma-reviewer[mcp,tui]>=0.1"]),
        ('extras = ["tui"]', ["gemma-reviewer[tui]"]),
        ('path = "/a b/g.whl"', ["gemma-reviewer[tui] @ file:///a%20b/g.whl"]),
        ('directory = "/src"', ["gemma-reviewer[tui] @ file:///src"]),
        ('url = "https://x.invalid/g.whl"', ["gemma-reviewer[tui] @ https://x.invalid/g.whl"]),
        ('git = "https://x.invalid/g"', ["gemma-reviewer[tui] @ git+https://x.invalid/g"]),
        (
            'git = "https://x.invalid/g?subdirectory=a&tag=v1#0fe"',
            ["gemma-reviewer[tui] @ git+https://x.invalid/g@v1#subdirectory=a"],
        ),
        ('editable = "/src"', ["--editable", "/src[tui]"]),
        ("marker = \"os_name != 'x'\"", ["gemma-reviewer[tui] ; os_name != 'x'"]),
    ],
)
def test_uv_tool_is_told_again_where_it_came_from(prefix, listed, words):
    made = receipt(prefix, f'name = "gemma-reviewer"{", " if listed else ""}{listed}')
    assert shlex.split(made.hint("tui")) == ["uv", "tool", "install", *words]


@pytest.mark.fault(
    "files",
    "an extra is added to an installation by `uv tool` that has other packages",
    "they, their source and the version of Python are named again, or uv would drop them",
)
def test_uv_tool_keeps_what_it_was_given(prefix):
    made = receipt(
        prefix,
        'name = "gemma-reviewer", path = "/g.whl"',
        'name = "idna", specifier = "<4"',
        'name = "own", editable = "/own"',
        rest='python = "3.12"\nentrypoints = [{ name = "reviewer", install-path = "/b/reviewer" }]',
    )
    source = ("--python", "3.12", "gemma-reviewer @ file:///g.whl")
    kept = ("--with", "idna<4", "--with-editable", "/own")
    assert made.add(["mcp>=2"]) == ("uv", "tool", "install", *source, *kept, "--with", "mcp>=2")
    assert made.variables == {"UV_TOOL_DIR": str(prefix.parent), "UV_TOOL_BIN_DIR": "/b"}
    assert made.again("mcp") == "uv tool upgrade gemma-reviewer --reinstall-package mcp"


def test_a_damaged_receipt_is_left_to_uv(prefix):
    (prefix / "uv-receipt.toml").write_text("[tool")
    assert installed_by(prefix).hint("mcp") == "uv tool install 'gemma-reviewer[mcp]'"


def test_a_venv_without_pip_is_one_of_uv(prefix, monkeypatch):
    made, python = installed_by(prefix), str(prefix / "bin/python")
    assert made.add(WANTED) == ("uv", "pip", "install", "--python", python, *WANTED)
    assert made.hint("mcp") == f"uv pip install --python {python} 'gemma-reviewer[mcp]'"
    monkeypatch.setenv("VIRTUAL_ENV", str(prefix))
    assert made.hint("mcp") == "uv pip install 'gemma-reviewer[mcp]'"
    assert made.again("mcp") == (f"uv pip install --python {python} --reinstall-package mcp mcp")


def test_a_venv_with_pip_names_its_own(prefix, monkeypatch):
    with_pip(prefix)
    made, python = installed_by(prefix), str(prefix / "bin/python")
    assert made.add(WANTED) == (python, "-m", "pip", "install", *WANTED)
    assert made.hint("mcp") == f"{python} -m pip install 'gemma-reviewer[mcp]'"
    (prefix / "bin/pip").touch(0o755)
    monkeypatch.setenv("PATH", str(prefix / "bin"))
    assert made.hint("mcp") == "pip install 'gemma-reviewer[mcp]'"
    assert made.again("mcp") == "pip install --force-reinstall mcp"
    assert made.package("socksio") == "pip install socksio"


@pytest.mark.fault(
    "files",
    "this program runs from uvx, or from a Python of the operating system",
    "nothing is added there; the error names the command that installs it for good",
)
@pytest.mark.parametrize(
    ("way", "says"),
    [
        ("once", "this installation is temporary: install it for good with `uv tool install"),
        ("managed", "this installation belongs to the operating system: install it for good with"),
    ],
)
def test_nothing_is_added_to_what_will_not_last(way, says):
    with pytest.raises(NoEngine) as caught:
        Installer(way, "python").add(WANTED)
    assert caught.value.message.startswith(says)
    assert caught.value.message.endswith(" install gemma-reviewer`")


def test_an_environment_of_uvx_is_temporary(tmp_path):
    assert installed_by(tmp_path / "uv/archive-v0/abc").way == "once"


def test_a_python_that_is_no_environment(tmp_path, monkeypatch):
    monkeypatch.setattr(sysconfig, "get_path", lambda name: str(tmp_path))
    assert installed_by(tmp_path).way == "pip"
    (tmp_path / "EXTERNALLY-MANAGED").touch()
    assert installed_by(tmp_path).hint("mcp") == "pipx install 'gemma-reviewer[mcp]'"
    home = str(Path(installer.__file__).parents[1])
    monkeypatch.setattr("site.getusersitepackages", lambda: home)
    made = installed_by(tmp_path)
    assert made.way == "pip --user"
    assert made.add(WANTED)[1:] == ("-m", "pip", "install", "--user", *WANTED)
    assert made.hint("mcp").endswith("install --user 'gemma-reviewer[mcp]'")


def test_an_extra_is_what_the_metadata_lists(monkeypatch):
    lines = [
        "click>=8.2",
        "a>=1; extra == 'one'",
        'b; (sys_platform == "linux") and extra == "one"',
        "c; extra == 'other'",
    ]
    monkeypatch.setattr(importlib.metadata, "requires", lambda name: lines)
    monkeypatch.setattr(sys, "platform", "linux")
    assert installer.requirements("one") == ("a>=1", "b")
    monkeypatch.setattr(sys, "platform", "darwin")
    assert installer.requirements("one") == ("a>=1",)


def test_every_extra_of_ours_can_be_read():
    listed = importlib.metadata.requires("gemma-reviewer") or []
    extras = {found[1] for line in listed if (found := re.search(r"extra == .(\w+)", line))}
    assert extras >= {"embedded", "vllm", "mcp", "tui", "eval", "analyzers"}
    read = sum(len(installer.requirements(extra)) for extra in extras)
    assert read == len([line for line in listed if "extra ==" in line])
