from __future__ import annotations

from collections.abc import Mapping

import pytest

from reviewer.languages import Language, Modules, language_of
from reviewer.languages.imported import Origin, leads_to, origins
from reviewer.languages.outline import Outline
from reviewer.languages.project_files import ProjectFiles


class Side:
    """One side of a repository."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self._files = {path: text.encode() for path, text in files.items()}

    def outline(self, path: str) -> Outline | None:
        language = language_of(path)
        data = self._files.get(path)
        if data is None or language is None or language.outline is None:
            return None
        return language.outline(data, language)

    def modules(self, language: Language) -> Modules | None:
        project = ProjectFiles(self._files, self._files.get)
        return language.modules(project) if language.modules else None


def meant(files: Mapping[str, str], path: str, used: str = "") -> dict[str, list[tuple[str, str]]]:
    """(file, name in it) of what each import of a file means, if `used` is used of it."""
    side = Side(files)
    outline = side.outline(path)
    assert outline is not None
    return {
        item.name: [(each.path, each.name) for each in origins(side, path, outline, item, used)]
        for item in outline.imports
    }


BARRELS = {
    "lib/index.ts": (
        "export * from './a'\nexport { b as renamed, default as Main } from './b'\n"
        "import { own } from './own'\nexport { own, local as outer }\nfunction local() {}\n"
        "export * as space from './a'\nexport { out } from 'elsewhere'\n"
    ),
    "lib/a.ts": "export const a = 1\nexport * from './deep'\n",
    "lib/deep.ts": "export * from './a'\nexport function deep() {}\n",
    "lib/b.ts": "export const b = 1\nclass Pool {}\nexport default Pool\n",
    "lib/own.ts": "export const own = 1\n",
    "use.ts": (
        "import { a, deep, renamed, Main, own, outer, space, out, gone } from './lib'\n"
        "import { missing } from './none'\n"
    ),
}


def test_names_that_files_of_scripts_pass_on():
    assert meant(BARRELS, "use.ts") == {
        "a": [("lib/a.ts", "a")],
        "deep": [("lib/deep.ts", "deep")],
        "renamed": [("lib/b.ts", "b")],
        "Main": [("lib/b.ts", "Pool")],
        "own": [("lib/own.ts", "own")],
        "outer": [("lib/index.ts", "local")],
        "space": [("lib/a.ts", "")],
        "out": [],  # from another package
        "gone": [("lib/index.ts", "gone"), ("lib/a.ts", "gone"), ("lib/deep.ts", "gone")],
        "missing": [],
    }


def test_a_name_that_is_removed_behind_an_explicit_export():
    files = {
        "index.js": "export { gone as now } from './a'\n",
        "a.js": "",
        "b.js": "import { now } from './index'\n",
    }
    assert meant(files, "b.js") == {"now": [("a.js", "gone")]}


def test_what_is_used_of_a_whole_module():
    files = {
        "a.js": "function one() {}\nmodule.exports = { one }\n",
        "b.js": "const a = require('./a')\n",
    }
    assert meant(files, "b.js") == {"a": [("a.js", "")]}
    assert meant(files, "b.js", "one") == {"a": [("a.js", "one")]}


@pytest.mark.parametrize(
    ("files", "path", "used", "expected"),
    [
        (
            {
                "go.mod": "module x.y/z",
                "p/a.go": "package p\n\nfunc A() {}\n",
                "p/b.go": "package p\n\nfunc B() {}\n",
                "main.go": 'package main\n\nimport "x.y/z/p"\n',
            },
            "main.go",
            "B",
            {"p": [("p/b.go", "B")]},
        ),
        (
            {
                "go.mod": "module x.y/z",
                "p/a.go": "package p\n",
                "p/b.go": "package p\n",
                "main.go": 'package main\n\nimport "x.y/z/p"\n',
            },
            "main.go",
            "Gone",
            {"p": [("p/a.go", "Gone"), ("p/b.go", "Gone")]},
        ),
        (
            {
                "src/a/Outer.java": "package a;\nclass Outer {\n  class Inner {\n  }\n}\n",
                "src/a/Other.java": "package a;\nclass Other {\n  void f() {\n  }\n}\n",
                "src/b/Use.java": (
                    "import a.Outer.Inner;\nimport static a.Other.f;\nimport static a.Other.gone;\n"
                ),
            },
            "src/b/Use.java",
            "",
            {
                "Inner": [("src/a/Outer.java", "Inner")],
                "f": [("src/a/Other.java", "f")],
                "gone": [("src/a/Other.java", "gone")],
            },
        ),
        (
            {
                "Cargo.toml": "",
                "src/lib.rs": "mod a;\npub use a::Item;\npub use a::b::*;\n",
                "src/a/mod.rs": "pub mod b;\npub struct Item;\n",
                "src/a/b.rs": "pub enum Kind {\n    One,\n}\n",
                "src/use.rs": "use crate::{Item, Kind, a};\nuse crate::a::b::Kind::One;\n",
            },
            "src/use.rs",
            "",
            {
                "Item": [("src/a/mod.rs", "Item")],
                "Kind": [("src/a/b.rs", "Kind")],
                "a": [("src/a/mod.rs", "")],
                "One": [("src/a/b.rs", "One")],
            },
        ),
        (
            {
                "a.h": '#include "b.h"\n',
                "b.h": "int f(int x);\n",
                "c.c": '#include "a.h"\n',
            },
            "c.c",
            "f",
            {"*": [("b.h", "f")]},
        ),
        (
            {
                "pkg/__init__.py": "from .core import run\nfrom . import store\n",
                "pkg/core.py": "def run(): ...\n",
                "pkg/store.py": "",
                "main.py": "from pkg import run, store\nimport json\n",
            },
            "main.py",
            "",
            {"run": [("pkg/core.py", "run")], "store": [("pkg/store.py", "")], "json": []},
        ),
        (
            {
                "A/A.csproj": "",
                "A/Kinds/One.cs": "class One {}\n",
                "A/Kinds/Two.cs": "class Two {}\n",
                "A/Use.cs": "using A.Kinds;\n",
            },
            "A/Use.cs",
            "Two",
            {"*": [("A/Kinds/Two.cs", "Two")]},
        ),
    ],
    ids=["go", "go-removed", "java", "rust", "c", "python", "csharp"],
)
def test_where_imports_of_languages_lead(files, path, used, expected):
    assert meant(files, path, used) == expected


@pytest.mark.fault(
    "git", "hundreds of files that pass the same name on in a circle", "the search ends after 200"
)
def test_mazes_end():
    files = {f"f{n}.js": f"export * from './f{n + 1}'\nexport * from './f0'\n" for n in range(300)}
    files["use.js"] = "import { x } from './f0'\n"
    assert 100 < len(meant(files, "use.js")["x"]) < 300


def test_the_files_alone():
    side = Side(BARRELS)
    outline = side.outline("use.ts")
    assert outline is not None
    item = outline.by_import["own"]
    assert leads_to(side, "use.ts", outline, item) == {"lib/own.ts"}
    assert origins(side, "use.ts", outline, item) == (Origin("lib/own.ts", "own"),)
