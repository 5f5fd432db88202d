from __future__ import annotations

import pytest
from support.candidates import added, candidate

from reviewer.findings import Source, from_evidence
from reviewer.types import Evidence
from reviewer.verify.agree import duplicate_of, with_evidence

MADE = added("a.py", "def f(x=[]):\n    return y\n")
RETURN, DEF = "    return y", "def f(x=[]):"


def hit(source, rule, line=2, message="it says so"):
    return Evidence(source, rule, "a.py", line, line, message)


def made(quote, title, problem="It fails."):
    return candidate(MADE, "a.py", quote, title=title, problem=problem)


def published(*hits):
    return [from_evidence(item, "major", "functional_correctness", Source(MADE)) for item in hits]


@pytest.mark.parametrize(
    ("quote", "title", "evidence", "same"),
    [
        (RETURN, "`y` is undefined", hit("ruff", "F821"), True),
        (RETURN, "NameError is raised", hit("ruff", "F821"), True),
        (RETURN, "ruff F541 is right here", hit("ruff", "F541"), True),
        (RETURN, "The wrong value is returned", hit("ruff", "F821"), False),
        (DEF, "`y` is undefined", hit("ruff", "F821"), False),
        (DEF, "Mutable default argument", hit("ruff", "B006", 1), True),
        (DEF, "The parameter x is ignored", hit("ruff", "B006", 1), False),
        (RETURN, "A hard-coded password", hit("secrets", "password"), True),
        (RETURN, "Missing argument", hit("ty", "missing-argument"), True),
        (RETURN, "Syntax error", hit("ruff", "invalid-syntax"), True),
        (RETURN, "Never awaited", hit("ty", "unused-awaitable"), True),
    ],
)
def test_what_an_analyzer_has_said(quote, title, evidence, same):
    others = published(evidence)
    assert duplicate_of(made(quote, title), others) == (others[0] if same else None)
    assert (len(with_evidence(made(quote, title), [evidence]).evidence) == 2) is same


def test_a_finding_of_the_model_is_no_analyzers():
    assert (
        duplicate_of(made(RETURN, "`y` is undefined"), [made(RETURN, "`y` is not defined")]) is None
    )


def test_agreeing_evidence_is_added_once_with_its_source():
    item = hit("ruff", "B006", 1, "Do not use mutable data structures for argument defaults")
    found = with_evidence(
        with_evidence(made(DEF, "Mutable default argument"), [item]), [item, hit("ruff", "B006", 2)]
    )
    assert [(quote.start_line, quote.why) for quote in found.evidence] == [
        (1, "the place"),
        (1, "ruff B006: Do not use mutable data structures for argument defaults"),
    ]
    whole_file = Evidence("ruff", "B006", "a.py", None, None, "x")
    assert with_evidence(made(DEF, "Mutable default argument"), [whole_file]) == made(
        DEF, "Mutable default argument"
    )
