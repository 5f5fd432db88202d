"""Answers stay small, and say what is left out."""

from __future__ import annotations

from support.event_cases import complete, context, finding

from reviewer import events
from reviewer.doors.mcp import fit
from reviewer.events import Report, SkippedFile
from reviewer.text import cut


def test_what_fits_is_as_it_was():
    found = [finding(1, severity="minor"), finding(2, severity="critical")]
    assert fit.report(context(), found, complete(findings=2)) == Report(
        context=context(), findings=[found[1], found[0]], complete=complete(findings=2)
    )


def test_the_most_severe_are_kept():
    long = "x" * 4000
    found = [finding(number, severity="info", comment=long) for number in range(60)]
    found += [finding(number, severity="critical", comment=long) for number in range(100, 110)]
    made = fit.report(context(), found, complete(findings=70, counts={"critical": 10, "info": 60}))
    kept = len(made.findings)
    assert [each.severity for each in made.findings[:11]] == ["critical"] * 10 + ["info"]
    assert sum(len(events.line(each)) for each in made.findings) <= fit.LIMIT
    assert made.complete == complete(
        findings=kept,
        counts={"critical": 10, "info": 60},
        outcome="completed_with_warnings",
        message=(
            f"Review completed. {70 - kept} more findings do not fit here: list_findings returns"
            " them all."
        ),
    )
    assert 15 < kept < 30


def test_a_worse_outcome_stays():
    found = [finding(number, comment="x" * 4000) for number in range(60)]
    made = fit.report(context(), found, complete(findings=60, outcome="failed", exit_code=3))
    assert (made.complete.outcome, made.complete.exit_code) == ("failed", 3)


def test_long_texts_are_cut_and_patches_are_whole_or_absent():
    diff = {"diff": "x" * 40_000, "verification": "clean", "checks": []}
    made = fit.short(finding(1, comment="c" * 100_000, title="t" * 1000, patch=diff))
    assert (made.comment, made.title) == (cut("c" * 100_000, 4000), cut("t" * 1000, 300))
    assert made.patch is None
    small = finding(1, patch={**diff, "diff": "x" * 20_000})
    assert fit.short(small) == small


def test_long_lists_of_files():
    names = [f"f{number}" for number in range(1000)]
    skipped = [SkippedFile(file_name=name, reason="binary") for name in names]
    made = fit.report(context(), [], complete(reviewed_files=names, skipped_files=skipped)).complete
    assert made == complete(
        reviewed_files=names[:200],
        skipped_files=skipped[:200],
        message="Review completed. At most 200 files of each kind are listed here.",
    )


def test_every_page_goes_on():
    huge = finding(1, comment="x" * 200_000)
    assert fit.page([huge, huge]) == [huge]
    assert fit.page([finding(1), huge, finding(2)]) == [finding(1)]
    assert fit.page([]) == []
