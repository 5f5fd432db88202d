"""Whether a change has left the files better or worse: two reviews compared."""

from __future__ import annotations

from collections import Counter

from reviewer.pipeline.outcome import Outcome
from reviewer.text import one_line
from reviewer.types import REASONS, SEVERITIES


def why_worse(before: Outcome, after: Outcome) -> str:
    """Why the review `after` is worse than `before`, in a few words; "" when it is not."""
    known = {(item.path, item.reason) for item in before.unreviewed}
    missing = sorted(
        (item.path, item.reason)
        for item in after.unreviewed
        if (item.path, item.reason) not in known
    )
    if missing:
        return f"{one_line(missing[0][0])} could not be reviewed again ({REASONS[missing[0][1]]})"
    if after.warnings and not before.warnings:
        return f"the review was less complete: {after.warnings[0].rstrip('.')}"
    was, now = rank(before), rank(after)
    if now[: len(SEVERITIES)] > was[: len(SEVERITIES)]:
        return f"more severe findings ({_severities(now)} instead of {_severities(was)})"
    if sum(now[: len(SEVERITIES)]) > sum(was[: len(SEVERITIES)]):
        return f"more findings ({_severities(now)} instead of {_severities(was)})"
    return ""


def rank(outcome: Outcome) -> tuple[int, ...]:
    """The number of places with findings by severity, most severe first, then of unreviewed files:
    lower is better, also when one of several places with the same cause was mended."""
    counts: Counter[str] = Counter()
    for finding in outcome.findings:
        counts[finding.severity] += 1 + len(finding.places)
    return (*(counts[severity] for severity in SEVERITIES), len(outcome.unreviewed))


def _severities(counts: tuple[int, ...]) -> str:
    parts = [
        f"{number} {severity}"
        for number, severity in zip(counts, SEVERITIES, strict=False)
        if number
    ]
    return ", ".join(parts) or "none"
