"""Whether a shell script parses, by bash itself, which only reads it (`-n`)."""

from __future__ import annotations

import re
from pathlib import Path

from reviewer.analyzers import external, tree
from reviewer.analyzers.base import AnalyzerError, Limits

_OTHER = re.compile(rb"#![^\n]*\b(?:a|da|k|mk|pdk|z|fi|c|tc|nu)sh\b")
# What came with bash 5.3: `${ command; }`. An older one may stumble over it.
_NEW = re.compile(rb"\$\{[ \t\n|]")
_MODERN = re.compile(rb"version (?:[5-9]|\d\d)\.")


def parses(data: bytes, path: str, limits: Limits, outside: Path | None = None) -> bool | None:
    """None for the script of another shell that bash refuses, and where there is no bash outside of
    the repository `outside`, or none that knows the syntax."""
    del path  # bash reads a script as bash, whatever its name is
    program = external.on_path("bash", outside)
    if program is None or b"\0" in data:
        return None
    try:
        with tree.scratch() as scratch:
            tree.write(scratch, {"script": data})
            argv: list[str | Path] = [program, "--norc", "--noprofile", "-O", "extglob", "-n"]
            external.run([*argv, "script"], cwd=scratch, limits=limits, ok=(0,))
            return True
    except AnalyzerError as exc:
        refused = exc.said.startswith("script: line ")
    may_be_newer = _OTHER.match(data) or _NEW.search(data) or not _is_modern(program, limits)
    return None if not refused or may_be_newer else False


def _is_modern(program: Path, limits: Limits) -> bool:
    try:
        said = external.run([program, "--version"], cwd=program.parent, limits=limits, ok=(0,))
    except AnalyzerError:
        return False
    return _MODERN.search(said) is not None
