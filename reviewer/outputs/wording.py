"""The wording that all text outputs share: order, counts, places, and a verdict that cannot lie."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from reviewer.events import Complete, Finding, Quote, ReviewContext, SkippedFile, UnreviewedFile
from reviewer.findings import elsewhere
from reviewer.outputs.page import inline
from reviewer.reasons import BY_MODEL, unread
from reviewer.text import count, cut
from reviewer.types import REASONS as REASONS
from reviewer.types import SEVERITIES, severity_rank

SMOKE = "smoke model: a test of the setup, not a review"
ANALYZERS_ONLY = "analyzers only"
PREEXISTING = "was there before this change"
BEFORE = " (before the change)"  # after a line of the old side
PLACES = 20  # with the same cause, named one by one


def ordered(findings: Iterable[Finding]) -> list[Finding]:
    """Most severe first, then by place, whatever order the findings arrived in."""
    return sorted(
        findings, key=lambda f: (severity_rank(f.severity), f.file_name, f.start_line or 0, f.id)
    )


def why_skipped(file: SkippedFile) -> str:
    return inline(cut(file.detail, 200)) if file.detail else REASONS[file.reason]


def only_analyzed(complete: Complete) -> bool:
    """Whether nothing but a model is missing for the files that were not reviewed."""
    return BY_MODEL.issuperset(file.reason for file in complete.unreviewed_files)


def why_unreviewed(file: UnreviewedFile) -> str:
    reason = REASONS[file.reason]
    return f"{reason}: {inline(cut(file.detail, 200))}" if file.detail else reason


def share(part: int, whole: int) -> str:
    """In percent, rounded down, so that 100 % means all."""
    return f"{100 * part // whole if whole else 0} %"


def thought_about(tokens: int) -> str:
    """What follows the number of tokens written: how many of them were thoughts."""
    return f" ({tokens:,} of them thoughts)" if tokens else ""


def duration(seconds: float) -> str:
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s"


def time_left(seconds: float) -> str:
    """`about 20 s left`, rounded so that a guess looks like one."""
    if seconds <= 5:
        return "a few seconds left"
    if seconds <= 60:
        return f"about {5 * math.ceil(seconds / 5)} s left"
    hours, minutes = divmod(math.ceil(seconds / 60), 60)
    return f"about {hours} h {minutes:02} min left" if hours else f"about {minutes} min left"


def units_done(done: int, total: int) -> str:
    """`3 of 12 units`"""
    return f"{done:,} of {count(total, 'unit')}"


def place(file_name: str, start: int | None) -> str:
    """`path:line`, which terminals and editors open on a click."""
    return inline(file_name) + (f":{start}" if start else "")


def place_of(quote: Quote) -> str:
    """`path:line` of a quote, with a note where the change removes the line."""
    note = " (removed)" if quote.side == "old" else ""
    return place(quote.file_name, quote.start_line) + note


def lines_of(start: int | None, end: int | None) -> str:
    return f"lines {start}–{end}" if start and end and end > start else ""


def outside(finding: Finding) -> str:
    """Why a finding is on no line of the change; "" for one that is."""
    if finding.commit is not None:
        return f"line {finding.commit.start_line} of commit {finding.commit.id[:10]}"
    return "" if finding.in_diff else "outside the change"


def also_at(finding: Finding) -> str:
    """`b.py:30, c.py:4`: the places with the same cause on other lines; empty for none."""
    others = elsewhere(finding)
    named = [
        place(each.file_name, each.start_line) + BEFORE * (each.side == "old")
        for each in others[:PLACES]
    ]
    more = len(others) - len(named)
    return ", ".join(named) + (f" and {count(more, 'more place')}" if more else "")


def more_places(finding: Finding) -> str:
    """` (and 2 more places)`, for outputs with one line for each finding; empty for none."""
    others = len(elsewhere(finding))
    return f" (and {count(others, 'more place')})" if others else ""


def by_severity(findings: Sequence[Finding]) -> str:
    """`1 critical, 2 minor`; empty for no findings."""
    numbers = [
        (sum(each.severity == severity for each in findings), severity) for severity in SEVERITIES
    ]
    return ", ".join(f"{number:,} {severity}" for number, severity in numbers if number)


def against(context: ReviewContext) -> str:
    """The scope of the review and the base it is compared with, as resolved."""
    branch = inline(context.current_branch or "") or "detached HEAD"
    scope = context.scope
    what = {
        "all": f"everything on {branch}",
        "staged": f"staged changes on {branch}",
        "uncommitted": f"uncommitted changes on {branch}",
        "committed": f"commits on {branch}",
        "commit": f"commit {inline(scope.rev or '')}".rstrip(),
        "range": f"range {inline(scope.rev or '')}".rstrip(),
        "diff": f"patch {inline(scope.rev or '')}".rstrip(),
    }[scope.kind]
    base, commit = (
        inline(context.base_branch or scope.base or ""),
        inline(context.base_commit or "")[:12],
    )
    name = (
        f"{base} ({commit})"
        if base and commit and not commit.startswith(base[:12])
        else commit or base
    )
    if scope.kind == "diff":
        return what
    return f"{what} against {name}" if name else f"{what}, no base: every line is new"


def engine(context: ReviewContext) -> str:
    """The model and the engine that runs it."""
    if context.model_role == "none":
        return ANALYZERS_ONLY
    name = f"{inline(context.model or 'unnamed model')} on {inline(context.engine)}"
    return f"{name} ({SMOKE})" if context.model_role == "smoke" else name


def verdict(
    context: ReviewContext | None, complete: Complete, findings: Sequence[Finding]
) -> tuple[str, str]:
    """(style, one line). It reports no findings only if everything was reviewed."""
    reviewed = len(complete.reviewed_files)
    unreviewed = max(complete.unreviewed_file_count, len(complete.unreviewed_files))
    found = max(complete.findings, len(findings))
    role = context.model_role if context else "reviewer"
    each = f": {by_severity(findings)}" if findings else ""
    issues = count(found, "finding") + each if found else "no findings"
    if unreviewed or complete.outcome == "failed" or complete.exit_code not in (0, 1):
        why = {file.reason for file in complete.unreviewed_files}
        left = (
            unread(unreviewed, reviewed + unreviewed, why)
            if unreviewed
            else "the run did not finish"
        )
        return (
            "bad",
            (
                f"INCOMPLETE: {left}; {count(found, 'finding') if found else 'no findings'} so"
                f" far{each}"
            ),
        )
    if complete.status == "review_skipped":
        return "bold", "Nothing to review" if not found else f"Nothing to review; {issues}"
    if role == "smoke":
        return "warn", f"SMOKE RUN, not a review; {issues}"
    if found:
        by = ", analyzers only" if role == "none" else ""
        return "warn", f"{count(found, 'finding')} in {count(reviewed, 'file')}{by}{each}"
    if not reviewed:
        return "bold", "Nothing was reviewed"
    files = count(reviewed, "file")
    if complete.ignored:  # they are there, whoever decided that they do not count
        files += f", except {complete.ignored:,} ignored by configuration"
    if role == "none":
        them = "it" if reviewed == 1 else "them"
        return "bold", f"Analyzers found nothing in {files}; no model reviewed {them}"
    warned = ", with warnings" if complete.outcome == "completed_with_warnings" else ""
    return "bold" if complete.ignored else "good", f"No issues found in {files}{warned}"
