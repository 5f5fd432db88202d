"""Each operator on the smallest code that it fits, the whole mutated text; and what holds for every
mutant."""

from __future__ import annotations

import ast
from pathlib import Path
from textwrap import dedent, indent

import pytest

from reviewer.lab.evals.mutants import OPERATORS, Mutant, mutants, mutated

ROOT = Path(__file__).parents[3]


def made(body: str, operator: str, head: str = "def f(a, b):", rest: str = "") -> list[str]:
    """The bodies that the operator makes of the body of a function."""
    source = f"{head}\n{indent(dedent(body), '    ')}\n{rest}"
    out = []
    for each in mutants(source.encode()):
        if each.operator == operator:
            text = mutated(source.encode(), each)
            assert text is not None
            lines = text.decode().removesuffix(f"\n{rest}")
            first, _, below = lines.partition("\n")
            out.append(dedent(below) if first == head else first)
    return out


@pytest.mark.parametrize(
    ("operator", "body", "expected"),
    [
        ("comparison", "return a == b", ["return a != b"]),
        ("comparison", "return a != b", ["return a == b"]),
        ("comparison", "return a is b", ["return a is not b"]),
        ("comparison", "return a is  not b", ["return a is b"]),
        ("comparison", "return a in b", ["return a not in b"]),
        ("comparison", "return a not in b", ["return a in b"]),
        (
            "comparison",
            "return (a) == (b) == 2",
            ["return (a) != (b) == 2", "return (a) == (b) != 2"],
        ),
        ("comparison", "return (a  # not ==\n  == b)", ["return (a  # not ==\n  != b)"]),
        ("boundary", "return a < b", ["return a <= b"]),
        ("boundary", "return a <= b", ["return a < b"]),
        ("boundary", "return a > b >= 1", ["return a >= b >= 1", "return a > b > 1"]),
        ("arithmetic", "return a + b", ["return a - b"]),
        ("arithmetic", "return a * b - 2", ["return a / b - 2", "return a * b + 2"]),
        ("arithmetic", "return a // b", ["return a / b"]),
        ("arithmetic", "return a % b", ["return a // b"]),
        ("arithmetic", "return a ** b", ["return a * b"]),
        ("arithmetic", "a += b\nreturn a", ["a -= b\nreturn a"]),
        ("arithmetic", "return a << b | 4", ["return a >> b | 4", "return a << b & 4"]),
        ("arithmetic", "return 'x' + a", []),
        ("arithmetic", "return '%s' % a", []),
        ("arithmetic", "return isinstance(a, int | str)", []),
        ("and-or", "return a and b", ["return a or b"]),
        (
            "and-or",
            "return a or band or 'or'",
            ["return a and band or 'or'", "return a or band and 'or'"],
        ),
        ("dropped-not", "return not a", ["return a"]),
        ("dropped-not", "return not (a and b)", ["return (a and b)"]),
        ("dropped-not", "return not(a)", ["return (a)"]),
        ("negated-condition", "return 1 if a else b", ["return 1 if not a else b"]),
        (
            "negated-condition",
            "if a and b:\n    b = 1\nreturn b",
            ["if not (a and b):\n    b = 1\nreturn b"],
        ),
        (
            "negated-condition",
            "if a < b:\n    b = 1\nreturn b",
            ["if not a < b:\n    b = 1\nreturn b"],
        ),
        ("negated-condition", "if a == b:\n    b = 1\nreturn b", []),  # `comparison` does that
        ("negated-condition", "if not a:\n    b = 1\nreturn b", []),  # `dropped-not` does that
        ("negated-condition", "while a:\n    b = 1\nreturn b", []),  # it might never end
        ("off-by-one", "return a[1:]", ["return a[2:]"]),
        ("off-by-one", "return a[:b]", ["return a[:b - 1]"]),
        (
            "off-by-one",
            "return range(0, b, 2)",
            ["return range(1, b, 2)", "return range(0, b - 1, 2)"],
        ),
        ("off-by-one", "return range(len(a))", ["return range(len(a) - 1)"]),
        ("off-by-one", "return a > 3", ["return a > 4"]),
        ("off-by-one", "return a == 3", []),
        ("dropped-one", "return a + 1", ["return a"]),
        ("dropped-one", "return (a) - (1)", ["return (a)"]),
        ("dropped-one", "return a + 2", []),
        ("swapped-arguments", "return max(a, b)", ["return max(b, a)"]),
        ("swapped-arguments", "return g((a), b.c, 1)", ["return g((b.c), a, 1)"]),
        (
            "swapped-arguments",
            "return g(a,  # one\n         b)",
            ["return g(b,  # one\n         a)"],
        ),
        ("swapped-arguments", "return g(a, a, *b)", []),
        ("swapped-arguments", "return isinstance(a, b)", []),
        ("dropped-check", "if a < 0:\n    raise ValueError(a)  # no\nreturn b", ["return b"]),
        ("dropped-check", "# first\nif not a:\n    return 0\nreturn b", ["# first\nreturn b"]),
        ("dropped-check", "for x in a:\n    if x: continue\n    b(x)", ["for x in a:\n    b(x)"]),
        ("dropped-check", "if a:\n    return 0", []),  # nothing else would be left
        ("dropped-check", "if a:\n    return 0\nelse:\n    return b", []),
        ("dropped-check", "if a:\n    pass\nelif b:\n    return 1\nreturn 2", []),
        ("dropped-check", "if a:\n    b = 1\nreturn b", []),
        ("removed-call", "a.close()  # at last\nreturn b", ["return b"]),
        ("removed-call", "a(\n    b,\n)\nreturn b", ["return b"]),
        ("removed-call", "a(); b()\n", []),  # a line of their own is wanted
        ("removed-call", "'''Text.'''\na()", []),
        ("flag", "return g(a, deep=True)", ["return g(a, deep=False)"]),
        ("flag", "x = False\nreturn x", ["x = True\nreturn x"]),
        ("flag", "x: Literal[True] = a\nreturn x", []),
        (
            "broadened-exception",
            "try:\n    a()\nexcept (KeyError, OSError) as e:\n    b(e)",
            ["try:\n    a()\nexcept Exception as e:\n    b(e)"],
        ),
        ("broadened-exception", "try:\n    a()\nexcept Exception:\n    b()", []),
        ("broadened-exception", "try:\n    a()\nexcept:\n    b()", []),
        ("missing-copy", "return a.copy()", ["return a"]),
        ("missing-copy", "return (a or b) . copy()", ["return (a or b)"]),
        ("missing-copy", "return copy.deepcopy(a.b)", ["return a.b"]),
        ("missing-copy", "return list(a)", ["return a"]),
        ("missing-copy", "return a[:]", ["return a"]),
        ("missing-copy", "a[:] = b\nreturn a[1:]", []),
        ("missing-copy", "return list(g(a))", []),
        ("dropped-return", "return g(a)", ["g(a)"]),
        ("dropped-return", "return a", []),
        ("wrong-variable", "return g(a)", ["return g(b)"]),
        ("wrong-variable", "x = a\nreturn b", ["x = b\nreturn b", "x = a\nreturn a"]),
        ("wrong-variable", "return a(1)", []),  # not what is called
    ],
)
def test_operator(operator: str, body: str, expected: list[str]) -> None:
    assert made(body, operator) == expected


