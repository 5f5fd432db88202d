from __future__ import annotations

import pytest

from reviewer.languages import JAVASCRIPT, PYTHON, Language, Modules, by_name
from reviewer.languages.project_files import ProjectFiles, join_path, nearest

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
    return language.modules(ProjectFiles(files))


def survey(name: str, files: dict[str, str]) -> Modules:
    language = by_name(name)
    assert language is not None
    assert language.modules is not None
    texts = {path: text.encode() for path, text in files.items()}
    return language.modules(ProjectFiles(texts, texts.get))


def leads(name: str, files: dict[str, str], path: str, modules: list[str]) -> dict[str, str | None]:
    """Where imports of `modules` in the file `path` lead."""
    found = survey(name, files)
    return {module: found.module(path, module, 0) for module in modules}


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


WEB = {
    "package.json": '{"name": "root", "workspaces": ["packages/*", "!packages/old"]}',
    "tsconfig.base.json": """{
  // shared by all
  "compilerOptions": {
    "paths": {"@lib/*": ["./packages/lib/src/*"], "#x": ["./packages/lib/src/x.ts",],},
  }, /* done */
}""",
    "packages/lib/package.json": (
        '{"name": "@scope/lib", "main": "./dist/index.js", "imports": {"#own/*": "./src/own/*.js"}}'
    ),
    "packages/lib/src/index.ts": "",
    "packages/lib/src/x.ts": "",
    "packages/lib/src/deep/y.tsx": "",
    "packages/lib/src/own/z.ts": "",
    "packages/old/package.json": '{"name": "old"}',
    "packages/old/index.js": "",
    "packages/new/package.json": """{
  "name": "new",
  "exports": {
    ".": {"browser": "./src/browser.ts", "import": {"types": "./dist/main.d.ts"}},
    "./parts/*": {"default": "./dist/parts/*.js"},
    "./gone": "./dist/gone.js"
  }
}""",
    "packages/new/src/browser.ts": "",
    "packages/new/src/main.ts": "",
    "packages/new/src/parts/a.ts": "",
    "app/package.json": "{}",
    "app/tsconfig.json": '{"references": [{"path": "./tsconfig.app.json"}]}',
    "app/tsconfig.app.json": (
        '{"extends": "../tsconfig.base.json", "compilerOptions": {"strict": true}}'
    ),
    "app/jsconfig.json": "{",
    "app/src/tsconfig.json": '{"compilerOptions": {"baseUrl": "."}}',
    "app/src/util/tool.ts": "",
    "app/src/page.vue": "",
    "app/src/main.ts": "",
}


def test_where_scripts_find_paths_and_packages_of_the_workspace():
    expected = {
        "@lib/x": "packages/lib/src/x.ts",
        "@lib/deep/y": "packages/lib/src/deep/y.tsx",
        "#x": "packages/lib/src/x.ts",
        "util/tool": "app/src/util/tool.ts",  # by `baseUrl`
        "./page.vue?raw": "app/src/page.vue",
        "@/util/tool": "app/src/util/tool.ts",  # what bundlers call it
        "@scope/lib": "packages/lib/src/index.ts",  # not built yet
        "@scope/lib/src/x": "packages/lib/src/x.ts",
        "new": "packages/new/src/main.ts",
        "new/parts/a": "packages/new/src/parts/a.ts",
        "new/gone": None,
        "old": None,  # taken out of the workspace
        "react": None,
        "../../../../etc/passwd": None,
    }
    assert leads("typescript", WEB, "app/src/main.ts", list(expected)) == expected
    own = {"#own/z": "packages/lib/src/own/z.ts", "@scope/lib": "packages/lib/src/index.ts"}
    assert leads("typescript", WEB, "packages/lib/src/x.ts", list(own)) == own


