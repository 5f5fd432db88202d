"""Whether a source in TypeScript or JavaScript parses, by TypeScript's own compiler."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

from reviewer.analyzers import tree, tsc_program
from reviewer.analyzers.base import AnalyzerError, Limits

SUFFIXES = (".ts", ".mts", ".cts", ".tsx", ".js", ".mjs", ".cjs", ".jsx")
_SCRIPTS = (".js", ".mjs", ".cjs", ".jsx")
_ARGUMENTS = (
    "--ignoreConfig",
    "--noEmit",
    "--noCheck",
    "--noResolve",
    "--noLib",
    "--allowJs",
    "--target",
    "esnext",
    "--module",
    "esnext",
    "--jsx",
    "preserve",
)
# What a script without strict mode may contain: octal numbers and escapes.
_SLOPPY = frozenset((1121, 1487, 1488))
_TAGS = frozenset((17002, 17008, 17014, 17015))  # elements that are not closed
# The syntax of regular expressions, which depends on the target.
_PATTERNS = frozenset(range(1499, 1539))
# Syntax that is agreed on and that the compiler does not know yet.
_AHEAD = re.compile(rb"^[ \t]*import[ \t]+source[ \t]+\w", re.MULTILINE)


def parses(data: bytes, path: str, limits: Limits, outside: Path | None = None) -> bool | None:
    """Whether the source `data` of a file that is called `path` parses; None if that cannot be
    told: another language, no compiler outside of the repository `outside`, or one that fails, and
    syntax that the compiler does not know, or that JavaScript has only in a dialect."""
    suffix = PurePosixPath(path).suffix
    if suffix not in SUFFIXES:
        return None
    try:
        program = tsc_program.find(outside, limits)
        if program is None:
            return None
        with tree.scratch() as scratch:
            name = f"source{suffix}"
            tree.write(scratch, {name: data})
            said = tsc_program.run(program, (*_ARGUMENTS, name), scratch, limits)
    except AnalyzerError:
        return None
    codes = {each.code for each in said if each.name == name} - _PATTERNS
    errors = {code for code in codes if 1000 <= code < 2000 or code in _TAGS}
    if suffix in _SCRIPTS and (codes - errors or errors & _SLOPPY):
        return None  # TypeScript in JavaScript, or a script without strict mode
    unsure = (suffix in _SCRIPTS and b"<!--" in data) or _AHEAD.search(data)
    return not errors or (None if unsure else False)
