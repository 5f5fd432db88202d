"""What was so before: the judge names a removed line, and code looks whether it was there."""

from __future__ import annotations

import asyncio

import pytest
from support.candidates import candidate, read_of, said, verdicts
from support.change import change
from support.scripted import Scripted

from reviewer.secrets import Masks
from reviewer.verify.refute import refute
from reviewer.verify.verdicts import Judged

BASE = """def share(total, people):
    each = total / people
    return each


def average(values):
    # the average of what is there
    return sum(values) / len(values)


def last(values):
    return values[-1].name
"""
HEAD = """def share(total, people):
    each = round(total / people, 2)
    rest = total - each * people
    return each


def average(values):
    # the mean of what is there
    return fsum(values) / len(values)


def last(values):
    return values[-1].name.strip()
"""
MADE = change({"a.py": BASE.encode()}, {"a.py": HEAD.encode()})
QUOTE, REMOVED = "    each = round(total / people, 2)", "    each = total / people"
ADDED = "    rest = total - each * people"  # in the same block


def judged(*verdict, made=MADE, quote=QUOTE, redact=None, **fields):
    """(the candidate, what became of it)."""
    found = candidate(made, "a.py", quote, **fields)
    model = Scripted(lambda prompt: verdicts(*verdict))
    home = read_of(made, "a.py", [found])
    result = asyncio.run(refute(model, [(home, found)], made, redact=redact))
    return found, result.judged[0]


def changed(finding, **fields):
    return finding.model_copy(update=fields)


@pytest.mark.parametrize("quote", [QUOTE, ADDED])
@pytest.mark.parametrize("before", [REMOVED, REMOVED.strip(), f"\n{REMOVED}\n"])
def test_what_a_removed_line_of_the_block_did_too_is_no_news(quote, before):
    found, made = judged(said(1, before=before), quote=quote)
    expected = changed(found, severity="info", confidence=0.8, preexisting=True)
    assert made == Judged(expected, supported=True)


@pytest.mark.parametrize(("before", "so"), [("x += 1", True), ("}", False), ("+= 1", False)])
def test_a_short_line_counts_as_a_whole_one(before, so):
    base, head = b"  x += 1\n  }\n", b"  x += step\n  ]\n"
    made = change({"a.py": base}, {"a.py": head})
    found, result = judged(said(1, before=before), made=made, quote="  x += step")
    severity = "info" if so else "major"
    expected = changed(found, severity=severity, confidence=0.8, preexisting=so)
    assert result == Judged(expected, supported=True)


@pytest.mark.parametrize("verdict", ["unsure", "refuted"])
def test_it_stays_and_is_marked_whatever_the_verdict(verdict):
    found, made = judged(said(1, verdict, before=REMOVED, confidence=20))
    expected = changed(found, severity="info", confidence=0.2, preexisting=True)
    assert made == Judged(expected, supported=True)


def test_a_removed_line_contradicts_nothing_but_says_that_it_was_so_before():
    found, made = judged(said(1, "refuted", contradiction=REMOVED, confidence=20))
    expected = changed(found, severity="info", confidence=0.2, preexisting=True)
    assert made == Judged(expected, supported=True)


def test_a_removed_line_beside_a_verdict_that_it_is_true_is_no_claim():
    found, made = judged(said(1, contradiction=REMOVED))
    assert made == Judged(changed(found, confidence=0.8), supported=True)


@pytest.mark.parametrize(
    "before",
    [
        "",
        "    each = total // people",  # nowhere
        "    return sum(values) / len(values)",  # removed, but from another block
        "    return each",  # is still there
        QUOTE,  # was added
        "total",  # would match by accident
        "=",
        "# the average of what is there",
    ],
)
def test_a_line_that_did_not_stand_there_before_is_ignored(before):
    found, made = judged(said(1, before=before))
    assert made == Judged(changed(found, confidence=0.8), supported=True)


def test_a_comment_that_was_there_before_proves_nothing():
    found, made = judged(
        said(1, before="    # the average of what is there"),
        quote="    return fsum(values) / len(values)",
    )
    assert made == Judged(changed(found, confidence=0.8), supported=True)


@pytest.mark.parametrize(
    "fields",
    [
        {"category": "security"},
        {"category": "data_integrity"},
        {"title": "Race condition between two payments"},
    ],
)
def test_a_protected_finding_is_never_called_old(fields):
    found, made = judged(said(1, before=REMOVED), **fields)
    assert made == Judged(changed(found, confidence=0.8), supported=True)
    found, made = judged(said(1, "refuted", contradiction=REMOVED, confidence=90), **fields)
    assert made == Judged(changed(found, confidence=0.5))


def test_a_finding_about_a_removed_line_is_news():
    found, made = judged(said(1, before=REMOVED), quote=REMOVED)
    assert (found.side, made) == (
        "old",
        Judged(changed(found, confidence=0.8), supported=True),
    )


def test_a_shown_line_that_contradicts_counts_for_more_than_a_removed_one():
    _, made = judged(said(1, "refuted", contradiction="    return each", before=REMOVED))
    assert (made.rejected, made.stage) == (
        "refuted: It was followed. (return each)",
        "refuted",
    )


def test_a_finding_on_several_blocks_may_have_been_so_in_any_of_them():
    found = candidate(MADE, "a.py", QUOTE)
    found = changed(found, end_line=13)  # the last line of last()
    home = read_of(MADE, "a.py", [found])
    for before in (REMOVED, "    return values[-1].name"):
        model = Scripted(lambda prompt, line=before: verdicts(said(1, before=line)))
        result = asyncio.run(refute(model, [(home, found)], MADE, redact=None))
        assert result.judged[0].finding.preexisting


@pytest.mark.parametrize("redact", [Masks(), None])
def test_a_masked_line_is_recognised_as_it_was_shown(redact):
    key = "AKIA" + "Q3EGRZ7TDPXW5K2M"
    base, head = f"send('{key}', amount)\n", f"send('{key}', amount + 1)\n"
    made = change({"a.py": base.encode()}, {"a.py": head.encode()})
    shown = Masks().hide(base.strip()) if redact else base.strip()
    assert (key in shown) is not bool(redact)
    _, result = judged(said(1, before=shown), made=made, quote="amount + 1)", redact=redact)
    assert result.finding.preexisting


@pytest.mark.parametrize(
    ("impact", "likelihood", "severity"),
    [("severe", "rare", "major"), ("severe", "theoretical", "trivial")],
)
def test_what_somebody_would_have_to_construct_is_trivial(impact, likelihood, severity):
    found, made = judged(said(1, impact=impact, likelihood=likelihood), severity="critical")
    assert made == Judged(changed(found, severity=severity, confidence=0.8), supported=True)
