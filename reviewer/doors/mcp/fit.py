"""Keeps answers small enough for an agent's context: complete findings, the most severe first, and
a note about what is left out."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TypeVar

from reviewer import events
from reviewer.events import Complete, Finding, Report, ReviewContext
from reviewer.outputs import ndjson
from reviewer.outputs.wording import ordered

LIMIT = 96 * 1024  # bytes of findings in one answer
NAMES = 200  # files listed in one answer, for each list
F = TypeVar("F", bound=Finding)


def report(context: ReviewContext, found: Sequence[Finding], complete: Complete) -> Report:
    """The report, within the limits. `complete` still counts all findings by severity; its
    `findings` counts the ones included."""
    kept = page([short(each) for each in ordered(found)])
    sentences = [complete.message]
    if len(kept) < len(found):
        sentences.append(
            f"{len(found) - len(kept)} more findings do not fit here: list_findings returns them"
            " all."
        )
    lists = {
        name: getattr(complete, name)
        for name in ("reviewed_files", "skipped_files", "unreviewed_files")
    }
    if any(len(names) > NAMES for names in lists.values()):
        sentences.append(f"At most {NAMES} files of each kind are listed here.")
    cut = {name: names[:NAMES] for name, names in lists.items()} | {
        "findings": len(kept),
        "message": message(sentences),
    }
    if len(kept) < len(found) and complete.outcome == "completed":
        cut["outcome"] = "completed_with_warnings"
    return Report(
        context=short_context(context), findings=kept, complete=complete.model_copy(update=cut)
    )


def message(sentences: Sequence[str]) -> str:
    """Several sentences as one text; a single one stays as it is."""
    return (
        sentences[0]
        if len(sentences) == 1
        else " ".join(f"{part.rstrip('.')}." for part in sentences)
    )


def page(found: Sequence[F]) -> list[F]:
    """The first findings that fit; at least one, so that paging always advances."""
    kept: list[F] = []
    room = LIMIT
    for each in found:
        room -= len(events.line(each))
        if room < 0 and kept:
            break
        kept.append(each)
    return kept


def short(finding: Finding) -> Finding:
    """The finding under the limits of the event stream: long texts are cut with a mark, a patch is
    complete or absent."""
    return Finding.model_validate_json(_streamed(finding))


def short_context(context: ReviewContext) -> ReviewContext:
    return ReviewContext.model_validate_json(_streamed(context))


def _streamed(event: Finding | ReviewContext) -> str:
    stream = io.StringIO()
    ndjson.Ndjson(stream).emit(event)
    return stream.getvalue()
