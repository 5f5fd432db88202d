"""The end of the report: what was reviewed and by which model, what was not, and the verdict as the
last thing on the screen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from reviewer.events import Complete, Error, Finding, ReviewContext
from reviewer.outputs.collected import NO_END
from reviewer.outputs.page import Page, clean, inline
from reviewer.outputs.wording import (
    REASONS,
    against,
    by_severity,
    duration,
    engine,
    only_analyzed,
    share,
    thought_about,
    verdict,
    why_skipped,
    why_unreviewed,
)
from reviewer.reasons import sentence
from reviewer.text import count, cut

GUTTER = 14
NAMED = 20  # files named one by one


def summary(
    page: Page,
    context: ReviewContext | None,
    end: Complete,
    findings: list[Finding],
    *,
    verbose: bool,
) -> Iterator[str]:
    label, files = "reviewed", len(end.reviewed_files)
    if not files and end.unreviewed_files and only_analyzed(end):
        label, files = "analyzed", end.unreviewed_file_count
    what = f": {against(context)}" if context else ""
    yield from page.field(label, f"{count(files, 'file')}{what}", gutter=GUTTER)
    if verbose:
        yield from _named(
            page, [(name, "") for name in end.reviewed_files], len(end.reviewed_files)
        )
    if context:
        style = "warn" if context.model_role == "smoke" else ""
        yield from page.field("by", engine(context), style=style, gutter=GUTTER)
    yield from _findings(page, end, findings)
    yield from _coverage(page, end, verbose=verbose)
    cache = end.cache
    remembered = (
        f" · {cache.hits:,} of {count(cache.hits + cache.misses, 'unit')} from the cache"
        if cache.hits
        else ""
    )
    code = f" · exit {end.exit_code}" if end.exit_code else ""
    yield from page.field("time", duration(end.duration_seconds) + remembered + code, gutter=GUTTER)
    if verbose:
        yield from page.field("tokens", _tokens(end), gutter=GUTTER)


def conclusion(
    page: Page,
    context: ReviewContext | None,
    end: Complete,
    findings: list[Finding],
    *,
    summarized: bool = False,
) -> Iterator[str]:
    """The last lines: the verdict, and further messages of the run. After the summary, they leave
    out what it has said."""
    yield from page.statement(*verdict(context, end, findings))
    message = end.message
    if summarized and end.unreviewed_files:
        known = sentence(end.unreviewed_files, len(end.reviewed_files))
        message = message.removeprefix(f"{known}.").lstrip()
    if message not in ("", "Review completed"):
        yield from page.field("", clean(cut(message, 4000)), gutter=4)


def failure(
    page: Page, end: Error | None, findings: list[Finding], *, verbose: bool
) -> Iterator[str]:
    """The last lines of a run that ended with an error, or without a result."""
    yield from page.statement("bad", f"error: {clean(cut(end.message if end else NO_END, 4000))}")
    if findings:
        yield from page.statement("bad", f"INCOMPLETE: {count(len(findings), 'finding')} so far")
    for key, value in end.details.items() if end and verbose else ():
        yield from page.field("", f"{inline(key)}: {clean(cut(str(value), 4000))}", gutter=4)


def _findings(page: Page, end: Complete, findings: list[Finding]) -> Iterator[str]:
    if findings:
        still = sum(finding.state == "open" for finding in findings)
        states = f" ({len(findings) - still:,} new, {still:,} still open)" if still else ""
        yield from page.field("findings", by_severity(findings) + states, gutter=GUTTER)
    if end.resolved:
        ids = ", ".join(map(inline, end.resolved[:5]))
        more = f" and {len(end.resolved) - 5:,} more" if len(end.resolved) > 5 else ""
        resolved = f"{count(len(end.resolved), 'earlier finding')} no longer there: {ids}{more}"
        yield from page.field("resolved", resolved, style="green", gutter=GUTTER)


def _coverage(page: Page, end: Complete, *, verbose: bool) -> Iterator[str]:
    if skipped := [(file.file_name, why_skipped(file)) for file in end.skipped_files]:
        yield from page.field(
            "skipped", f"{count(len(skipped), 'file')}: {_reasons(skipped)}", gutter=GUTTER
        )
        if verbose:
            yield from _named(page, skipped, len(skipped))
    unreviewed = [(file.file_name, REASONS[file.reason]) for file in end.unreviewed_files]
    if number := max(end.unreviewed_file_count, len(unreviewed)):
        yield from page.field(
            "unreviewed",
            f"{count(number, 'file')}: {_reasons(unreviewed)}",
            style="bad",
            gutter=GUTTER,
        )
        files = [(file.file_name, why_unreviewed(file)) for file in end.unreviewed_files]
        yield from _named(page, files, number)


def _reasons(files: list[tuple[str, str]]) -> str:
    """`2 binary, 1 lock file`"""
    reasons = sorted(
        Counter(reason for _, reason in files).items(), key=lambda each: (-each[1], each[0])
    )
    return ", ".join(f"{number:,} {reason}" for reason, number in reasons)


def _named(page: Page, files: list[tuple[str, str]], number: int) -> Iterable[str]:
    """The first files with their notes, then how many more of the `number` there are."""
    for name, note in files[:NAMED]:
        yield from page.field("", f"{inline(name)}  {note}".rstrip(), gutter=GUTTER)
    if (more := number - len(files[:NAMED])) > 0:
        yield from page.field("", f"and {more:,} more", gutter=GUTTER)


def _tokens(end: Complete) -> str:
    usage = end.usage
    cached = (
        f"{usage.cached_tokens:,} of them cached, {share(usage.cached_tokens, usage.prompt_tokens)}"
    )
    thoughts = thought_about(usage.thinking_tokens)
    return (
        f"{usage.prompt_tokens:,} in ({cached}), {usage.completion_tokens:,} out{thoughts},"
        f" {count(usage.calls, 'call')}"
    )
