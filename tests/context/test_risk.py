from __future__ import annotations

import random

from support.change import change

from reviewer.context.risk import risk

ORDER = [
    "src/AuthService.java",
    "shop/session.py",
    ".github/workflows/ci.yml",
    "db/migrations/0002_add.py",
    "src/authors.py",
    "shop/tokenizer.py",
    "Makefile",
    "pyproject.toml",
    "data/prices.csv",
    "web/cart.css",
    "tests/test_auth.py",
    "web/cart.spec.ts",
    "src/__tests__/login.js",
    "README.md",
    "LICENSE",
    "docs/secrets.md",
    "vendor/auth/login.py",
    "dist/bundle.js",
]
KINDS = [0] * 4 + [1] * 3 + [2] * 3 + [3] * 3 + [4] * 3 + [5] * 2


def kinds(paths):
    by_path = {file.path: risk(file)[0] for file in change({}, dict.fromkeys(paths, b"x\n")).files}
    return [by_path[path] for path in paths]


def test_what_kind_of_file_a_path_names():
    assert dict(zip(ORDER, kinds(ORDER), strict=True)) == dict(zip(ORDER, KINDS, strict=True))


def test_more_logic_first_and_comments_are_none():
    head = {
        "a.py": b"# one\n# two\n# three\n\nx = 1\n",
        "b.py": b"x = 1\ny = 2\n",
        "c.py": b"x = 1\n",
    }
    assert {file.path: risk(file) for file in change({}, head).files} == {
        "a.py": (1, -1),
        "b.py": (1, -2),
        "c.py": (1, -1),
    }


def test_removed_lines_are_logic_too_and_lines_around_are_not():
    (file,) = change({"a.py": b"a\nb\nc\nd\n"}, {"a.py": b"a\nd\n"}).files
    assert risk(file) == (1, -2)


def test_files_of_equal_risk_keep_their_order():
    files = list(change({}, dict.fromkeys((f"m{n}.py" for n in range(20)), b"x = 1\n")).files)
    random.Random(1).shuffle(files)
    assert sorted(files, key=risk) == files
