import pytest
from support.analyzed import analyzed, hits
from support.change import change

from reviewer.analyzers import Limits, python_names
from reviewer.analyzers.python_tree import gather
from reviewer.types import Evidence, Place

CORE = """
class Shop:
    size: int = 1

    def open(self, key):
        return key


def total(items, rate):
    return items
""".lstrip()


def test_a_broken_call_is_shown_with_the_signature_that_it_does_not_fit():
    base = {
        "core.py": "def total(items):\n    return items\n",
        "use.py": "from core import total\n\ntotal(1)\n",
    }
    head = {**base, "core.py": "# money\n\n\ndef total(items, rate):\n    return items\n"}
    assert analyzed("ty", base, head).evidence == (
        Evidence(
            source="ty",
            rule="missing-argument",
            path="use.py",
            start=3,
            end=3,
            message=(
                "No argument provided for required parameter `rate` of function `total`. The change"
                " altered the signature."
            ),
            fix="Pass the argument, or give the parameter a default.",
            related=(Place("core.py", 4, 4, "the signature that the call does not fit"),),
        ),
    )


def test_a_removed_attribute_is_shown_with_the_place_that_it_is_gone_from():
    base = {"core.py": CORE, "use.py": "from core import Shop\n\nprint(Shop().size)\n"}
    head = {**base, "core.py": CORE.replace("    size: int = 1\n\n", "")}
    assert analyzed("ty", base, head).evidence == (
        Evidence(
            source="ty",
            rule="removed-attribute",
            path="use.py",
            start=3,
            end=3,
            message="`Shop.size`, which is used here, was removed from core.py.",
            fix="Use what took its place, or restore it.",
            related=(Place("core.py", 2, 2, "`Shop.size` was removed here"),),
        ),
    )


IMPORTS = [
    ("from pkg.core import total", "total(1)"),
    ("from pkg.core import total as t", "t(1)"),
    ("from pkg import core", "core.total(1)"),
    ("import pkg.core", "pkg.core.total(1)"),
    ("import pkg.core as c", "c.total(1)"),
    ("from pkg import total", "total(1)"),
    ("import pkg", "pkg.total(1)"),
    ("from pkg.core import *", "total(1)"),
    ("from .core import total", "total(1)"),
    ("from . import core", "core.total(1)"),
    ("from ..pkg.core import total", "total(1)"),
]


@pytest.mark.parametrize(
    ("root", "importing", "call"),
    [("", *each) for each in IMPORTS]
    + [(root, *IMPORTS[n]) for root in ("src/", "python/lib/") for n in (0, 5, 9)],
)
def test_callers_are_found_through_every_kind_of_import(root, importing, call):
    base = {
        f"{root}pkg/__init__.py": "from pkg.core import total\n",
        f"{root}pkg/core.py": "def total(items):\n    return items\n",
        f"{root}pkg/use.py": f"{importing}\n\n{call}\n",
        f"{root}other/use.py": "from other.core import total\n\ntotal(1)\n",
        f"{root}other/core.py": "def total(items):\n    return items\n",
        f"{root}other/__init__.py": "",
    }
    if importing.startswith("from .."):
        base[f"{root}up/__init__.py"] = ""
        base = {
            path.replace(f"{root}pkg", f"{root}up/pkg"): (
                body.replace("pkg.core import", "up.pkg.core import")
                if "__init__" in path and body
                else body
            )
            for path, body in base.items()
        }
    core = next(path for path in base if path.endswith("pkg/core.py"))
    head = {**base, core: "def total(items, rate):\n    return items\n"}
    assert hits("ty", base, head) == [("missing-argument", core.replace("core", "use"), 3)]


def test_relations_between_classes_are_followed():
    kiosk = (
        "from core import Shop\n\n\nclass Kiosk(Shop):\n    def run(self):\n        return"
        " self.open(1)\n"
    )
    base = {"core.py": CORE, "sub.py": kiosk}
    head = {**base, "core.py": CORE.replace("self, key", "self, key, code")}
    assert hits("ty", base, head) == [("missing-argument", "sub.py", 6)]


def test_a_name_that_never_was_is_a_hint_and_one_that_was_removed_a_finding():
    base = {"core.py": CORE, "use.py": "import core\n"}
    head = {
        "core.py": CORE.split("def total")[0],
        "use.py": "import core\n\ncore.total\ncore.nothing\ncore.Shop().none\n",
    }
    assert hits("ty", base, head) == [
        ("removed-name", "use.py", 3),
        ("missing-attribute", "use.py", 4),
        ("missing-attribute", "use.py", 5),
    ]


@pytest.mark.parametrize(
    "body",
    [
        "import attrs\n\n@attrs.define\nclass A:\n    x: int\n\nA(1, 2, 3)\n",
        "from base import Base\n\nclass A(Base):\n    pass\n\nA(1, y=2).anything.at_all()\n",
        "import requests\n\nrequests.get().nothing(1, 2)\n",
        "def f(**options):\n    return options\n\nf(a=1, b=2)\n",
        (
            "from functools import wraps\nfrom unknown import wrap\n\n@wrap\ndef f(a):\n    return"
            " a\n\nf()\n"
        ),
        "def f(*args):\n    return args\n\nf(1, 2, 3)\n",
        "import pkg\n\npkg.sub.run()\n",
        "total(1)  # type: ignore\n",
        "from core import total\n\ntotal(1)  # ty: ignore[missing-argument]\n",
        (
            "import asyncio\n\nasync def f():\n    asyncio.create_task(g())\n\nasync def g():\n   "
            " pass\n"
        ),
        (
            "import typing\n\nif typing.TYPE_CHECKING:\n    from none import X\n\ndef f(x: 'X'):\n "
            "   return x.y\n"
        ),
    ],
)
def test_what_is_not_known_is_no_reason_to_complain(body):
    others = {"core.py": CORE, "pkg/__init__.py": "", "pkg/sub.py": "def run():\n    pass\n"}
    found = hits("ty", others, {**others, "new.py": body})
    assert [
        rule for rule, _, _ in found if not rule.startswith(("invalid-", "not-", "possibly-"))
    ] == []


