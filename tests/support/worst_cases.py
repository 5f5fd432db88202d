"""Input that costs much where code is careless: quadratic patterns, deep nesting, thousands of
candidates. Tests say what comes of it, tests/benchmarks/worst_cases.py how long it takes."""

from __future__ import annotations

from support.changes import change_of

from reviewer.types import Change

SOURCES = {  # for the symbols of a file, by path
    "brackets.py": b"(" * 200_000,
    "nested.py": b"x = " + b"(" * 5000 + b")" * 5000,
    "chain.py": b"a" + b".b" * 50_000,
    "calls.py": b"f" + b"()" * 20_000,
    "fluent.py": b"a" + b".b(c.d())" * 4000,
    "sum.py": b"x = 1" + b" + 1" * 50_000,
    "blocks.py": b"".join(b" " * depth + b"if 1:\n" for depth in range(300)),
    "nulls.py": b"\0\0def f():\n    pass\n",
    "binary.py": bytes(range(256)) * 100,
    "cookie.py": b"# -*- coding: no-such-codec -*-\ndef f():\n    pass\n",
    "escape.py": b'def f():\n    return "\\d"\n',
    "nested.js": b"function a(){\n" * 4000 + b"}" * 4000,
    "calls.js": b"f(" * 20_000,
    "chain.js": b"a" + b".b()" * 4000,
    "nulls.go": b"package a\0\nfunc f() {\0}\n",
    "long.c": b"int f() { return " + b"g(" * 10_000 + b"; }",
    "empty.py": b"",
    "empty.rs": b"",
}
FILES = {  # for the context of a change, by name
    "syntax": b"def f(:\n    g(\n\ndef g(x):\n    return f(x\n",
    "deep": b"x = " + b"(" * 4000 + b"1" + b")" * 4000 + b"\n",
    "nulls": b"def f():\n    return '\0'\n",
    "cyclic": (
        b"from a import *\nfrom a import f as g\nclass A(B): pass\nclass B(A): pass\nf ="
        b" g\nB().x.y.z(f())\n"
    ),
    "latin": b"def f():\n    return '\xe9'\n",
    "names": b"".join(b"n%d = m%d()\n" % (at, at) for at in range(3000)),
    "huge": b"x = 1\n" * 200_000,
}
LINES = {  # for our own line checks: (analyzer, path, the line)
    "two letters after many": ("unicode", "a.c", "a" * 300_000 + "\u00e9 \u0430"),
    "letters of another script": ("unicode", "a.c", "\u0430" * 300_000),
    "invisible characters": ("unicode", "a.c", "\ufe0f\u200d" * 100_000),
    "blanks": ("weakened_tests", "tests/test_a.py", " " * 300_000 + "x"),
    "almost a check": (
        "weakened_tests",
        "tests/test_a.py",
        "def test_a():\n    " + "check" * 60_000,
    ),
    "functions in Go": ("weakened_tests", "src/a.go", "func (" * 50_000),
    "quotes": ("weakened_tests", "a.test.js", "it('" + "' " * 100_000),
    "comments": ("dataformats", "a.json", "[1,// " + "// " * 60_000 + "\n2"),
    "a comma and blanks": ("dataformats", "a.json", "," + " " * 190_000),
    "conflict markers": ("conflict", "a.c", "<<<<<<<" * 50_000),
}
WIDE = "無" * 200_000  # a word without end, of characters that take two columns
LOGS = {  # of a server that could not start
    "the beginnings of every cause": (
        "Model architectures [ Access to model Free memory on device max seq len (" * 8000
    )[: 256 * 1024],
    "lines of a worker": "\n".join("(Worker pid=1) ERROR 11-24 " + "a.b" * 20 for _ in range(3000)),
}


def trees(path: str, line: str) -> list[tuple[dict[str, str], dict[str, str]]]:
    """A line of LINES that is added, that is removed, and that is there already."""
    return [
        ({}, {path: line}),
        ({path: line}, {path: "x"}),
        ({path: line}, {path: line + "\n" + line}),
    ]


def hostile_change(name: str) -> Change:
    """FILES[name] as a changed and as a new file, beside one that is used elsewhere."""
    base = {
        "a.py": b"def f(x):\n    return x\n",
        "b.py": b"import a\n\n\ndef use():\n    return a.f(1)\n",
    }
    changed = FILES[name] if name != "huge" else base["a.py"]
    return change_of(base, {**base, "a.py": changed, "c.py": FILES[name][: 1 << 16]})


def ten_thousand_candidates() -> Change:
    """One method changes whose name is said in 10,000 other files."""
    base = {
        f"app/n{number}.py": b"from app.core import other\nx.compute_it()\n"
        for number in range(10_000)
    }
    base["app/__init__.py"] = b""
    base["app/core.py"] = (
        b"def other():\n    pass\n\n\nclass C:\n    def compute_it(self):\n        return 1\n"
    )
    head = {**base, "app/core.py": base["app/core.py"].replace(b"return 1", b"return 2")}
    return change_of(base, head)
