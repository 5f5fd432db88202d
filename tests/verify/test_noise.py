"""Each filter with what it must hold back, and with findings in like words that it must let
pass."""

from __future__ import annotations

import pytest
from support.candidates import added, candidate

from reviewer.verify import noise
from reviewer.verify.severity import capped, lowered, rated

MADE = added("a.py", "def f(x):\n    return x / 0\n")


def made(
    title="Division by zero",
    comment="It divides by zero.",
    scenario="any call raises ZeroDivisionError",
    **fields,
):
    found = candidate(
        MADE, "a.py", "    return x / 0", title=title, problem=comment, scenario=scenario
    )
    return found.model_copy(update={"category": "functional_correctness", **fields})


@pytest.mark.parametrize(
    ("title", "comment"),
    [
        ("Good use of a context manager", "The file is closed properly."),
        ("Well structured helper", "This makes the code easy to read."),
        ("Nice refactoring", "Great work on splitting this up."),
        ("Error handling", "This is a clean solution."),
        ("Excellent coverage", "The new tests cover the boundaries."),
    ],
)
def test_praise(title, comment):
    assert noise.praise(made(title, comment)) == "praise"


@pytest.mark.parametrize(
    ("title", "comment"),
    [
        ("Good inputs are rejected", "The check is inverted, so valid names fail."),
        ("Clean shutdown never happens", "The event is not set."),
        ("Division by zero", "It divides by zero."),
        ("A good token is refused", "The comparison drops the last character."),
        ("Great-circle distance is wrong", "Radians are expected, degrees are passed."),
    ],
)
def test_no_praise(title, comment):
    assert noise.praise(made(title, comment)) is None


@pytest.mark.parametrize(
    ("title", "comment", "scenario"),
    [
        ("Ensure that x is positive", "Please ensure x is validated by callers.", ""),
        ("Input", "Consider adding a check here.", "n/a"),
        ("Make sure the file exists", "The path comes from outside.", "Verify that it is there."),
        ("Double-check the unit", "It is in seconds.", "none"),
        ("Check", "You may want to verify whether the lock is held.", "The lock."),
        ("Timeouts", "It is important to confirm the timeout is long enough", "-"),
    ],
)
def test_advice_only(title, comment, scenario):
    assert noise.advice_only(made(title, comment, scenario)) == "asks to check, shows no failure"


@pytest.mark.parametrize(
    ("title", "comment", "scenario"),
    [
        ("Ensure that x is positive", "Consider x = 0.", "f(0) raises ZeroDivisionError"),
        ("Verification is skipped", "verify() returns before the signature is read.", ""),
        ("Consideration", "The consider_all flag is lost.", "a call with the flag set is ignored"),
        ("Checks the wrong variable", "Checking a instead of b lets empty names through.", ""),
    ],
)
def test_more_than_advice(title, comment, scenario):
    assert noise.advice_only(made(title, comment, scenario)) is None


@pytest.mark.parametrize(
    "scenario",
    ["", "  ", "N/A", "none.", "-", "Unknown", "Not applicable.", "No specific scenario"],
)
def test_no_failure(scenario):
    assert noise.no_failure(made(scenario=scenario)) == "no failure scenario"
    assert noise.no_failure(made(scenario=scenario, category="security")) == "no failure scenario"
    assert noise.no_failure(made(scenario=scenario, category="maintainability")) is None
    assert noise.no_failure(made(scenario=scenario, category="performance")) is None


@pytest.mark.parametrize(
    "scenario",
    ["f(0)", "None is passed and f raises", "no value for x: TypeError", "unknown users get in"],
)
def test_a_failure(scenario):
    assert noise.no_failure(made(scenario=scenario)) is None


@pytest.mark.parametrize(
    "comment",
    [
        "The index could be out of range. However, this is fine.",
        "The loop ends early. Actually, the code is correct.",
        "No issue here.",
        "x is read twice, so this is not a bug.".replace(", so", ". So"),
        "There is no problem.",
        "It returns early; the logic is correct.",
        "The lock is released. No changes needed.",
        "Upon closer inspection, this works as expected.",
        "LGTM",
        "This looks correct to me.",
        "This is actually fine after all.",
    ],
)
def test_contradiction(comment):
    assert noise.contradicts_itself(made(comment=comment)) == "says itself that nothing is wrong"


