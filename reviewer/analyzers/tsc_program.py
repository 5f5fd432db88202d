"""TypeScript's compiler: where it is, and how it is started. It reads the files that are named to
it and runs nothing of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from reviewer import text
from reviewer.analyzers import external, npm, registry
from reviewer.analyzers.base import AnalyzerError, Limits

_PACKAGE = "@typescript/typescript-{platform}/lib"
_VERSION = re.compile(r"Version (\d+)\.")
_LEAST = 7  # the first that is a native program
_SAID = re.compile(r"^(.+?)\((\d+),\d+\): error TS(\d+): (.*)$")


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One error: the file's name as it was passed, the line, and what is wrong."""

    name: str
    line: int
    code: int
    message: str  # of several lines, if there are details


def find(outside: Path | None, limits: Limits) -> Path | None:
    """The compiler; None if none is installed outside of the repository, `outside`. Raises
    AnalyzerError if it is too old."""
    script = registry.TSC.find(outside)
    if script is None:
        return None
    program = npm.native(script, _PACKAGE, "tsc", outside)
    if program is None:
        raise AnalyzerError(_too_old(), hopeless=True)
    said = external.run([program, "--version"], cwd=program.parent, limits=limits, ok=(0,))
    version = _VERSION.search(text.decode(said))
    if version is None or int(version[1]) < _LEAST:
        raise AnalyzerError(_too_old(), hopeless=True)
    return program


def _too_old() -> str:
    return f"needs TypeScript {_LEAST} or newer as npm installs it: {registry.TSC.command}"


def run(
    program: Path, arguments: Sequence[str | Path], cwd: Path, limits: Limits
) -> list[Diagnostic]:
    """What the compiler says, in its order. Raises AnalyzerError like `external.run`, and if it
    read a file that is neither below `cwd` nor its own: a source can name any."""
    argv = [program, "--pretty", "false", "--listFiles", *arguments]
    output = text.decode(external.run(argv, cwd=cwd, limits=limits, ok=(0, 1, 2)))
    read = [Path(line) for line in output.split("\n") if line and Path(line).is_absolute()]
    places = (cwd.resolve(), program.resolve().parent)
    if not all(any(file.is_relative_to(place) for place in places) for file in read):
        raise AnalyzerError("a source names a file outside of the repository", hopeless=True)
    return list(_said(output.replace(f"{cwd}/", "")))


def _said(output: str) -> Iterator[Diagnostic]:
    said: Diagnostic | None = None
    for line in output.split("\n"):
        if match := _SAID.match(line):
            if said is not None:
                yield said
            said = Diagnostic(match[1], int(match[2]), int(match[3]), match[4])
        elif said is not None and line.startswith("  "):
            message = f"{said.message}\n{line.rstrip()}"
            said = Diagnostic(said.name, said.line, said.code, message)
    if said is not None:
        yield said