def test_a_workspace_of_pnpm():
    files = {
        "pnpm-workspace.yaml": (
            "packages:\n  # all\n  - 'libs/**'\n  - \"tools\"\ncatalog:\n  - no\n"
        ),
        "package.json": "{}",
        "libs/a/b/package.json": '{"name": "b"}',
        "libs/a/b/index.js": "",
        "no/package.json": '{"name": "no"}',
        "no/index.js": "",
    }
    assert leads("javascript", files, "tools/x.js", ["b", "no"]) == {
        "b": "libs/a/b/index.js",
        "no": None,
    }


@pytest.mark.fault("git", "two `tsconfig.json` that extend each other", "each is read once")
def test_configurations_that_extend_each_other_end():
    files = {
        "tsconfig.json": '{"extends": "./other", "references": [{"path": "."}]}',
        "other.json": '{"extends": ["./tsconfig.json", 3], "compilerOptions": {"paths": {"a": 4}}}',
        "package.json": (
            '{"exports": {"./*": [[{"x": null}]]}, "name": "a", "workspaces": [7, "["]}'
        ),
        "src/index.ts": "",
    }
    assert leads("typescript", files, "x.ts", ["a", "a/b", "b"]) == {
        "a": "src/index.ts",
        "a/b": None,
        "b": None,
    }


GO = {
    "go.mod": "module example.com/top/v2\n\nreplace example.com/other => ./forks/other\n",
    "root.go": "",
    "pkg/a/a.go": "",
    "pkg/docs/readme.md": "",
    "tools/go.mod": 'module "example.com/top/v2/tools"\n',
    "tools/lint/lint.go": "",
    "forks/other/x/x.go": "",
    "forks/other/go.mod": "module elsewhere.com/other\n",
}


def test_where_imports_of_go_lead():
    expected = {
        "example.com/top/v2": "/",
        "example.com/top/v2/pkg/a": "pkg/a/",
        "example.com/top/v2/pkg/docs": None,
        "example.com/top/v2/tools/lint": "tools/lint/",
        "example.com/other/x": "forks/other/x/",
        "elsewhere.com/other/x": "forks/other/x/",
        "example.com/top": None,
        "example.com/topper": None,
        "fmt": None,
    }
    assert leads("go", GO, "pkg/a/a.go", list(expected)) == expected
    files = survey("go", GO).files
    assert (files("/"), files("pkg/a/")) == (["root.go"], ["pkg/a/a.go"])


JVM = {
    "core/src/main/java/com/x/shop/Cart.java": "",
    "core/src/test/java/com/x/shop/CartTest.java": "",
    "core/src/main/kotlin/ui/View.kt": "// View\npackage com.x.ui\n",
    "core/src/commonMain/kotlin/com/x/io/Path.kt": "",
    "core/src/jvmMain/kotlin/com/x/io/Path.kt": "",
    "build/src/main/java/util/List.java": "",
    "build/src/main/kotlin/jvm.kt": "",
    "app/src/com/x/shop/Cart.java": "",
}


def test_where_imports_of_the_jvm_lead():
    expected = {
        "com.x.shop.Cart": "core/src/main/java/com/x/shop/Cart.java",
        "com.x.shop.Cart.Item": "core/src/main/java/com/x/shop/Cart.java",
        "com.x.shop.Cart.Item.MAX": "core/src/main/java/com/x/shop/Cart.java",
        "com.x.shop": "core/src/main/java/com/x/shop/",
        "com.x.shop.total": "core/src/main/java/com/x/shop/",  # of any file in the package
        "com.x.ui.View": "core/src/main/kotlin/ui/",  # Kotlin leaves out what all share
        "androidx.ui.View": None,
        "java.util.List": None,
        "kotlin.jvm.JvmName": None,
        "com.y.Other": None,
    }
    path = "core/src/main/java/com/x/Main.java"
    assert leads("java", JVM, path, list(expected)) == expected


