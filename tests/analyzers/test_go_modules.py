from support.change import change

from reviewer.analyzers import Limits
from reviewer.analyzers.go_modules import Module, is_left_out, modules


def found(files: dict[str, str]) -> tuple[Module, ...]:
    return modules(
        change({}, {path: text.encode() for path, text in files.items()}), "new", Limits(20)
    )


def test_modules_are_read_as_they_say() -> None:
    assert found(
        {
            "go.mod": "// top\nmodule example.com/a/v2 // x\n\ngo 1.22.1\n\nrequire x v1\n",
            "b/go.mod": 'module "example.com/b"\ngo 1.21\nreplace example.com/a/v2 => ../\n',
            "c/go.mod": "module example.com/c\nreplace (\n\ta => ../b\n\tx => ../../out\n)\n",
            "d/go.mod": "go 1.20\n",
            "vendor/e/go.mod": "module e\n",
        }
    ) == (
        Module(".", "example.com/a/v2", "1.22.1", frozenset()),
        Module("b", "example.com/b", "1.21", frozenset({"."})),
        Module("c", "example.com/c", "", frozenset({"b"})),
    )


def test_modules_of_a_workspace_see_each_other() -> None:
    assert found(
        {
            "go.work": "go 1.22\n\nuse (\n\t./a // first\n\t./b\n)\nuse ./none\n",
            "a/go.mod": "module a\n",
            "b/go.mod": "module b\n",
            "c/go.mod": "module c\n",
        }
    ) == (
        Module("a", "a", "", frozenset({"b"})),
        Module("b", "b", "", frozenset({"a"})),
        Module("c", "c", "", frozenset()),
    )


def test_what_go_ignores_is_left_out() -> None:
    paths = [
        "a.go",
        "vendor/a.go",
        "x/testdata/a.go",
        "_x/a.go",
        ".x/a.go",
        "x/_a.go",
        "vendors/a.go",
    ]
    assert [path for path in paths if not is_left_out(path)] == ["a.go", "vendors/a.go"]
