"""How many files were not reviewed, and why, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Protocol

from reviewer.text import count
from reviewer.types import REASONS, UnreviewedReason

BY_MODEL = {"no_model", "model_error"}  # analyzers have looked at these files


def unread(number: int, files: int, reasons: Collection[str]) -> str:
    """How many of the files that were to be reviewed were not, for these reasons."""
    done = "read by a model" if reasons and BY_MODEL.issuperset(reasons) else "reviewed"
    if number < files:
        verb = "was" if number == 1 else "were"
        return f"{number:,} of {count(files, 'file')} {verb} not {done}"
    return (
        f"the only file was not {done}"
        if files == 1
        else f"none of the {count(files, 'file')} was {done}"
    )


class _Left(Protocol):
    @property
    def reason(self) -> UnreviewedReason: ...
    @property
    def detail(self) -> str | None: ...


def sentence(unreviewed: Sequence[_Left], reviewed: int) -> str:
    """`2 of 4 files were not reviewed (out of time)`"""
    reasons = {each.reason for each in unreviewed}
    said = unread(len(unreviewed), len(unreviewed) + reviewed, reasons)
    why = "" if reasons == {"no_model"} else f" ({_why(unreviewed)})"
    return f"{said}{why}"


def _why(files: Sequence[_Left]) -> str:
    """`2 out of time, 1 no model`; for one reason, the reason, with its detail if all share it."""
    reasons = Counter(each.reason for each in files).most_common()
    if len(reasons) > 1:
        return ", ".join(f"{number:,} {REASONS[reason]}" for reason, number in reasons)
    said = [REASONS[reason] for reason, _ in reasons]
    details = {each.detail for each in files}
    return ": ".join(filter(None, [*said, *details] if len(details) == 1 else said))
