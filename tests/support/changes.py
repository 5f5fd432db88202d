"""`Change` values from two trees given as dictionaries, under the names that the tests of the
context stage use."""

from __future__ import annotations

from collections.abc import Mapping

from support.change import change
from support.change import hunks as hunks_of

from reviewer.types import Change

__all__ = ["change_of", "hunks_of"]


def change_of(
    base: Mapping[str, bytes], head: Mapping[str, bytes], renamed: Mapping[str, str] | None = None
) -> Change:
    """The change from `base` to `head`. `renamed` maps a new path to its old one."""
    return change(base, head, renames=renamed)
