"""Undefined names that are no news: something outside the file defines them, or nothing reaches
them."""

import pytest
from support.analyzed import hits

from reviewer.analyzers import python_dead
from reviewer.analyzers.base import MAX_BYTES

USE = "def f():\n    return {name}\n"


def undefined(base, head):
    return [(path, line) for rule, path, line in hits("ruff", base, head) if rule == "F821"]


@pytest.mark.fault(
    "syntax",
    "names that a file does not define but its host does: `_` of gettext, those of notebooks,"
    " Sphinx, SCons",
    "they are not reported",
)
@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("a.py", 'import gettext\n\ngettext.install("app")\nprint(_("x"))\n'),
        ("a.py", 'import gettext as g\n\ng.translation("app").install()\nprint(_("x"))\n'),
        ("a.py", 'from gettext import install\n\ninstall("app")\nprint(_("x"))\n'),
        ("a.py", "import builtins\n\nbuiltins.log = print\nlog(1)\n"),
        ("a.py", "import builtins\n\nbuiltins.__dict__['log'] = print\nlog(1)\n"),
        ("a.py", "import builtins\n\nsetattr(builtins, 'log', print)\nlog(1)\n"),
        ("a.py", "get_ipython().run_line_magic('x', 'y')\ndisplay(1)\n"),
        ("a.py", "# %%\ndisplay(1)\n"),
        ("a.py", "# Databricks notebook source\nspark.sql('x')\ndbutils.fs.ls('/')\ndisplay(1)\n"),
        ("scripts/a.py", "print(snakemake.input[0])\n"),
        ("docs/conf.py", "if tags.has('x'):\n    pass\n"),
        ("jupyter_server_config.py", "c = get_config()\n"),
        ("config.py", "config.load_autoconfig()\nc.url = 1\n"),
        ("SConstruct.py", "env = Environment()\nenv.Program(Glob('*.c'))\n"),
        ("extra.py", 'Import("env", "projenv")\nenv.Append(X=projenv)\nDefault(None)\n'),
    ],
)
def test_names_that_a_host_defines(path, source):
    assert undefined({}, {path: source}) == []
    assert undefined({}, {path: source + "nowhere\n"}) == [(path, source.count("\n") + 1)]


@pytest.mark.parametrize(
    "source",
    [
        "x = display(1)\n",
        "x = tags\n",
        'import gettext\n\n_ = gettext.gettext\nprint(N_("x"))\n',
        "import builtins\n\nbuiltins.log == log\n",
        "c = get_confi()\n",
    ],
)
def test_names_that_nothing_defines(source):
    assert len(undefined({}, {"a.py": source})) == 1


def test_what_unchanged_code_uses_undefined_is_no_news():
    old = USE.format(name="injected")
    new = old + "\n\ndef g():\n    return injected, other\n"
    assert undefined({"a.py": old}, {"a.py": new}) == [("a.py", 6)]  # `other`
    elsewhere = {"lib/unchanged.py": old}
    assert undefined(elsewhere, elsewhere | {"a.py": USE.format(name="injected")}) == []
    assert undefined(elsewhere, elsewhere | {"a.py": USE.format(name="other")}) == [("a.py", 2)]
    mentioned = {"lib/unchanged.py": "injected = 1\n", "notes.txt": "other"}
    assert len(undefined(mentioned, mentioned | {"a.py": USE.format(name="injected")})) == 1
    assert len(undefined(mentioned, mentioned | {"a.py": USE.format(name="other")})) == 1


def test_an_unchanged_file_that_is_too_large_says_nothing():
    large = {"lib/unchanged.py": USE.format(name="injected") + "#" * MAX_BYTES}
    assert undefined(large, large | {"a.py": USE.format(name="injected")}) == [("a.py", 2)]


def test_an_install_of_gettext_anywhere_counts():
    base = {"main.py": 'import gettext\n\ngettext.install("app")\n'}
    assert undefined(base, base | {"a.py": USE.format(name='_("x")')}) == []
    assert undefined(base, base | {"a.py": USE.format(name='N_("x")')}) == [("a.py", 2)]


