"""The filters together: every candidate comes out once, published or rejected with a reason."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from support.candidates import added, candidate, read_of, said, verdicts
from support.scripted import Scripted

from reviewer.errors import EngineUnreachable
from reviewer.findings import Source, from_evidence
from reviewer.models.ask import Answer
from reviewer.types import Evidence, Usage
from reviewer.verify import FLOORS, LENSES, judge
from reviewer.verify.judge import Judgement

TEXT = """import json


def load(path, limit):
    with open(path) as file:
        data = json.load(file)
    if limit > 0:
        data = data[:limit]
    return dta
"""
MADE = added("a.py", TEXT)


def made(quote, title, problem="It fails.", **fields):
    return candidate(MADE, "a.py", quote, title=title, problem=problem, **fields)


REAL = made("        data = data[:limit]", "A limit of zero loads everything")
FALSE = made("        data = json.load(file)", "`json` is not imported")
TRUE = made("    return dta", "`dta` is undefined", scenario="")
PRAISE = made(
    "    with open(path) as file:", "Good use of a context manager", "The file is closed."
)
STYLE = made(
    "def load(path, limit):", "Missing docstring", category="maintainability", severity="critical"
)
ALL = (REAL, FALSE, TRUE, PRAISE, STYLE)


def judged(found=ALL, model=None, reads=None, **options) -> Judgement:
    options = {"redact": None, "effort": "low" if model is None else "medium", **options}
    reads = reads or [read_of(MADE, "a.py", found)]
    return asyncio.run(judge(reads, MADE, Source(MADE), model=model, **options))


def summary(judgement):
    return (
        [(item.title, item.severity, item.confidence) for item in judgement.published],
        [(item.finding.title, item.stage, item.reason) for item in judgement.rejected],
    )


BY_CODE = [
    ("`json` is not imported", "claim", "not so: `json` is bound in line 1 (a.py:1: import json)"),
    ("Good use of a context manager", "noise", "praise"),
]


def test_code_alone():
    assert summary(judged()) == (
        [
            ("A limit of zero loads everything", "major", None),
            ("`dta` is undefined", "major", 0.95),
            ("Missing docstring", "trivial", None),
        ],
        BY_CODE,
    )


def test_the_model_is_asked_about_the_rest_only():
    model = Scripted(
        lambda prompt: verdicts(said(1, confidence=88), said(2, confidence=30, impact="cosmetic"))
    )
    result = judged(model=model, floor=FLOORS["balanced"])
    assert summary(result) == (
        [
            ("A limit of zero loads everything", "major", 0.88),
            ("`dta` is undefined", "major", 0.95),
        ],
        [*BY_CODE, ("Missing docstring", "confidence", "confidence 0.30 is below 0.40")],
    )
    asked = model.prompts[0].user
    assert [title in asked for title in (REAL.title, STYLE.title, FALSE.title, TRUE.title)] == [
        True,
        True,
        False,
        False,
    ]
    assert (len(model.prompts), result.usage.calls) == (1, 1)


def test_a_refuted_finding_is_rejected_and_a_ceiling_holds_against_the_verifier():
    answer = verdicts(
        said(1, "refuted", contradiction="    if limit > 0:", reason="Zero is checked."),
        said(2, impact="severe"),
    )
    result = judged(model=Scripted(lambda prompt: answer))
    assert summary(result) == (
        [("`dta` is undefined", "major", 0.95), ("Missing docstring", "trivial", 0.8)],
        [
            *BY_CODE,
            (
                "A limit of zero loads everything",
                "refuted",
                "refuted: Zero is checked. (if limit > 0:)",
            ),
        ],
    )


def test_a_dead_model_loses_nothing_and_says_so():
    result = judged(model=Scripted(lambda prompt: EngineUnreachable("nothing answers")))
    assert summary(result) == summary(judged())
    assert result.problems == ("nothing answers",)


def test_a_protected_finding_passes_the_floor():
    hole = made("    with open(path) as file:", "Any file can be read", category="security")
    answer = verdicts(said(1, "refuted", contradiction="    if limit > 0:", confidence=2))
    result = judged([hole], model=Scripted(lambda prompt: answer), floor=0.6)
    assert summary(result) == ([("Any file can be read", "minor", 0.02)], [])


def test_a_finding_as_sure_as_the_floor_is_published():
    found = {}
    for confidence in (39, 40):
        model = Scripted(lambda prompt: verdicts(said(1, confidence=confidence)))  # noqa: B023
        result = judged([REAL], model=model, floor=FLOORS["balanced"])
        found[confidence] = [item.title for item in result.published]
    assert found == {39: [], 40: [REAL.title]}


def test_what_an_analyzer_has_said_is_not_said_again():
    hit = Evidence("ruff", "F821", "a.py", 9, 9, "Undefined name `dta`")
    known = from_evidence(hit, "major", "functional_correctness", Source(MADE))
    other = made("    return dta", "Undefined name `dta` is returned")
    result = judged([other], evidence=[hit], published=[known])
    assert summary(result) == (
        [],
        [(other.title, "analyzer", f"said by analyzer:ruff F821 ({known.id})")],
    )
    unlisted = judged([other], evidence=[hit])
    assert [quote.why for quote in unlisted.published[0].evidence] == [
        "the place",
        "ruff F821: Undefined name `dta`",
    ]


def test_parts_of_a_unit_that_report_the_same_are_one():
    again = made("        data = data[:limit]", "Zero means everything", severity="minor")
    result = judged(reads=[read_of(MADE, "a.py", [REAL]), read_of(MADE, "a.py", [again])])
    assert [item.title for item in result.published] == [REAL.title]
    assert "Also here: Zero means everything" in result.published[0].comment


def test_lenses_vote_and_the_model_is_asked_once():
    reads = [
        read_of(MADE, "a.py", [REAL] if at < 3 else [], lens=lens) for at, lens in enumerate(LENSES)
    ]
    model = Scripted(lambda prompt: verdicts(said(1, confidence=50)))
    result = judged(reads=reads, model=model, effort="high")
    assert (summary(result)[0], len(model.prompts)) == ([(REAL.title, "major", 0.692)], 1)
    assert summary(judged(reads=reads))[0] == [(REAL.title, "major", 0.75)]


def test_each_finding_is_asked_about_with_the_code_it_was_found_in():
    first, second = read_of(MADE, "a.py", [REAL]), read_of(MADE, "a.py", [STYLE])
    second = replace(second, prompt=replace(second.prompt, user="OTHER " + second.prompt.user))
    model = Scripted(lambda prompt: verdicts(said(1, confidence=70)))
    judged(reads=[first, second], model=model)
    assert [(REAL.title in item.user, STYLE.title in item.user) for item in model.prompts] == [
        (True, False),
        (False, True),
    ]
    assert model.prompts[1].user.startswith("OTHER ")


def test_noise_that_carries_another_finding_stays():
    both = made(
        "    with open(path) as file:",
        "Good use of a context manager",
        "Clean.\nAlso here: Encoding. It fails.",
    )
    assert [item.title for item in judged([both]).published] == [both.title]


def test_the_question_can_go_through_a_cache():
    asked = []

    class Cache:
        async def ask(self, model, prompt, schema, *, thinking=0, first_token=lambda: None):
            asked.append(schema.name)
            return Answer({"verdicts": [said(1, confidence=61)]}, "", Usage(0))

    result = judged([REAL], model=Scripted(), asker=Cache())
    assert (asked, result.published[0].confidence, result.usage.calls) == (["refutation"], 0.61, 0)


def test_no_candidate_no_question():
    model = Scripted()
    assert judged([], model=model) == Judgement((), (), judged([]).usage, ())
    assert model.prompts == []
