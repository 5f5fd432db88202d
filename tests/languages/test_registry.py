from __future__ import annotations

import ast
import gc
import json
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from reviewer.languages import all_languages, by_name, language, language_of, parse_python
from reviewer.languages.registry import HEAD


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
        ("a.", None),
        ("a.py/b", None),
        ("", None),
        ("deploy/Dockerfile.dev", "dockerfile"),
        ("api.dockerfile", "dockerfile"),
        ("Dockerfile.md", "markdown"),
        ("MyDockerfile.dev", None),
        ("Makefile.am", "make"),
        ("prod.tfvars", "hcl"),
        ("build.gradle", "groovy"),
        ("build.gradle.kts", "kotlin"),
        ("Jenkinsfile", "groovy"),
        ("Rakefile", "ruby"),
        ("Gemfile", "ruby"),
        ("Gemfile.lock", None),
        ("lib/a.dart", "dart"),
        ("a.inl", "cpp"),
        ("a.mm", "objc"),
        (".bashrc", "shell"),
        ("a.less", "css"),
    ],
)
def test_language(path: str, name: str | None):
    assert language(path) == name


_TABLES = ("functions", "classes", "values", "imports")
_KINDS = """
import json, sys
from ast_grep_py import SgRoot
def is_known(root, kind):
    try:
        root.find(kind=kind)
    except RuntimeError:
        return False
    return True
found = {}
for language, (name, *kinds) in json.load(sys.stdin).items():
    root = SgRoot("", name).root()
    found[language] = [kind for kind in kinds if not is_known(root, kind)]
print(json.dumps(found))
"""


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


C_HEADER = b"""\
/* The class of nodes: public: for all.
 * using it is simple. */
#include <string.h>
#ifdef __cplusplus
extern "C" {
#endif
struct node { int template; struct node *namespace; };
int class_of(struct node *);
"""


@pytest.mark.parametrize(
    "line",
    [
        b"namespace shop {",
        b"namespace\n{",
        b"inline namespace v1 {",
        b"template <typename T>",
        b"using Row = int;",
        b"using namespace std;",
        b"class Cart {",
        b"class Cart\n{",
        b"class Cart;",
        b"class API Cart final : public Base {",
        b"enum class Color : int;",
        b"  public:",
        b"  virtual void run();",
        b"constexpr int limit = 3;",
        b"#include <vector>",
    ],
)
def test_a_header_with_cpp_in_it_is_cpp(line: bytes):
    def name(data: bytes | None) -> str | None:
        found = language_of("shop/cart.h", data)
        return found and found.name

    assert name(C_HEADER + line + b"\n") == "cpp"
    assert name(b" " * HEAD + b"\n" + line + b"\n") == "c"  # too far down
    assert [name(C_HEADER), name(b""), name(None)] == ["c", "c", "c"]
    found = language_of("shop/cart.c", line)
    assert found
    assert found.name == "c"  # only of a header one asks


def test_each_file_is_in_one_language():
    patterns = Counter(
        (kind, pattern)
        for each in all_languages()
        for kind, group in (("suffix", each.suffixes), ("name", each.names), ("glob", each.globs))
        for pattern in group
    )
    assert [pattern for pattern, count in patterns.items() if count > 1] == []
    assert all(suffix.startswith(".") and suffix.islower() for _, suffix in _suffixes())
    assert all(by_name(each.name) is each for each in all_languages())
    assert by_name("cobol") is None


def _suffixes():
    return [(each.name, suffix) for each in all_languages() for suffix in each.suffixes]


def test_languages_of_a_family_name_one_of_them():
    assert {each.kin for each in all_languages()} <= {each.name for each in all_languages()}


def test_ast_grep_has_the_grammars():
    """In a process of its own: an unknown grammar ends it."""
    grammars = {
        each.name: [
            each.grammar.name,
            *(kind for name in _TABLES for kind in getattr(each.grammar, name)),
        ]
        for each in all_languages()
        if each.grammar
    }
    done = subprocess.run(
        [sys.executable, "-c", _KINDS],
        input=json.dumps(grammars),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    unknown = json.loads(done.stdout)
    assert list(unknown) == list(grammars)
    # Languages of a family share a table; one of them has each kind.
    for name, kinds in unknown.items():
        kin = [
            each.name for each in all_languages() if each.kin == getattr(by_name(name), "kin", "")
        ]
        assert not set(kinds).intersection(*(unknown[other] for other in kin if other in unknown))


def test_what_has_an_outline_has_what_it_is_made_from():
    assert [each.name for each in all_languages() if each.outline and not each.grammar] == [
        "python",
        "sql",
        "hcl",
        "dockerfile",
    ]
    assert all(each.modules for each in all_languages() if each.scopes.resolves)
