"""Valid code that grammars may not know yet: nothing of it may be reported as broken, whether it is
new or comes into a file that parsed. new_syntax/SUFFIX.txt holds the samples, each a file of its
own."""

from pathlib import Path

import pytest
from support.analyzed import analyzed

from reviewer.analyzers.severity import rating

NEW = {
    file.stem: file.read_text(encoding="utf-8").split("========\n")
    for file in sorted((Path(__file__).parent / "new_syntax").glob("*.txt"))
}
BEFORE = {"php": "<?php\n", "go": "package a\n", "yaml": "# nothing yet\n"}
CASES = [(suffix, number) for suffix, samples in NEW.items() for number in range(len(samples))]


@pytest.mark.fault(
    "syntax",
    "new syntax of a language that its grammar does not know yet",
    "it is not said to be broken; a lost bracket or quote still is",
)
@pytest.mark.parametrize(("suffix", "number"), CASES)
def test_new_syntax_is_not_broken(suffix, number):
    sample, path = NEW[suffix][number], f"a.{suffix}"
    before = BEFORE.get(suffix, "\n")
    for base in ({}, {path: before}):
        found = analyzed("astgrep", base, {path: sample}).evidence
        assert [hit for hit in found if rating(hit.source, hit.rule)] == []


@pytest.mark.parametrize("suffix", ["ts", "tsx", "js", "css", "java", "rs", "go", "cs", "kt"])
@pytest.mark.parametrize("lost", ["(", "{"])
def test_a_bracket_that_is_lost_beside_new_syntax_is_seen(suffix, lost):
    """In a file that parsed before: every sample that has such a bracket in it."""
    path = f"a.{suffix}"
    for sample in NEW[suffix]:
        if lost not in sample or any(mark in sample for mark in "\"'`/#$"):
            continue
        found = analyzed("astgrep", {path: "\n"}, {path: sample.replace(lost, "", 1)}).evidence
        assert [hit.rule for hit in found] == ["syntax-error"], sample