def test_operators_that_need_another_function() -> None:
    head = "async def f(a, b):"
    assert made("x = await a.get()\nreturn x", "missing-await", head) == ["x = a.get()\nreturn x"]
    assert made("return await (a)", "missing-await", head) == ["return (a)"]
    assert made("return await a()", "dropped-return", head) == ["await a()"]
    assert made("await a()\nreturn b", "removed-call", head) == ["return b"]
    assert made("pass", "default-value", "def f(a=True, b=0, *, c=9, d='', e=None):") == [
        "def f(a=False, b=0, *, c=9, d='', e=None):",
        "def f(a=True, b=1, *, c=9, d='', e=None):",
        "def f(a=True, b=0, *, c=10, d='', e=None):",
    ]
    assert made("return a", "wrong-variable", "def f(self, a: int, b: str, c: int):") == [
        "return c"
    ]
    assert made("return a", "wrong-variable", "def f(self, a: int, b: str):") == []


def test_every_operator_is_shown_above() -> None:
    shown = {name for mark in test_operator.pytestmark for name, *_ in mark.args[1]}  # type: ignore[attr-defined]
    assert shown | {"missing-await", "default-value"} == set(OPERATORS)


def test_what_a_mutant_says() -> None:
    source = (
        b'def f(a):\n    """\xc3\xa4"""\n    x = "\xc3\xa4"; y = a < 3\n    log(\n        x)\n   '
        b" return y\n"
    )
    less, call = source.index(b"<"), source.index(b"    log")
    assert mutants(source) == (
        Mutant("boundary", less, less + 1, b"<=", 3, 3, "boundary: `a < 3` became `a <= 3`"),
        Mutant("off-by-one", less + 2, less + 3, b"4", 3, 3, "off by one: `a < 3` became `a < 4`"),
        Mutant("removed-call", call, call + 20, b"", 4, 5, "removed call: `log( x)` was removed"),
    )


