from __future__ import annotations

from reviewer.languages import JAVASCRIPT, PYTHON, Language, Modules

PACKAGES = frozenset(
    (
        "app/__init__.py",
        "app/models.py",
        "app/models.pyi",
        "app/views/__init__.py",
        "app/views/home.py",
        "app/assets/a.css",
        "lib/tools.py",
        "lib/deep/tools.py",
        "lib/json.py",
        "space/inner/leaf.py",
        "run.py",
    )
)
SCRIPTS = frozenset(("src/a.ts", "src/b.jsx", "src/ui/index.ts", "src/c.js", "c.mjs"))


def modules(language: Language, files: frozenset[str]) -> Modules:
    assert language.modules is not None
    return language.modules(files)


def test_where_absolute_imports_of_python_lead():
    found = modules(PYTHON, PACKAGES)
    names = [
        "app",
        "app.models",
        "app.views.home",
        "models",
        "tools",
        "json",
        "space",
        "re",
        "app.no",
    ]
    assert {name: found.module("run.py", name, 0) for name in names} == {
        "app": "app/__init__.py",
        "app.models": "app/models.py",
        "app.views.home": "app/views/home.py",
        "models": None,  # a package is not on sys.path itself
        "tools": "lib/tools.py",
        "json": None,  # Python's own
        "space": "space/",
        "re": None,
        "app.no": None,
    }
    assert found.module("lib/deep/x.py", "tools", 0) == "lib/deep/tools.py"
    assert found.module("lib/tools.py", "tools", 0) == "lib/deep/tools.py"  # never itself


def test_where_relative_imports_of_python_lead():
    found = modules(PYTHON, PACKAGES)
    assert [
        found.module("app/views/home.py", name, level)
        for name, level in (("", 1), ("", 2), ("models", 2), ("views", 2), ("home", 1), ("x", 4))
    ] == [
        "app/views/__init__.py",
        "app/__init__.py",
        "app/models.py",
        "app/views/__init__.py",
        "app/views/home.py",
        None,
    ]
    assert found.module("run.py", "", 1) == "/"
    assert found.module("space/inner/x.py", "inner", 2) == "space/inner/"


def test_what_a_package_of_python_has_in_it():
    found = modules(PYTHON, PACKAGES)
    assert found.within("app/__init__.py", "views") == "app/views/__init__.py"
    assert found.within("app/__init__.py", "assets") is None  # no Python in it
    assert found.within("space/", "inner") == "space/inner/"
    assert found.within("app/models.py", "views") is None


def test_where_imports_of_scripts_lead():
    found = modules(JAVASCRIPT, SCRIPTS)
    leads = {
        "./a": "src/a.ts",
        "./a.ts": "src/a.ts",
        "./b": "src/b.jsx",
        "./ui": "src/ui/index.ts",
        "../c": "c.mjs",
        "./c.js": "src/c.js",
        "./a.js": "src/a.ts",  # TypeScript names what it will have made
        "a": None,
        "react": None,
        "./none": None,
    }
    assert {name: found.module("src/x.ts", name, 0) for name in leads} == leads
    assert found.within("src/ui/index.ts", "a") is None
