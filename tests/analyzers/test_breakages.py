"""What a change breaks in files that it does not touch, in TypeScript, Go, Java and Rust: found
without a model, by the compiler of the language where it is installed, and by name where that is
certain. Each folder of breakages/ has the whole base/, and of head/ what is different."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.change import change, tree
from support.toolchains import needs

from reviewer import analyzers
from reviewer.analyzers import registry
from reviewer.analyzers.severity import rating

CASES = Path(__file__).parent / "breakages"


@dataclass(frozen=True)
class Case:
    name: str
    place: tuple[str, int]  # where it shows
    engine: str  # "" where no compiler that we run knows
    by_name: bool = False  # whether it is certain without a compiler


ALL = (
    Case("typescript-signature-changed", ("src/cart.ts", 3), "tsc", by_name=True),
    Case("typescript-method-renamed", ("src/main.ts", 4), "tsc", by_name=True),
    Case("typescript-export-removed", ("src/check.ts", 1), "tsc", by_name=True),
    Case("typescript-enum-constant-renamed", ("src/door.ts", 3), "tsc", by_name=True),
    Case("typescript-function-became-async", ("src/page.ts", 3), "tsc"),
    Case("typescript-interface-grown", ("src/square.ts", 3), "tsc"),
    Case("typescript-null-allowed", ("src/show.ts", 3), "tsc"),
    Case("go-signature-changed", ("cart/cart.go", 6), "gocheck", by_name=True),
    Case("go-method-renamed", ("main.go", 7), "gocheck", by_name=True),
    Case("go-error-ignored", ("main.go", 6), "gocheck"),
    Case("go-interface-grown", ("main.go", 10), "gocheck"),
    Case("java-method-renamed", ("src/main/java/app/Main.java", 6), "javac", by_name=True),
    Case("java-enum-constant-renamed", ("src/main/java/app/Door.java", 5), "javac", by_name=True),
    Case("java-interface-grown", ("src/main/java/app/Square.java", 3), "javac"),
    Case("rust-function-removed", ("src/check.rs", 1), "", by_name=True),
    Case("rust-enum-variant-renamed", ("src/door.rs", 4), "", by_name=True),
)


def found(case: Case, name: str) -> set[tuple[str, int | None]]:
    """The places of the findings of one analyzer."""
    base = tree(CASES / case.name / "base")
    head = base | tree(CASES / case.name / "head")
    (result,) = asyncio.run(analyzers.run(change(base, head), names=[name], timeout=120))
    assert result.problem is None
    return {
        (hit.path, hit.start) for hit in result.evidence if rating(hit.source, hit.rule) is not None
    }


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_what_is_certain_by_name_and_nothing_else(case: Case) -> None:
    assert found(case, "still_used") == ({case.place} if case.by_name else set())


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, marks=needs(registry.ANALYZERS[case.engine].tool), id=case.name)
        for case in ALL
        if case.engine
    ],
)
@pytest.mark.usefixtures("go_checker")
def test_the_compiler_of_the_language_knows(case: Case) -> None:
    assert found(case, case.engine) == {case.place}


def test_the_folders_are_the_cases() -> None:
    assert {path.name for path in CASES.iterdir()} == {case.name for case in ALL}
