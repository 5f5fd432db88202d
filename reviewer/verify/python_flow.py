"""Certain facts about control flow in a Python file: statements after one that never continues."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise

from reviewer.verify.facts import Fact
from reviewer.verify.python_scopes import Function

_JUMPS = (ast.Return, ast.Raise, ast.Break, ast.Continue)


def unreachable(tree: ast.Module, start: int, end: int) -> Fact | None:
    """Whether the lines `start` to `end`, or what directly follows a jump on them, can never run.

    Only jumps are followed: nothing is said about code after `sys.exit()` or under a condition that
    is never true.
    """
    owner = _around(tree, start, end)
    dead = list(_dead(owner))
    for jump, statement in dead:
        last = statement.end_lineno or statement.lineno
        if jump.lineno <= end and start <= last:
            return Fact(True, f"nothing after line {jump.lineno} runs in its block", jump.lineno)
    if dead or any(
        isinstance(node, ast.Match | ast.With | ast.AsyncWith | ast.Try) for node in ast.walk(owner)
    ):
        return None
    if any(
        isinstance(node, ast.While) and isinstance(node.test, ast.Constant)
        for node in ast.walk(owner)
    ):
        return None
    jumps = [node for node in ast.walk(owner) if isinstance(node, _JUMPS)]
    if not jumps:
        return None
    return Fact(
        False,
        "no statement here follows a return, raise, break or continue of its block",
        jumps[-1].lineno,
    )


def _around(tree: ast.Module, start: int, end: int) -> ast.Module | Function:
    """The innermost function that contains all the lines."""
    found: ast.Module | Function = tree
    for node in ast.walk(tree):  # breadth first: inner functions come later
        if isinstance(node, Function) and node.lineno <= start and end <= (node.end_lineno or 0):
            found = node
    return found


def _dead(owner: ast.AST) -> Iterator[tuple[ast.stmt, ast.stmt]]:
    """(statement that never continues, first statement after it) of every block."""
    for node in ast.walk(owner):
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            if isinstance(block, list):
                for statement, following in pairwise(block):
                    if isinstance(statement, ast.stmt) and _ends(statement):
                        yield statement, following
                        break


def _ends(statement: ast.stmt) -> bool:
    if isinstance(statement, _JUMPS):
        return True
    if isinstance(statement, ast.If):
        return bool(statement.orelse) and _ends(statement.body[-1]) and _ends(statement.orelse[-1])
    return False
