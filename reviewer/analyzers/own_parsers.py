"""Asks the parser of a language itself, which knows its newest syntax, where the user has one."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Protocol, cast

from reviewer.analyzers.base import Limits
from reviewer.languages import Language


class Parses(Protocol):
    """Whether `data`, a file that is called `path`, parses; None where that cannot be told, or
    nothing outside of the repository `outside` could."""

    def __call__(
        self, data: bytes, path: str, limits: Limits, outside: Path | None = None
    ) -> bool | None: ...


def parses(
    language: Language, data: bytes, path: str, limits: Limits, outside: Path | None
) -> bool | None:
    """None also for a language whose parser nobody asks."""
    if not language.syntax.parser or limits.stopped:
        return None
    module = importlib.import_module(f"reviewer.analyzers.{language.syntax.parser}")
    return cast(Parses, module.parses)(data, path, limits, outside)
