"""What is called certain about Python code must be true of code that works: every name of these
modules is bound, every call fits, every attribute is there, and nothing in them is unreachable."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from support.change import change

from reviewer.context.index import index_of
from reviewer.context.symbols import symbol_at
from reviewer.languages.python_parser import tree_of
from reviewer.verify import python_calls, python_flow, python_names
from reviewer.verify.python_callee import ClaimSite, last_name

ROOT = Path(__file__).parents[2]
FILES = {
    path.relative_to(ROOT).as_posix(): path.read_bytes()
    for path in sorted([*ROOT.glob("reviewer/verify/*.py"), *ROOT.glob("reviewer/findings/*.py")])
}
INDEX_OF = change({}, FILES)
WORKING = [
    "reviewer/verify/verdicts.py",
    "reviewer/verify/judge.py",
    "reviewer/verify/refute.py",
    "reviewer/findings/build.py",
]


def nodes(path, kind):
    tree = tree_of(FILES[path])
    assert tree is not None
    for node in ast.walk(tree):
        if isinstance(node, kind):
            line = node.lineno
            yield tree, node, ClaimSite(path, tree, symbol_at(path, FILES[path], line), line, line)


@pytest.mark.parametrize("path", WORKING)
def test_every_name_is_bound(path):
    tree = tree_of(FILES[path])
    read = {
        (node.id, node.lineno)
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
    facts = [python_names.undefined(tree, name, line, line) for name, line in sorted(read)]
    assert not [fact for fact in facts if fact and fact.holds]
    assert sum(fact is not None for fact in facts) > 0.5 * len(facts)


@pytest.mark.parametrize("path", WORKING)
def test_every_call_fits_and_every_attribute_is_there(path):
    index = index_of(INDEX_OF)
    decided = []
    for _, node, place in nodes(path, ast.Call):
        name = last_name(node.func)
        decided += [
            python_calls.bad_call(place, name, index),
            python_calls.not_awaited(place, name, index),
        ]
    for _, node, place in nodes(path, ast.Attribute):
        if isinstance(node.value, ast.Name):
            decided.append(python_calls.no_attribute(place, node.value.id, node.attr, index))
    assert not [fact for fact in decided if fact and fact[0].holds]
    assert any(decided)


@pytest.mark.parametrize("path", WORKING)
def test_nothing_is_unreachable(path):
    facts = [
        python_flow.unreachable(tree, node.lineno, node.lineno)
        for tree, node, _ in nodes(path, ast.stmt)
    ]
    assert not [fact for fact in facts if fact and fact.holds]


@pytest.mark.parametrize("path", WORKING)
def test_every_import_is_used(path):
    for tree, node, _ in nodes(path, ast.ImportFrom):
        for alias in node.names:
            if node.module != "__future__":
                fact = python_names.unused(
                    tree, alias.asname or alias.name, node.lineno, node.end_lineno
                )
                assert fact is None or not fact.holds
