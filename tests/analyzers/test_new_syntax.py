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


def broken(base, head):
    """The files that are reported as broken."""
    found = analyzed("astgrep", base, head).evidence
    return [hit.path for hit in found if rating(hit.source, hit.rule)]


@pytest.mark.fault(
    "syntax",
    "new syntax of a language that its grammar does not know yet",
    "it is not reported as broken; a lost bracket or quote still is",
)
@pytest.mark.parametrize("suffix", NEW)
def test_new_syntax_is_not_broken(suffix):
    head = {f"{number}.{suffix}": sample for number, sample in enumerate(NEW[suffix])}
    assert broken({}, head) == []
    assert broken(dict.fromkeys(head, BEFORE.get(suffix, "\n")), head) == []


@pytest.mark.parametrize("suffix", ["ts", "tsx", "js", "css", "java", "rs", "go", "cs", "kt"])
def test_a_bracket_that_is_lost_beside_new_syntax_is_seen(suffix):
    """In a file that parsed before: every sample in which brackets are nothing but brackets."""
    head = {
        f"{number}-{ord(lost)}.{suffix}": sample.replace(lost, "", 1)
        for number, sample in enumerate(NEW[suffix])
        for lost in "({"
        if lost in sample and not any(mark in sample for mark in "\"'`/#$")
    }
    assert broken(dict.fromkeys(head, "\n"), head) == sorted(head)