def test_what_a_package_of_the_jvm_consists_of():
    found = survey("kotlin", JVM)
    assert found.files("core/src/main/java/com/x/shop/") == [
        "core/src/main/java/com/x/shop/Cart.java",
        "app/src/com/x/shop/Cart.java",
        "core/src/test/java/com/x/shop/CartTest.java",
    ]
    assert found.files("core/src/commonMain/kotlin/com/x/io/Path.kt") == [
        "core/src/commonMain/kotlin/com/x/io/Path.kt",
        "core/src/jvmMain/kotlin/com/x/io/Path.kt",
    ]


def test_where_namespaces_of_csharp_lead():
    files = {
        "src/Shop.Core/Shop.Core.csproj": "<RootNamespace>Shop</RootNamespace>",
        "src/Shop.Core/Orders/Order.cs": "",
        "bench/Shop.Bench/Shop.Bench.csproj": "<RootNamespace> Shop </RootNamespace>",
        "bench/Shop.Bench/Orders/Run.cs": "",
        "src/Shop.Web/Shop.Web.csproj": "",
        "src/Shop.Web/Pages/Index.cs": "",
        "loose/Deep/Inner/A.cs": "",
    }
    expected = {
        "Shop.Orders": "src/Shop.Core/Orders/",
        "Orders": "src/Shop.Core/Orders/",  # from inside of `Shop`
        "Shop.Orders.Order": "src/Shop.Core/Orders/Order.cs",
        "Shop.Web.Pages": "src/Shop.Web/Pages/",
        "Deep.Inner": "loose/Deep/Inner/",
        "Inner": None,
        "System.Linq": None,
    }
    assert leads("csharp", files, "src/Shop.Core/Start.cs", list(expected)) == expected
    found = survey("csharp", files)
    assert found.files("src/Shop.Core/Orders/") == [
        "src/Shop.Core/Orders/Order.cs",
        "bench/Shop.Bench/Orders/Run.cs",
    ]


def test_where_names_of_php_lead():
    files = {
        "composer.json": """{"autoload": {"psr-4": {"App\\\\": ["src/", "lib"], "": "any"}},
            "autoload-dev": {"psr-0": {"Old\\\\": "old"}}}""",
        "src/Models/User.php": "",
        "lib/Tool.php": "",
        "any/Free.php": "",
        "old/Old/Thing.php": "",
        "web/Http/Kernel.php": "",
        "web/index.php": "",
        "web/inc/a.php": "",
    }
    expected = {
        "App\\Models\\User": "src/Models/User.php",
        "App\\Tool": "lib/Tool.php",
        "Free": "any/Free.php",
        "Old\\Thing": "old/Old/Thing.php",
        "Vendor\\Http\\Kernel": "web/Http/Kernel.php",  # the only one of this name
        "App\\None": None,
        "inc/a.php": "web/inc/a.php",
        "/inc/a.php": "web/inc/a.php",
        "../../x.php": None,
    }
    assert leads("php", files, "web/index.php", list(expected)) == expected


RUST = {
    "Cargo.toml": '[package]\nname = "top-crate"\n',
    "src/lib.rs": "",
    "src/a.rs": "",
    "src/a/b.rs": "",
    "src/c/mod.rs": "",
    "src/c/d.rs": "",
    "src/bin/tool.rs": "",
    "tests/it.rs": "",
    "tests/common/mod.rs": "",
    "other/Cargo.toml": '[package]\nname = "x"\n[lib]\nname = "inner"\npath = "in.rs"\n',
    "other/in.rs": "",
    "other/part.rs": "",
}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (
            "src/a/b.rs",
            {
                "crate": "src/lib.rs",
                "crate::c::d": "src/c/d.rs",
                "crate::c::Kind": "src/c/mod.rs",
                "self": "src/a/b.rs",
                "super": "src/a.rs",
                "super::super::c": "src/c/mod.rs",
                "super::super::super": None,
                "inner::part": "other/part.rs",
                "std::io": None,
            },
        ),
        ("src/lib.rs", {"a::b": "src/a/b.rs", "self::a": "src/a.rs", '"c/d.rs"': "src/c/d.rs"}),
        ("src/bin/tool.rs", {"crate": "src/bin/tool.rs", "top_crate::a": "src/a.rs"}),
        ("tests/it.rs", {"self::common": "tests/common/mod.rs", "top_crate": "src/lib.rs"}),
    ],
)
def test_where_paths_of_rust_lead(path, expected):
    assert leads("rust", RUST, path, list(expected)) == expected


