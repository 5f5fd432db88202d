"""How this program was installed, and the command that adds a package to that installation.

pipx and `uv tool` each leave a file beside the environment; pip and uv leave none. Checked against
pipx 1.18 and uv 0.13.
"""

from __future__ import annotations

import os
import re
import shlex
import site
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import tomli

from reviewer import programs
from reviewer.errors import NoEngine

NAME = "gemma-reviewer"
# "once": uvx and `pipx run` build an environment that lasts only until their cache is cleared.
# "managed": a Python of the system, whose packages only the system's own manager may change.
Way = Literal["pipx", "uv tool", "uv", "pip", "pip --user", "once", "managed"]
_EXTRA = re.compile(r"""\s*(?:\band\s+)?\bextra\s*==\s*["']([\w.-]+)["']\s*$""")
_PLATFORM = re.compile(r"""\(?\s*sys_platform\s*==\s*["'](\w+)["']\s*\)?""")
_CACHED = {"archive-v0", "builds-v0", "environments-v2"}  # folders of uv's cache


@dataclass(frozen=True, slots=True)
class Installer:
    """`variables` make the program that installs find this installation, wherever its user had
    it put; `tool` is what `uv tool install` was told, which it forgets unless it is repeated."""

    way: Way
    python: str
    name: str = NAME  # pipx: the environment's
    tool: Mapping[str, Any] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)

    def add(self, requirements: Sequence[str]) -> tuple[str, ...]:
        """The command that installs `requirements` beside this program.

        Raises NoEngine where nothing can be added: the message names the command that installs
        this program in a better place.
        """
        match self.way:
            case "pipx":
                return ("pipx", "inject", self.name, *requirements)
            case "uv tool":
                added = (word for each in requirements for word in ("--with", each))
                return (*_uv_tool(self.tool), *added)
            case "uv":
                return ("uv", "pip", "install", "--python", self.python, *requirements)
            case "pip" | "pip --user":
                user = ["--user"] if self.way == "pip --user" else []
                return (self.python, "-m", "pip", "install", *user, *requirements)
        place = "is temporary" if self.way == "once" else "belongs to the operating system"
        raise NoEngine(f"this installation {place}: install it for good with `{self.hint()}`")

    def hint(self, extra: str = "") -> str:
        """The command for a shell that adds `extra`; without one, that repairs this program."""
        wanted = f"{NAME}[{extra}]" if extra else NAME
        match self.way:
            case "pipx":
                found = requirements(extra)
                return shlex.join(self.add(found) if found else ("pipx", "reinstall", self.name))
            case "uv tool":
                return shlex.join(_uv_tool(self.tool, extra))
            case "once":
                return f"uv tool install {shlex.quote(wanted)}"
            case "managed":
                return f"pipx install {shlex.quote(wanted)}"
            case "uv":
                inside = os.environ.get("VIRTUAL_ENV") == str(Path(self.python).parents[1])
                program = ["uv", "pip", "install", *([] if inside else ["--python", self.python])]
            case _:
                program = [*self._pip(), "install"]
                program += ["--user"] if self.way == "pip --user" else []
        return shlex.join([*program, wanted])

    def package(self, name: str) -> str:
        """The command for a shell that adds a package of others."""
        if self.way in ("once", "managed"):
            return self.hint()
        if self.way == "pip":
            return shlex.join((*self._pip(), "install", name))
        return shlex.join(self.add([name]))

    def again(self, package: str) -> str:
        """The command for a shell that installs a damaged package once more."""
        match self.way:
            case "pipx":
                return shlex.join(("pipx", "inject", "--force", self.name, package))
            case "uv tool":
                return f"uv tool upgrade {NAME} --reinstall-package {shlex.quote(package)}"
            case "uv":
                program = ("uv", "pip", "install", "--python", self.python)
                return shlex.join((*program, "--reinstall-package", package, package))
            case "pip" | "pip --user":
                return shlex.join((*self._pip(), "install", "--force-reinstall", package))
        return self.hint()

    def _pip(self) -> tuple[str, ...]:
        """`pip`, where that is the one of this installation."""
        found = programs.find("pip")
        ours = Path(self.python).parent
        return ("pip",) if found and Path(found).parent == ours else (self.python, "-m", "pip")


