from __future__ import annotations

import sys

import pytest

from reviewer.languages.python_library import describe


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("json.loads", "has it as `def loads(s, *, cls=None,"),
        ("json.JSONDecoder.decode", "has it as `def decode(self, s,"),  # through an import
        ("os.path.join", "has it as `def join(a, *p)`: Join two or more pathname components"),
        ("textwrap.dedent", "has it as `def dedent(text)`: Remove any common leading whitespace"),
        (
            "collections.OrderedDict",
            "has it as `class OrderedDict(dict)`: Dictionary that remembers",
        ),
        ("math.nextafter", "it is of the standard library"),  # without a source
        ("json.nothing", "it is of the standard library"),
        ("sorted", "it is built in: sorted(iterable, /, *, key=None, reverse=False): Return a new"),
        ("str.rsplit", "it is built in: str.rsplit(self, /, sep=None, maxsplit=-1): Return a list"),
        ("rsplit", "built-in types have it: str.rsplit(self, /, sep=None, maxsplit=-1): "),
    ],
)
def test_what_the_library_says(name: str, part: str):
    said = describe(name)
    assert part in said
    assert "\n" not in said


@pytest.mark.parametrize(
    "name", ["", "total", "requests.get", "../etc", "a b", "__import__", "a..b", "_x", "json..x"]
)
def test_what_is_not_of_the_library(name: str):
    assert describe(name) == ""


@pytest.mark.fault(
    "code",
    "the model asks for a module whose import does something",
    "its source is parsed, never imported",
)
def test_nothing_is_imported():
    before = set(sys.modules)
    assert describe("antigravity.geohash").startswith("Python 3.")
    assert describe("this.s") == "it is of the standard library"
    assert set(sys.modules) == before
