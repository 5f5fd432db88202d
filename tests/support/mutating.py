"""A repository whose mutants are known: which its tests kill, and which they cannot."""

from __future__ import annotations

from pathlib import Path

from support.repo import Repo

COMMAND = "{python} -S -m unittest -q"  # -S: a start in half the time
FIRST = (
    "def total(items):\n    result = 0\n    for item in items:\n        result = result + item\n"
    "    return min(result, 100)\n"
)
SECOND = (
    "def total(items):\n    result = 0\n    for item in items:\n        result += item\n"
    "    if result > 100:\n        result = 100\n    return result\n"
)
TAX = "def taxed(price):\n    return price * 2\n"
TESTS = """import unittest

from shop.price import total


class Total(unittest.TestCase):
    def test_total(self):
        self.assertEqual([total([1, 2]), total([101])], [3, 100])
"""
TAX_TESTS = (
    "import unittest\n\nfrom shop.tax import taxed\n\n\nclass Tax(unittest.TestCase):\n"
    "    def test_taxed(self):\n        self.assertEqual(taxed(3), 6)\n"
)


def shop(tmp_path: Path) -> tuple[Repo, list[str]]:
    """Its commits: the first, a change that keeps what the tests see, one that adds a function with
    its tests, and a change of the tests alone."""
    repo = Repo(tmp_path / "shop", tmp_path / "home")
    commits = [
        repo.commit(
            {
                "shop/__init__.py": "",
                "shop/price.py": FIRST,
                "tests/__init__.py": "",
                "tests/test_price.py": TESTS,
                "README.md": "# Shop\n",
                "logo.png": b"\x89PNG\0\xff",
            },
            "first",
        ),
        repo.commit({"shop/price.py": SECOND}, "Count up"),
        repo.commit({"shop/tax.py": TAX, "tests/test_tax.py": TAX_TESTS}, "Add tax"),
        repo.commit({"tests/test_tax.py": TAX_TESTS + "\n"}, "Tests only"),
    ]
    return repo, commits
