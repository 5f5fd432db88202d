from __future__ import annotations

import pytest
from support.changes import change_of

from reviewer.context.index import Target, index_of
from reviewer.context.resolve import resolve

FILES = {
    "pkg/__init__.py": b"from .core import run_all\nfrom . import store as storage\n",
    "pkg/core.py": (
        b"from .store import *\nfrom .kinds import Kind\n\n\ndef run_all():\n    return 1\n"
    ),
    "pkg/kinds.py": b"class Kind:\n    label = 1\n\n    def show(self):\n        return self\n",
    "pkg/store.py": (
        b"""\
from pkg.kinds import Kind


class Base:
    def save(self):
        pass

    def me(self) -> "Self":
        return self


class Store(Base):
    def __init__(self, kind: Kind, other=None):
        self.kind = kind
        self.other = Other()

    def load(self) -> Kind | None:
        self.save()
        super().save()
        return self.missing()


class Other:
    def close(self):
        pass


default = Store(1)


def make() -> Store:
    return default
"""
    ),
    "src/lib/util.py": b"def helper():\n    pass\n",
    "app/main.py": (
        b"""\
import json
import pkg.store
import pkg.kinds as k
from pkg import run_all, storage
from pkg.store import Store as S, default
from pkg.core import Base
from lib.util import helper
import missing.module
import script


def use(param: S, other: "pkg.store.Other"):
    local = S(1)
    made = pkg.store.make()
    with made as opened:
        pass
    for item in made:
        pass

    def inner():
        return local

    return inner
"""
    ),
    "app/script.py": b"def go():\n    pass\n",
    "ns/part/mod.py": b"def deep():\n    pass\n",
    "ns/user.py": b"from ns.part import mod\nfrom ns.part.mod import deep\nimport ns.part.mod\n",
    "loop/__init__.py": b"from loop.a import thing\n",
    "loop/a.py": b"from loop import thing\nfrom loop.b import *\n\n\nclass A(B):\n    pass\n",
    "loop/b.py": (
        b"from loop.a import *\n\n\nclass B(A):\n    pass\n\n\nx = y()\n\n\ndef y() -> x:\n   "
        b" pass\n"
    ),
}
STORE = "pkg/store.py"
CASES = {
    ("app/main.py", "run_all", "use"): Target("pkg/core.py", "run_all"),
    ("app/main.py", "storage.make", "use"): Target(STORE, "make"),
    ("app/main.py", "pkg.store.make", ""): Target(STORE, "make"),
    ("app/main.py", "pkg.kinds.Kind", ""): Target("pkg/kinds.py", "Kind"),
    ("app/main.py", "k.Kind.label", ""): Target("pkg/kinds.py", "Kind.label"),
    ("app/main.py", "S", ""): Target(STORE, "Store"),
    ("app/main.py", "Base", ""): Target(STORE, "Base"),
    ("app/main.py", "helper", ""): Target("src/lib/util.py", "helper"),
    ("app/main.py", "script.go", ""): Target("app/script.py", "go"),
    ("app/main.py", "param.load", "use"): Target(STORE, "Store.load"),
    ("app/main.py", "param.save", "use"): Target(STORE, "Base.save"),
    ("app/main.py", "other.close", "use"): Target(STORE, "Other.close"),
    ("app/main.py", "local.load().show", "use"): Target("pkg/kinds.py", "Kind.show"),
    ("app/main.py", "local.kind.show", "use"): Target("pkg/kinds.py", "Kind.show"),
    ("app/main.py", "local.other.close", "use.inner"): Target(STORE, "Other.close"),
    ("app/main.py", "made.load", "use"): Target(STORE, "Store.load"),
    ("app/main.py", "made.me().load", "use"): Target(STORE, "Base.load"),
    ("app/main.py", "opened.load", "use"): Target(STORE, "Store.load"),
    ("app/main.py", "default.load", "use"): Target(STORE, "Store.load"),
    ("app/main.py", "S().load", "use"): Target(STORE, "Store.load"),
    ("app/main.py", "inner", "use"): Target("app/main.py", "use.inner"),
    ("app/main.py", "inner", ""): None,
    ("app/main.py", "item.load", "use"): None,
    ("app/main.py", "json.dumps", ""): None,
    ("app/main.py", "missing.module.f", ""): None,
    ("app/main.py", "print", ""): None,
    ("app/main.py", "?.load", ""): None,
    ("app/main.py", "S.gone", ""): Target(STORE, "Store.gone"),
    ("app/main.py", "storage.gone", ""): Target(STORE, "gone"),
    (STORE, "self.save", "Store.load"): Target(STORE, "Base.save"),
    (STORE, "super().save", "Store.load"): Target(STORE, "Base.save"),
    (STORE, "super().load", "Store.load"): None,
    (STORE, "self.missing", "Store.load"): Target(STORE, "Store.missing"),
    (STORE, "self.load", ""): None,
    (STORE, "save", "Store.load"): None,
    ("ns/user.py", "mod.deep", ""): Target("ns/part/mod.py", "deep"),
    ("ns/user.py", "deep", ""): Target("ns/part/mod.py", "deep"),
    ("ns/user.py", "ns.part.mod.deep", ""): Target("ns/part/mod.py", "deep"),
    ("loop/a.py", "thing", ""): None,
    ("loop/a.py", "A.f", ""): Target("loop/a.py", "A.f"),
    ("loop/b.py", "x.f", ""): None,
    ("nowhere.py", "x", ""): None,
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}:{case[1]}:{case[2]}")
def test_what_a_name_means(case):
    index = index_of(change_of({}, FILES))
    path, name, scope = case
    assert resolve(index, path, name, scope) == CASES[case]


def test_a_module_that_the_change_removes_is_still_known():
    base = {"a.py": b"def f():\n    pass\n", "b.py": b"import a\n"}
    index = index_of(change_of(base, {"b.py": base["b.py"]}))
    assert resolve(index, "b.py", "a.f", "") == Target("a.py", "f")


def test_a_module_is_found_in_the_nearest_root():
    files = {
        "one/src/util.py": b"def f():\n    pass\n",
        "two/src/util.py": b"def f():\n    pass\n",
        "two/src/main.py": b"import util\n",
        "pack/__init__.py": b"",
        "pack/inside.py": b"",
        "user.py": b"import inside\n",
    }
    index = index_of(change_of({}, files))
    assert resolve(index, "two/src/main.py", "util.f", "") == Target("two/src/util.py", "f")
    assert (
        resolve(index, "user.py", "inside.f", "") is None
    )  # a module of a package needs the package's name
