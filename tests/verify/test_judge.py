"""The filters together: every candidate comes out once, published or rejected with a reason."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace

import pytest
from support.candidates import added, candidate, read_of, said, verdicts
from support.change import change
from support.scripted import Scripted

from reviewer.errors import EngineUnreachable
from reviewer.events import Patch, SameCause
from reviewer.findings import Replacement, Source, from_evidence, grouped
from reviewer.messages import Usage
from reviewer.models.ask import Answer
from reviewer.types import Evidence
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
    ("Good use of a context manager", "noise", "praise"),
    ("`json` is not imported", "claim", "not so: `json` is bound in line 1 (a.py:1: import json)"),
]


def test_code_alone():
    assert summary(judged()) == (
        [
            ("Missing docstring", "trivial", None),
            ("A limit of zero loads everything", "major", None),
            ("`dta` is undefined", "major", 0.95),
        ],
        BY_CODE,
    )


def test_the_model_is_asked_about_the_rest_only():
    model = Scripted(
        lambda prompt: verdicts(
            said(1, "unsure", confidence=30, impact="cosmetic"), said(2, confidence=88)
        )
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
        said(1, impact="severe"),
        said(2, "refuted", contradiction="    if limit > 0:", reason="Zero is checked."),
    )
    result = judged(model=Scripted(lambda prompt: answer))
    assert summary(result) == (
        [("Missing docstring", "trivial", 0.8), ("`dta` is undefined", "major", 0.95)],
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


@pytest.mark.parametrize(
    ("verdict", "confidence", "stage"),
    [
        ("supported", 0, ""),
        ("supported", 39, ""),
        ("unsure", 39, "confidence"),
        ("unsure", 40, ""),
        ("refuted", 39, "confidence"),  # without showing why
        ("refuted", 90, ""),
    ],
)
def test_confidence_drops_only_what_is_not_supported(verdict, confidence, stage):
    model = Scripted(lambda prompt: verdicts(said(1, verdict, confidence=confidence)))
    result = judged([REAL], model=model, floor=FLOORS["balanced"])
    sure = min(confidence, 50) / 100 if verdict == "refuted" else confidence / 100
    assert summary(result) == (
        [] if stage else [(REAL.title, "major", sure)],
        [(REAL.title, stage, "confidence 0.39 is below 0.40")] if stage else [],
    )


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


BY_NAME = made("    return dta", "Undefined name `dta` is returned", scenario="")
FIX = Replacement("a.py", 9, "new", ("    return dta",), ("    return data",))


@pytest.mark.fault(
    "reply",
    "a finding of an analyzer that the model knows to be worse, or how to mend",
    "the model's is told, with the worse severity, and has the analyzer's among its places",
)
@pytest.mark.parametrize("judges", [False, True])
@pytest.mark.parametrize(
    ("hit", "fixes", "told"),
    [
        ("minor", False, "major"),
        ("minor", True, "major"),
        ("major", True, "major"),
        ("critical", True, "critical"),
        ("major", False, None),
        ("critical", False, None),
    ],
)
def test_what_says_more_than_an_analyzer_speaks_for_it(judges, hit, fixes, told):
    evidence = Evidence("ruff", "F821", "a.py", 9, 9, "Undefined name `dta`")
    known = from_evidence(evidence, hit, "functional_correctness", Source(MADE))
    found = BY_NAME.model_copy(update={"comment": "Undefined name: it is not defined."})
    replacements = {(found.id, found.title): FIX} if fixes else {}
    read = replace(read_of(MADE, "a.py", [found]), replacements=replacements)
    model = Scripted(lambda prompt: verdicts(said(1, sameAs="K1"))) if judges else None
    result = judged(reads=[read], model=model, published=[known])
    assert [
        (each.id, each.severity, [place.id for place in each.places]) for each in result.published
    ] == ([(found.id, told, [known.id])] if told else [])
    assert [each.stage for each in result.rejected] == ([] if told else ["analyzer"])


def test_what_speaks_for_something_new_was_not_there_before():
    evidence = Evidence("ruff", "F821", "a.py", 9, 9, "Undefined name `dta`")
    known = from_evidence(evidence, "minor", "functional_correctness", Source(MADE))
    found = BY_NAME.model_copy(update={"preexisting": True})
    (told,) = judged([found], published=[known]).published
    assert (told.preexisting, [place.id for place in told.places]) == (False, [known.id])


@pytest.mark.fault(
    "reply",
    "a definition that a call no longer fits, which an analyzer reports at the call",
    "one finding, with the analyzer's among its places",
)
@pytest.mark.parametrize("severity", ["minor", "major", "critical"])
def test_what_the_judge_says_an_analyzer_said_of_a_quoted_line_is_one_finding(severity):
    call = {"fileName": "b.py", "quote": "first_5, second_5 = compute(5)", "why": "the call"}
    found = at_line(0, evidence=[call])
    hit = Evidence("ty", "missing-argument", "b.py", 6, 6, "No argument")
    known = from_evidence(hit, severity, "functional_correctness", Source(LINES))
    told, rejected = causes([found], same("K1"), known=[known])
    assert (told, rejected) == ([("Fault 0", [5])], [])
    assert causes([at_line(0)], same("K1"), known=[known]) == ([("Fault 0", [])], [])


def test_a_fix_that_an_analyzer_has_is_not_lost_to_a_worse_severity():
    patch = Patch(diff="", verification="clean", checks=[])
    evidence = Evidence("ruff", "F821", "a.py", 9, 9, "Undefined name `dta`")
    known = from_evidence(evidence, "minor", "functional_correctness", Source(MADE))
    result = judged([BY_NAME], published=[known.model_copy(update={"patch": patch})])
    assert [(each.severity, each.patch) for each in result.published] == [("major", patch)]


@pytest.mark.fault("reply", "two defects on one line", "both are told, in one finding")
@pytest.mark.parametrize("judges", [False, True])
def test_two_defects_on_one_line_are_judged_apart_and_told_together(judges):
    other = made("        data = data[:limit]", "A copy of everything", severity="minor")
    third = made("        data = data[:limit]", "No such thing")
    asked = []

    def answer(prompt):
        asked.append([title.title in prompt.user for title in (REAL, other, third)])
        shown = said(3, "refuted", contradiction="    with open(path) as file:")
        return verdicts(said(1), said(2, impact="limited", likelihood="ordinary"), shown)

    model = Scripted(answer) if judges else None
    passes = [read_of(MADE, "a.py", [REAL, other]), read_of(MADE, "a.py", [third])]
    result = judged(reads=passes, model=model)
    (told,) = result.published
    assert told.title == REAL.title
    assert told.comment.startswith("It fails.\nAlso here: A copy of everything. It fails.")
    assert [item.finding.title for item in result.rejected] == ([third.title] if judges else [])
    assert asked == ([[True, True, True]] if judges else [])


LINES = added("b.py", "".join(f"first_{n}, second_{n} = compute({n})\n" for n in range(30)))


def at_line(number, **fields):
    """A candidate about a line of LINES, counted from 0."""
    fields = {"title": f"Fault {number}", "problem": f"Line {number} fails.", **fields}
    return candidate(
        LINES, "b.py", f"first_{number}, second_{number} = compute({number})", **fields
    )


def causes(found, *said_of, reads=None, known=()):
    """[(title, lines of its places)] of what is published, and what is rejected, after these
    verdicts by position, whatever number they have in their batch."""
    left = list(said_of)

    def answer(prompt):
        count = len(re.findall(r"^\d+\. b\.py", prompt.user, re.MULTILINE))
        taken = [left.pop(0) for _ in range(count)]
        return verdicts(*({**each, "index": at} for at, each in enumerate(taken, 1)))

    reads = reads or [read_of(LINES, "b.py", found)]
    result = asyncio.run(
        judge(
            reads,
            LINES,
            Source(LINES),
            model=Scripted(answer),
            redact=None,
            floor=FLOORS["balanced"],
            published=known,
        )
    )
    assert left == []
    lines = [
        (each.title, [place.start_line - 1 for place in each.places]) for each in result.published
    ]
    return lines, [(each.finding.title, each.stage) for each in result.rejected]


def same(mark="", verdict="supported", **fields):
    return said(0, verdict, sameAs=mark, **fields)


def test_one_cause_in_several_places_is_one_finding():
    found = [at_line(0), at_line(3), at_line(5)]
    reads = [read_of(LINES, "b.py", found)]
    model = Scripted(
        lambda prompt: verdicts(said(1), said(2, sameAs="1"), said(3, sameAs=" (2). "))
    )
    result = asyncio.run(judge(reads, LINES, Source(LINES), model=model, redact=None))
    places = [
        SameCause(id=each.id, file_name="b.py", start_line=line, end_line=line, side="new")
        for each, line in ((found[1], 4), (found[2], 6))
    ]
    expected = grouped(found[0].model_copy(update={"confidence": 0.8}), found[1:])
    assert (result.published, expected.places) == ((expected,), places)


def test_positions_count_what_the_model_is_not_asked_about():
    """Code has proved the first candidate."""
    text = TEXT.replace("    return dta\n", "    return data\n").replace("import json", "x = dta")
    mixed = added("a.py", text)
    fields = {"problem": "It fails."}
    proved = candidate(mixed, "a.py", "x = dta", title="`dta` is undefined", scenario="", **fields)
    two = candidate(mixed, "a.py", "    if limit > 0:", title="Zero", **fields)
    three = candidate(mixed, "a.py", "        data = data[:limit]", title="A copy", **fields)
    model = Scripted(lambda prompt: verdicts(said(1), said(2, sameAs="1")))
    reads = [read_of(mixed, "a.py", [proved, two, three])]
    result = asyncio.run(judge(reads, mixed, Source(mixed), model=model, redact=None))
    assert [(each.title, [at.start_line for at in each.places]) for each in result.published] == [
        ("`dta` is undefined", []),
        ("Zero", [8]),
    ]


def test_the_most_severe_one_speaks_wherever_it_is():
    found = [at_line(0, severity="minor"), at_line(1, severity="major"), at_line(2)]
    low = same(impact="limited")
    assert causes(found, low, same("1"), same("1")) == ([("Fault 1", [0, 2])], [])


@pytest.mark.parametrize("mark", ["2", "3", "0", "-1", "4", "one", "1,2", "K", "K9", "Q1", "1.5"])
def test_marks_that_name_no_earlier_candidate_say_nothing(mark):
    found = [at_line(0), at_line(1), at_line(2)]
    assert causes(found, same(), same(mark), same())[0] == [
        ("Fault 0", []),
        ("Fault 1", []),
        ("Fault 2", []),
    ]


@pytest.mark.parametrize(
    "dropped",
    [
        same(verdict="refuted", contradiction="first_9, second_9 = compute(9)"),
        same(verdict="unsure", confidence=10),
    ],
)
def test_what_is_the_same_as_one_that_does_not_stand_stands_by_itself(dropped):
    found = [at_line(0), at_line(1), at_line(2)]
    chain = {**dropped, "sameAs": "1"}
    told, rejected = causes(found, same(), chain, same("2"))
    assert (told, [title for title, _ in rejected]) == (
        [("Fault 0", []), ("Fault 2", [])],
        ["Fault 1"],
    )


def test_one_cause_is_one_across_batches_and_units():
    found = [at_line(number) for number in range(20)]
    first, second = found[:10], found[10:]
    one = read_of(LINES, "b.py", first)
    other = read_of(LINES, "b.py", second)
    other = replace(other, unit=replace(other.unit, ordinal=1))
    said_of = [same() for _ in found]
    said_of[9] = same("K2")  # in another batch of the unit
    said_of[12] = same("K3")  # in another unit
    said_of[13] = same("3")  # the third candidate of its batch
    told, _ = causes(found, *said_of, reads=[one, other])
    assert [(title, places) for title, places in told if places] == [
        ("Fault 1", [9]),
        ("Fault 2", [12, 13]),
    ]
    assert len(told) == 17


def test_a_verdict_cannot_hide_what_it_could_not_drop():
    """Neither behind another finding, nor behind that of an analyzer."""
    hole = {"category": "security", "severity": "minor"}
    limited = {"impact": "limited"}
    wrong, open_ = at_line(0), at_line(1, **hole)
    apart = [("Fault 0", []), ("Fault 1", [])]
    assert causes([wrong, open_], same(), same("1", **limited)) == (apart, [])
    earlier = at_line(0, **hole)
    assert causes([earlier, at_line(1)], same(**limited), same("1"))[0] == [
        ("Fault 1", []),
        ("Fault 0", []),
    ]
    two = [at_line(0), at_line(1, **hole), at_line(2, **hole)]
    assert causes(two, same(), same("1", **limited), same("1", **limited))[0] == [
        ("Fault 0", []),
        ("Fault 1", [2]),
    ]
    hit = Evidence("ruff", "X1", "b.py", 2, 2, "Something else")
    known = from_evidence(hit, "major", "functional_correctness", Source(LINES))
    assert causes([open_], same("K1"), known=[known])[0] == [("Fault 1", [])]
    assert causes([at_line(1)], same("K1"), known=[known]) == ([], [("Fault 1", "analyzer")])


@pytest.mark.fault(
    "reply",
    "a finding that is called the same as a lesser one of an analyzer",
    "it is told all the same",
)
def test_an_analyzer_hides_nothing_worse_and_no_race():
    race = at_line(1, problem="Two threads write here, without a lock.")
    hole = at_line(1, category="security")
    hit = Evidence("ruff", "X1", "b.py", 2, 2, "Something else")

    def said_before(found, severity, category):
        known = from_evidence(hit, severity, category, Source(LINES))
        return causes([found], same("K1"), known=[known])[1]

    hidden = [("Fault 1", "analyzer")]
    assert said_before(race, "major", "functional_correctness") == []
    assert said_before(hole, "minor", "security") == []
    assert said_before(hole, "major", "security") == hidden
    assert said_before(at_line(1), "major", "functional_correctness") == hidden
    assert said_before(at_line(1), "minor", "functional_correctness") == []


def test_a_race_is_no_place_of_something_harmless_of_its_category():
    race = at_line(1, problem="Two threads write here, without a lock.")
    assert causes([at_line(0), race], same(), same("1"))[0] == [("Fault 0", []), ("Fault 1", [])]


@pytest.mark.fault(
    "verdict",
    "an old defect and a new one that are one finding",
    "it does not count as there before",
)
def test_a_finding_is_old_only_if_all_that_it_stands_for_is():
    base = {"a.py": b"def f(rows):\n    return rows[0].name\n"}
    rewritten = change(base, {"a.py": b"def f(rows):\n    return rows[0].name.strip()\n"})
    line = "    return rows[0].name.strip()"
    old = candidate(rewritten, "a.py", line, title="No rows")
    bare = candidate(rewritten, "a.py", line, title="No name at all", problem="No name at all")

    def found(*said_of_both):
        answer = verdicts(*said_of_both)
        model = Scripted(lambda prompt: answer)
        reads = [read_of(rewritten, "a.py", [old, bare])]
        (only,) = asyncio.run(
            judge(reads, rewritten, Source(rewritten), model=model, redact=None)
        ).published
        return only.severity, only.preexisting

    before = {"before": "    return rows[0].name"}
    assert found(said(1, **before), said(2, sameAs="1")) == ("major", False)
    assert found(said(1, **before), said(2)) == ("major", False)
    assert found(said(1, **before), said(2, **before)) == ("info", True)


def test_a_protected_finding_may_speak_for_others():
    hole, wrong = at_line(0, category="security"), at_line(1, severity="minor")
    assert causes([hole, wrong], same(), same("1", impact="limited"))[0] == [("Fault 0", [1])]


def test_what_was_there_before_is_published_as_such_however_unsure():
    base = {"a.py": b"def first(rows):\n    return rows[0].name\n"}
    head = {"a.py": b"def first(rows):\n    return rows[0].name.strip()\n"}
    rewritten = change(base, head)
    found = candidate(rewritten, "a.py", "    return rows[0].name.strip()", severity="major")
    answer = verdicts(said(1, before="    return rows[0].name", confidence=5))
    result = asyncio.run(
        judge(
            [read_of(rewritten, "a.py", [found])],
            rewritten,
            Source(rewritten),
            model=Scripted(lambda prompt: answer),
            redact=None,
            floor=0.6,
        )
    )
    before = {"severity": "info", "confidence": 0.05, "preexisting": True}
    assert result.published == (found.model_copy(update=before),)


def test_lenses_that_agree_count_for_more_and_the_model_is_asked_once():
    reads = [
        read_of(MADE, "a.py", [REAL] if at < 3 else [], lens=lens)
        for at, lens in enumerate(LENSES["high"])
    ]
    model = Scripted(lambda prompt: verdicts(said(1, confidence=50)))
    result = judged(reads=reads, model=model, effort="high")
    assert (summary(result)[0], len(model.prompts)) == ([(REAL.title, "major", 0.692)], 1)
    assert summary(judged(reads=reads))[0] == [(REAL.title, "major", 0.75)]


def test_each_finding_is_asked_about_with_the_code_it_was_found_in():
    first, second = read_of(MADE, "a.py", [REAL]), read_of(MADE, "a.py", [STYLE])
    second = replace(
        second,
        unit=replace(second.unit, ordinal=1),
        prompt=replace(second.prompt, user="OTHER " + second.prompt.user),
    )
    model = Scripted(lambda prompt: verdicts(said(1, confidence=70)))
    judged(reads=[first, second], model=model)
    asked = [
        re.findall(r"^\d\. a\.py, line \d+: (.*)", item.user, re.MULTILINE)
        for item in model.prompts
    ]
    assert asked == [[REAL.title], [STYLE.title]]
    assert f"K1. a.py, line 8: {REAL.title}" in model.prompts[1].user
    assert model.prompts[1].user.startswith("OTHER ")


def test_parts_of_a_unit_that_one_pass_read_cost_no_more_questions_than_needed():
    """The first pass was cut and read the unit in two parts, the second read all of it."""
    found = [at_line(number) for number in range(6)]
    (file,) = LINES.files
    (hunk,) = file.hunks
    whole = read_of(LINES, "b.py", found[1::2])
    parts = [replace(hunk, lines=hunk.lines[:15]), replace(hunk, lines=hunk.lines[15:])]
    upper, lower = (
        read_of(LINES, "b.py", found_in, hunks=(part,))
        for part, found_in in zip(parts, (found[::2], []), strict=True)
    )
    model = Scripted(lambda prompt: verdicts(said(1), said(2), said(3)))
    result = asyncio.run(
        judge([upper, lower, whole], LINES, Source(LINES), model=model, redact=None)
    )
    assert (len(result.published), len(model.prompts)) == (6, 2)


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


def test_what_is_asked_about_again_stays_the_same_as_another():
    """The second question may not have the other one in it any more."""

    def answer(prompt):
        if "What you asked to see" in prompt.user:
            return verdicts(said(2, sameAs=""))
        return verdicts(said(1), said(2, "unsure", needs=["load"], sameAs="1"))

    first = made("    if limit > 0:", "Zero is taken for none")
    model = Scripted(answer)
    result = judged([first, REAL], model=model)
    assert len(model.prompts) == 2
    assert [(each.title, [one.id for one in each.places]) for each in result.published] == [
        (first.title, [REAL.id])
    ]