@pytest.mark.parametrize(
    "comment",
    [
        "The test reports no issue even though the file is broken.",
        "This is fine for small inputs, but the list grows without bound.",
        "The result looks correct until the cache is warm, then it is stale.",
        "No issue is raised for a negative amount, which is then paid out.",
        "The code is correct only for ASCII.",
        "It returns 'no problem found' when the scan failed.",
        "There are no bounds checks.",
        "This is not a safe default.",
        "The user is told that this is fine while nothing was saved.",
        "The function is safe to call twice, the caller assumes it is not, and the lock is leaked.",
    ],
)
def test_no_contradiction(comment):
    assert noise.contradicts_itself(made(comment=comment)) is None


@pytest.mark.parametrize(
    "comment",
    [
        "The key is set to the placeholder [REDACTED:aws-access-key], so requests fail.",
        "[REDACTED:password] is not a valid password and login fails.",
        "The literal string [REDACTED:jwt] is compared, which never matches.",
        "The token was replaced with a redacted value [REDACTED:github-token].",
    ],
)
def test_the_mask(comment):
    assert noise.about_the_mask(made(comment=comment)) == "about the mask of a secret"


@pytest.mark.parametrize(
    "comment",
    [
        "A hard-coded key [REDACTED:aws-access-key] is committed.",
        "The token [REDACTED:github-token] leaks into the log; the mask is not applied.",
        "The password [REDACTED:password] is sent in the URL.",
        "The mask is applied to the wrong column.",
        "A placeholder is passed instead of the value.",
    ],
)
def test_not_the_mask(comment):
    assert noise.about_the_mask(made(comment=comment)) is None


@pytest.mark.parametrize(
    ("comment", "scenario"),
    [
        ("This change adds a parameter to the function.", ""),
        ("The diff renames total to sum.", "n/a"),
        ("This line now sets the timeout to 30 seconds.", "The timeout is 30 seconds."),
        ("The commit updates the version.", ""),
    ],
)
def test_retelling(comment, scenario):
    assert noise.retells(made(comment=comment, scenario=scenario)) == "retells the change"


@pytest.mark.parametrize(
    ("comment", "scenario"),
    [
        ("This change removes the check for zero.", "f(0) raises ZeroDivisionError"),
        ("This change adds a timeout that is never passed on.", ""),
        ("The line sets x but reads y.", ""),
        ("The function adds tax twice.", ""),
        ("The timeout of 30 seconds is too large.", ""),
    ],
)
def test_no_retelling(comment, scenario):
    assert noise.retells(made(comment=comment, scenario=scenario)) is None


def test_the_first_reason_counts_and_a_real_finding_has_none():
    assert noise.noise(made()) is None
    assert noise.noise(made("Nice", "Very good.", "")) == "praise"
    assert noise.noise(made(scenario="")) == "no failure scenario"


@pytest.mark.parametrize(
    ("category", "title", "severity", "expected"),
    [
        ("maintainability", "Two functions do the same", "critical", "minor"),
        ("maintainability", "Two functions do the same", "info", "info"),
        ("maintainability", "Missing docstring", "major", "trivial"),
        ("maintainability", "Naming convention", "trivial", "trivial"),
        ("performance", "The list is copied for each item", "critical", "major"),
        ("performance", "Quadratic time in the number of rows", "critical", "critical"),
        ("performance", "The queue grows unbounded", "critical", "critical"),
        ("performance", "The list is copied for each item", "minor", "minor"),
        ("functional_correctness", "Wrong docstring is parsed", "critical", "critical"),
        ("security", "Formatting the query lets SQL in", "critical", "critical"),
    ],
)
def test_ceilings(category, title, severity, expected):
    assert capped(made(title, category=category, severity=severity)).severity == expected


@pytest.mark.parametrize(
    ("impact", "likelihood", "author", "expected"),
    [
        ("severe", "ordinary", "critical", "critical"),
        ("severe", "realistic", "minor", "major"),  # one step above the author, not more
        ("severe", "rare", "critical", "major"),
        ("severe", "theoretical", "critical", "trivial"),
        ("serious", "ordinary", "critical", "major"),
        ("serious", "rare", "major", "minor"),
        ("serious", "ordinary", "info", "trivial"),
        ("limited", "realistic", "major", "minor"),
        ("limited", "theoretical", "minor", "info"),
        ("cosmetic", "ordinary", "critical", "trivial"),
        ("cosmetic", "rare", "minor", "info"),
    ],
)
def test_severity_follows_from_what_happens_and_how_easily(impact, likelihood, author, expected):
    assert rated(impact, likelihood, author) == expected


def test_one_step_down():
    assert [lowered(item) for item in ("critical", "major", "trivial", "info")] == [
        "major",
        "minor",
        "info",
        "info",
    ]