def installed_by(prefix: Path | None = None) -> Installer:
    """How the installation at `prefix` (this one) was made."""
    place = Path(prefix or sys.prefix)
    python = sys.executable
    if (place / "pipx_metadata.json").is_file():
        return Installer(
            "pipx", python, place.name, variables={"PIPX_HOME": str(place.parent.parent)}
        )
    if (receipt := place / "uv-receipt.toml").is_file():
        return _by_uv_tool(receipt, python)
    if _CACHED & set(place.parts) or (place / "pipx_expired_venv").is_file():
        return Installer("once", python)
    if (place / "pyvenv.cfg").is_file():
        has_pip = any(_packages(place).glob("pip/__main__.py"))
        return Installer("pip" if has_pip else "uv", python)
    return Installer(_outside(python), python)


def hint(extra: str) -> str:
    """The command for a shell that adds `extra` to this installation."""
    return installed_by().hint(extra)


def package(name: str) -> str:
    """The command for a shell that adds a package of others to this installation."""
    return installed_by().package(name)


def again(package: str) -> str:
    """The command for a shell that installs a damaged package of this installation once more."""
    return installed_by().again(package)


def requirements(extra: str) -> tuple[str, ...]:
    """What `extra` requires on this platform, without markers, from our own metadata: no index
    needs to know this program. Empty for an extra that this version does not have."""
    import importlib.metadata

    try:
        lines = importlib.metadata.requires(NAME) or []
    except importlib.metadata.PackageNotFoundError:  # run from a folder that is not installed
        return ()
    parted = (line.partition(";") for line in lines)
    return tuple(
        requirement.strip()
        for requirement, _, marker in parted
        if (found := _EXTRA.search(marker)) and found[1] == extra and _here(marker[: found.start()])
    )


def _here(marker: str) -> bool:
    found = _PLATFORM.search(marker)
    return found is None or found[1] == sys.platform


def _packages(prefix: Path) -> Path:
    scheme = sysconfig.get_path("purelib", vars={"base": str(prefix), "platbase": str(prefix)})
    return Path(scheme)


def _outside(python: str) -> Way:
    """Of a Python that is no virtual environment."""
    if Path(__file__).is_relative_to(site.getusersitepackages()):
        return "pip --user"
    managed = Path(sysconfig.get_path("stdlib")) / "EXTERNALLY-MANAGED"
    return "managed" if managed.is_file() else "pip"


def _by_uv_tool(receipt: Path, python: str) -> Installer:
    try:
        tool = tomli.loads(receipt.read_text(encoding="utf-8")).get("tool", {})
    except (OSError, ValueError):  # uv itself says what is wrong with it
        tool = {}
    variables = {"UV_TOOL_DIR": str(receipt.parent.parent)}
    if scripts := [each["install-path"] for each in tool.get("entrypoints", [])]:
        variables["UV_TOOL_BIN_DIR"] = str(Path(scripts[0]).parent)
    return Installer("uv tool", python, tool=tool, variables=variables)


def _uv_tool(tool: Mapping[str, Any], extra: str = "") -> tuple[str, ...]:
    """The command that makes the installation in uv's receipt once more, with one more extra."""
    listed = {each["name"]: each for each in tool.get("requirements", [])}
    ours = listed.pop(NAME, {"name": NAME})
    extras = [*ours.get("extras", []), *([extra] if extra else [])]
    version = ("--python", tool["python"]) if "python" in tool else ()
    words = [*version, *_words({**ours, "extras": list(dict.fromkeys(extras))}, "")]
    for each in listed.values():
        words += _words(each, "--with")
    return ("uv", "tool", "install", *words)


def _words(listed: Mapping[str, Any], option: str) -> tuple[str, ...]:
    """One requirement of the receipt, after `--with` or without it."""
    extras = f"[{','.join(listed['extras'])}]" if listed.get("extras") else ""
    if "editable" in listed:
        return (f"{option}-editable" if option else "--editable", f"{listed['editable']}{extras}")
    place = _place(listed)
    marker = f" ; {listed['marker']}" if listed.get("marker") else ""
    requirement = f"{listed['name']}{extras}{place or listed.get('specifier', '')}{marker}"
    return (option, requirement) if option else (requirement,)


def _place(listed: Mapping[str, Any]) -> str:
    """Where it comes from, as in a requirement, when that is no index."""
    if "git" in listed:
        address, _, query = str(listed["git"]).partition("?")
        asked = dict(part.partition("=")[::2] for part in query.partition("#")[0].split("&"))
        version = [asked[key] for key in ("rev", "tag", "branch") if key in asked]
        folder = f"#subdirectory={asked['subdirectory']}" if "subdirectory" in asked else ""
        return " @ git+" + "@".join([address, *version]) + folder
    if "url" in listed:
        return f" @ {listed['url']}"
    local = listed.get("path") or listed.get("directory")
    return f" @ {Path(local).as_uri()}" if local else ""