def test_a_mutant_of_a_word_shows_its_line() -> None:
    long = f"    return True, {'a' * 120}\n".encode()
    assert [
        each.what for each in mutants(b"def f(a):\n    return g(a, x=True)" + b"\n" + long)
    ] == [
        "dropped return: `return g(a, x=True)` became `g(a, x=True)`",
        "flag: `return g(a, x=True)` became `return g(a, x=False)`",
        "flag: `True` became `False`",
    ]
    (last,) = mutants(b"def f(a):\n    return True")
    assert last.what == "flag: `return True` became `return False`"


@pytest.mark.parametrize(
    "source",
    [
        "x = 1 + a\nif a:\n    g(a)\n",  # no function: it would fail when it is imported
        "class A:\n    x = a + b\n",
        "def f(a: int = not_a_number, *b) -> 1 + 2: return a\n",
        "@g(a == b)\ndef f(): return a\n",
        "def f(a): return f'{a + 1} {a == 2}'\n",  # has no places of its own in Python 3.11
        "def f(a): assert a == 1\n",
        "def f(a): return a ==\n",
        "\ufeffdef f(a): return a == 1\n",
        "def f(a):\r    return a == 1\r",
        "def f(a): return a == '\0'\n",
        "# coding: latin-1\ndef f(a): return a == '\udce9'\n",
        "",
    ],
)
def test_left_alone(source: str) -> None:
    assert mutants(source.encode("utf-8", "surrogateescape")) == ()


def test_a_mutant_that_means_the_same_is_none() -> None:
    source = b"def f(a):\n    return a  == 1\n"
    at = source.index(b"==")
    assert mutated(source, Mutant("comparison", at - 2, at, b" ", 2, 2, "")) is None
    assert (
        mutated(source, Mutant("comparison", at, at + 2, b"=", 2, 2, "")) is None
    )  # does not parse
    assert (
        mutated(source, Mutant("comparison", at, at + 2, b"!=", 2, 2, ""))
        == b"def f(a):\n    return a  != 1\n"
    )


@pytest.mark.parametrize(
    "name",
    [
        "reviewer/pipeline/fix_loop.py",
        "reviewer/lab/evals/operators.py",
        "reviewer/models/schedule.py",
    ],
)
@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
def test_every_mutant_parses_and_differs_in_one_place_only(name: str, ends: bytes) -> None:
    data = (ROOT / name).read_bytes().replace(b"\n", ends)
    found = mutants(data)
    assert len(found) > 20
    assert len({(each.start, each.end, each.new) for each in found}) == len(found)
    lines = data.split(b"\n")
    for each in found[::15]:
        text = mutated(data, each)
        assert text is not None, each
        ast.parse(text)
        after = text.split(b"\n")
        kept = len(lines) - each.last
        assert after[: each.first - 1] == lines[: each.first - 1]
        assert after[len(after) - kept :] == lines[len(lines) - kept :]
        assert text == data[: each.start] + each.new + data[each.end :]
        assert data.count(b"\n", 0, each.start) + 1 == each.first
