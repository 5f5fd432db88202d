import pytest

from reviewer.analyzers.javac_tree import Source, source


def read(code: str) -> Source:
    return source("src/a/B.java", code.encode())


@pytest.mark.fault(
    "scale",
    "a megabyte of line ends, comments or words in a source of Java",
    "reading it takes no longer than for any other source of its size",
)
@pytest.mark.parametrize(
    "filling",
    ["\n" * 1_000_000, "/*" * 500_000 + "*/", '"' + '\\"' * 500_000 + '"', "class a;" * 100_000],
)
def test_a_source_that_repeats_itself(filling: str) -> None:
    found = read(f"{filling}\npackage a;\nimport lombok.Data;\nclass B extends C {{}}\n")
    assert (found.package, found.root, found.generated) == ("a", "src", True)
    assert found.headers["B"] == {"extends", "C"}


@pytest.mark.parametrize(
    "literal", ['"/api/*"', '"\\"/*"', "'\"'", '"""\n  /* " class X {\n  """', "'\\''"]
)
def test_a_literal_is_no_comment_and_no_class(literal: str) -> None:
    code = f"package a;\nclass B {{ Object o = {literal}; }}\nclass C {{}} // class D {{}}\n"
    assert read(code) == Source("a", "src", {"B": frozenset(), "C": frozenset()}, False)