@pytest.mark.parametrize(
    "source",
    [
        "if sys.version_info[0] < 3:\n    GONE\nelse:\n    str\n",
        "if sys.version_info >= (3,):\n    str\nelse:\n    GONE\n",
        "if sys.version_info.major == 2:\n    GONE\n",
        "if sys.version_info[:2] <= (2, 7):\n    GONE\n",
        "if 3 > sys.version_info[0]:\n    GONE\n",
        "if version_info < (3, 0):\n    GONE\nelif x:\n    str\n",
        "if not six.PY3:\n    GONE\n",
        "if PY3:\n    str\nelif x:\n    GONE\n",
        "if PY2 and x:\n    GONE\n",
        "if x or PY3:\n    str\nelse:\n    GONE\n",
        "y = GONE if six.PY2 else str\n",
        "y = str if PY3 else GONE\n",
        "y = PY2 and GONE(x)\n",
        "y = PY3 or GONE\n",
        "if sys.version_info >= (4, 0):\n    GONE\n",
        "if sys.version_info >= (3, 99):\n    GONE\n",
        "if PY2:\n    if 'x' in dir():\n        GONE\n",
        "if PY2:\n    if PY2:\n        def f():\n            return GONE\n",
    ],
)
def test_code_that_no_python_3_reaches(source):
    names = {name for _, name in python_dead.dead_names(source.encode())}
    assert "GONE" in names
    assert "str" not in names


@pytest.mark.fault(
    "syntax",
    "a name that is used only behind a check of the Python version, or that the name exists",
    "it is not reported as undefined; behind any other check it is",
)
@pytest.mark.parametrize(
    "test",
    [
        "'GONE' in globals()",
        "'GONE' in vars()",
        "'GONE' in dir(builtins)",
        "'GONE' in __builtins__",
        "'GONE' in builtins.__dict__",
        "hasattr(builtins, 'GONE')",
        "hasattr(__builtins__, 'GONE')",
        "hasattr(sys.modules[__name__], 'GONE')",
        "a and 'GONE' in globals()",
        "'GONE' in dir() and 'other' in dir()",
        "not ('GONE' not in globals() or a)",
    ],
)
def test_names_that_are_checked_before_they_are_used(test):
    for source in (
        f"if {test}:\n    GONE\nelse:\n    str\n",
        f"if not ({test}):\n    str\nelse:\n    GONE\n",
        f"x = GONE if {test} else str\n",
        f"x = {test} and GONE\n",
        f"x = not ({test}) or GONE\n",
    ):
        assert {name for _, name in python_dead.dead_names(source.encode())} == {"GONE"}
        base = {"a.py": "import sys, builtins\na = 1\n"}
        assert undefined(base, {"a.py": f"import sys, builtins\na = 1\n{source}"}) == []


@pytest.mark.parametrize(
    "source",
    [
        "if 'other' in globals():\n    x\n",
        "if 'x' in names:\n    x\n",
        "if 'x' not in globals():\n    x\n",
        "if 'x' in globals() or y:\n    x\n",
        "if hasattr(thing, 'x'):\n    x\n",
        "if 'x' in globals():\n    pass\nelse:\n    x\n",
        "y = x if 'x' in a else 0\n",
    ],
)
def test_names_of_which_a_check_says_nothing(source):
    assert python_dead.dead_names(source.encode()) == set()


def test_a_source_that_is_newer_than_this_python_is_read_statement_by_statement():
    source = (
        "lazy import json\nx = [*y for y in [[1]]]\n@wrap\ndef f():\r    if PY2:\n"
        "        return GONE\nif a:\n    b\nelif PY2:\n    GONE\n"
    )
    names = python_dead.dead_names(source.encode())
    assert {(line, name) for line, name in names if name == "GONE"} == {(5, "GONE"), (9, "GONE")}
    assert python_dead.dead_names(b"lazy x\n" + b"x\n" * 6000 + b"if PY2:\n    GONE\n") == set()


@pytest.mark.parametrize(
    "source",
    [
        "if sys.version_info < (3, 8):\n    x\nelse:\n    y\n",
        "if sys.version_info[0] < x:\n    y\n",
        "if sys.version_info[1] < 8:\n    x\n",
        "if other < (3, 0):\n    x\n",
        "if x and not PY2:\n    y\n",
        "if sys.version_info < 'a':\n    x\n",
        "if sys.version_info[9] < 3:\n    x\n",
        "if (3, 0) < sys.version_info < (3, 9):\n    x\n",
        "if sys.version_info in z:\n    x\n",
        "def f(:\n",
        "",
    ],
)
def test_code_that_some_python_3_reaches_or_may(source):
    assert python_dead.dead_names(source.encode()) == set()


@pytest.mark.parametrize(
    "source",
    [
        b"if " + b"not " * 3000 + b"x:\n    y\n",
        b"if PY3:\n    x\n" + b"elif PY3:\n    x\n" * 1500,
        b"x = " + b"PY2 and " * 20_000 + b"y\n",
        b"if 'y' not in dir():\n    x\n" + b"elif 'y' not in dir():\n    x\n" * 1500,
    ],
)
def test_hostile_checks_are_read_once(source):
    names = python_dead.dead_names(source)
    assert {name for _, name in names} <= {"x", "y", "PY2", "PY3"}