def test_a_whole_file_cannot_opt_out():
    base = {"core.py": CORE, "use.py": "# type: ignore\nfrom core import total\n\ntotal(1, 2)\n"}
    head = {**base, "core.py": CORE.replace("rate)", "rate, place)")}
    assert hits("ty", base, head) == [("missing-argument", "use.py", 4)]


def test_importers_beyond_the_limit_are_named():
    uses = {f"use_{n:02}.py": "from core import total\n\ntotal(1, 2)\n" for n in range(45)}
    result = analyzed(
        "ty", {"core.py": CORE, **uses}, {"core.py": CORE.replace("rate)", "rate, place)"), **uses}
    )
    assert len(result.evidence) == 40
    assert result.problem == "ty: did not check 5 more files with uses of what was changed"
    assert result.files == tuple(f"use_{n:02}.py" for n in range(40, 45))


def test_a_change_without_python_asks_nothing():
    assert analyzed("ty", {"a.js": "1\n"}, {"a.js": "2\n"}).evidence == ()


def test_sources_that_no_parser_takes_are_no_obstacle():
    deep = "(" * 5000
    head = {
        "a.py": deep,
        "b.py": "x = '\\0'\n",
        "c.py": b"\xff\xfe",
        "d.py": "\x00",
        "e.py": "def f(:\n",
    }
    assert hits("ty", {"a.py": "1\n", "e.py": "1\n"}, head) == []


def test_altered_sees_what_callers_can_see():
    def names(old, new):
        return set(python_names.altered(python_names.parse(old), python_names.parse(new)))

    assert names(b"def f(a): return 1", b"def f(a):\n    '''doc'''\n    return 2") == set()
    assert names(b"def f(a): pass", b"def f(b): pass") == {"f"}
    assert names(b"def f(a): pass", b"def f(a=1): pass") == {"f"}
    assert names(b"def f(a): pass", b"async def f(a): pass") == {"f"}
    assert names(b"def f(a: int): pass", b"def f(a: str): pass") == set()
    assert names(
        b"class A:\n x = 1\n def f(self): self.y = 1", b"class A:\n def f(self): pass"
    ) == {"A.x", "A.y"}
    assert names(b"import os\nX = Y = 1\n(a, *b) = 1, 2", b"Y = 2\na = 1") == {"os", "X", "b"}
    assert names(
        b"try:\n import a\nexcept ImportError:\n a = None\nif 1:\n def g(): pass", b""
    ) == {"a", "g"}
    assert names(b"def f(", b"") == set()


def test_imports_are_read_wherever_they_stand():
    source = (
        b"import a, b.c as d # x\nfrom . import e\ndef f():\n  from ..g.h import (i, # j)\n   k as"
        b" l,\n  )\nfrom m import *\n"
    )
    assert list(python_names.imports(source)) == [
        (0, "a", ()),
        (0, "b.c", ()),
        (1, "", ("e",)),
        (2, "g.h", ("i",)),
        (0, "m", ("*",)),
    ]
    assert list(python_names.imports(b"from .n import o, \\\n  p\n")) == [(1, "n", ("o", "p"))]


def test_a_name_is_called_removed_only_where_its_owner_is_meant():
    base = {"core.py": CORE, "use.py": "class Box:\n    pass\n"}
    head = {
        "core.py": CORE.replace("    size: int = 1\n\n", ""),
        "use.py": "from core import Shop\n\n\nclass Box:\n    pass\n\n\nBox().size\nShop().size\n",
    }
    assert hits("ty", base, head) == [
        ("missing-attribute", "use.py", 8),
        ("removed-attribute", "use.py", 9),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "from " + " " * 300_000,
        "from " + "." * 300_000,
        "from a import (\n" * 20_000,
        "import " + "a," * 20_000,
        "-" * 100_000,
        "a" + ".b" * 50_000,
        "1" + "+1" * 100_000,
        "not " * 20_000,
    ],
)
def test_hostile_sources_take_no_longer_than_others(line):
    """Outside ty, that is: ty itself is stopped when it takes too long, and may crash."""
    subject = change({"a.py": b"x = 1\n"}, {"a.py": line.encode(), "b.py": b"import a\n"})
    project = gather(subject, Limits(20))
    assert project is not None
    assert set(project.new) == {"a.py", "b.py"}


def test_files_in_folders_that_tools_skip_are_checked_as_well():
    for folder in ("build", "dist", "venv", "node_modules", "site-packages", ".tox"):
        assert hits("ruff", {}, {f"{folder}/a.py": "x = lost\n"}) == [("F821", f"{folder}/a.py", 1)]
