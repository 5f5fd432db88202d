from __future__ import annotations

import ast
import gc
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from reviewer.languages import language, parse_python


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("a.py", "python"),
        ("src/B.TSX", "tsx"),
        ("x/Makefile", "make"),
        ("Dockerfile", "dockerfile"),
        ("a.h", "c"),
        ("noext", None),
        ("a.py.bak", None),
        (".py", None),
    ],
)
def test_language(path: str, name: str | None):
    assert language(path) == name


def test_parsing_from_several_threads():
    """Without the lock this fails on CPython 3.11: a collection in the middle of it lets another
    thread in."""
    source = (
        "x = "
        + "(" * 60
        + "1"
        + ")" * 60
        + "\n"
        + "def f(a):\n    return [a, {a: (a, [a])}]\n" * 50
    )

    def give_way(phase: str, info: object) -> None:
        time.sleep(0)

    threshold = gc.get_threshold()
    gc.callbacks.append(give_way)
    gc.set_threshold(50)
    try:
        with ThreadPoolExecutor(4) as pool:
            trees = list(pool.map(lambda _: parse_python(source), range(24)))
    finally:
        gc.set_threshold(*threshold)
        gc.callbacks.remove(give_way)
    assert [type(tree) for tree in trees] == [ast.Module] * 24
