import pytest
from support.toolchains import needs

from reviewer.analyzers import Limits, go_syntax, registry

pytestmark = needs(registry.GO_TOOL)
NEW = b"""package a

type Set[T comparable] = map[T]struct{}

func f() *int {
\tfor range 3 {
\t}
\treturn new(3)
}
"""


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (NEW, True),
        (b"package a\n\nfunc f( {\n", False),
        (b"func f() {}\n", False),
        (b"", False),
        (b"package a\n\x00", False),
        (b"package a\n\nvar x = " + b"(" * 200_000, False),
        (b"package a\n\nfunc f() { undefined() }\n", True),
    ],
)
def test_the_parser_of_the_language_decides(data: bytes, expected: bool) -> None:
    assert go_syntax.parses(data, "a.go", Limits(20)) is expected


def test_without_time_nothing_is_said() -> None:
    assert go_syntax.parses(NEW, "a.go", Limits(0)) is None


def test_a_toolchain_of_the_repository_is_no_toolchain(tmp_path, monkeypatch) -> None:
    (tmp_path / "go").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "go").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert go_syntax.parses(NEW, "a.go", Limits(20), tmp_path) is True  # our environment's
    assert go_syntax.parses(NEW, "a.go", Limits(20)) is None  # that one fails
