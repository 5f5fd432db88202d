"""Whether a source in TypeScript or JavaScript parses, by TypeScript's own compiler."""

from __future__ import annotations

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


def parses(data: bytes, path: str, limits: Limits, outside: Path | None = None) -> bool | None:
    """Whether the source `data` of a file that is called `path` parses; None if that cannot be
    told: another language, no compiler outside of the repository `outside`, or one that fails, and
    for JavaScript, syntax that only a dialect of it has."""
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
    if suffix in _SCRIPTS and errors and (codes - errors or errors & _SLOPPY or b"<!--" in data):
        return None
    return not errors
