"""Python's own parser, safe to use from several threads."""

from __future__ import annotations

import ast
import threading
import warnings
from functools import lru_cache

from reviewer.languages.outline import MAX_BYTES, split_lines

_ONE_AT_A_TIME = threading.Lock()


def parse_python(source: str | bytes) -> ast.Module:
    """`ast.parse`, one call at a time: CPython counts the recursion of all threads in one place,
    and two calls at once end in "SystemError: AST constructor recursion depth mismatch"
    (python/cpython issue 106905).

    Raises SyntaxError, ValueError (null bytes), RecursionError, MemoryError.
    """
    with _ONE_AT_A_TIME:
        return ast.parse(source)


@lru_cache(maxsize=8)  # a tree takes about fifty times its source
def tree_of(source: bytes) -> ast.Module | None:
    """The syntax tree; None if the source does not parse, or is too large or too deep for the
    parser."""
    if len(source) > MAX_BYTES:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return parse_python(split_lines(source)[0])
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def parses(source: bytes) -> bool:
    return tree_of(source) is not None