def test_a_crate_without_its_top():
    files = {"x/src/a.rs": "", "x/src/b.rs": ""}
    expected = {"crate": "x/src/", "crate::b": "x/src/b.rs", "super": "x/src/"}
    assert leads("rust", files, "x/src/a.rs", list(expected)) == expected


def test_where_includes_lead():
    files = {
        "src/a.c": "",
        "src/a.h": "",
        "src/net/b.h": "",
        "src/net/win/b.h": "",
        "src/string.h": "",
        "include/lib/api.h": "",
        "include/lib/a.h": "",
        "deps/zip/zip.h": "",
        "test/one/common.h": "",
        "test/two/common.h": "",
    }
    expected = {
        "a.h": "src/a.h",
        "net/b.h": "src/net/b.h",
        "b.h": "src/net/b.h",  # the other one is for a platform
        "<string.h>": None,
        "<lib/api.h>": "include/lib/api.h",
        "api.h": None,
        "zip.h": "deps/zip/zip.h",
        "common.h": None,
        "../include/lib/a.h": "include/lib/a.h",
    }
    assert leads("c", files, "src/a.c", list(expected)) == expected


def test_where_requires_of_ruby_lead():
    files = {"lib/a/b.rb": "", "spec/helper.rb": "", "gems/x/lib/y.rb": "", "spec/a/c.rb": ""}
    expected = {
        "a/b": "lib/a/b.rb",
        "helper": "spec/helper.rb",
        "y": "gems/x/lib/y.rb",
        "set": None,
    }
    assert leads("ruby", files, "spec/a/c.rb", list(expected)) == expected
    assert survey("ruby", files).module("spec/a/c.rb", "../helper", 1) == ("spec/helper.rb")


def test_where_modules_of_swift_are():
    files = {
        "Package.swift": '.target(name: "Core"), .testTarget(name: "CoreTests"),'
        ' .target(name: "Odd", dependencies: [], path: "Special/Odd")',
        "Sources/Core/Deep/A.swift": "",
        "Tests/CoreTests/B.swift": "",
        "Special/Odd/C.swift": "",
        "Modules/Feature/Sources/Feature/D.swift": "",
    }
    expected = {
        "Core": "Sources/Core/",
        "CoreTests": "Tests/CoreTests/",
        "Odd": "Special/Odd/",
        "Feature": "Modules/Feature/Sources/Feature/",
        "Foundation": None,
    }
    assert leads("swift", files, "Tests/CoreTests/B.swift", list(expected)) == expected
    assert survey("swift", files).files("Sources/Core/") == ["Sources/Core/Deep/A.swift"]


@pytest.mark.fault(
    "scale", "thousands of manifests in a repository", "imports are followed with those that fit"
)
def test_manifests_are_read_within_limits():
    read: list[str] = []
    names = [f"{number}/package.json" for number in range(2000)]
    files = ProjectFiles(names, lambda path: read.append(path) or b"x" * 100_000)  # type: ignore
    assert (files.text("none"), files.text("1/package.json")) == ("", "x" * 100_000)
    assert sum(len(files.text(name)) for name in names) < 9_000_000
    assert len(read) == len(set(read)) < 100


def test_paths_stay_in_the_repository():
    assert [join_path("a/b", name) for name in ("../c", ".", "../../..", "/d", "./e/")] == [
        "a/c",
        "a/b",
        "",
        "a/b/d",
        "a/b/e",
    ]
    assert nearest("a/b/x", ["c/y", "a/z/y", "a/tests/y"]) == "a/z/y"
    assert nearest("a", []) is None
