"""What the analyzers could not read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from reviewer.analyzers import ANALYZERS


@dataclass
class Gaps:
    """The analyzers that failed on a file, by path."""

    _failed: dict[str, set[str]] = field(default_factory=dict)

    def add(self, analyzer: str, paths: Iterable[str]) -> None:
        for path in paths:
            self._failed.setdefault(path, set()).add(analyzer)

    def include(self, path: str, chosen: Iterable[str] | None) -> bool:
        """Whether the analyzers alone have not reviewed the file: one failed on it, and not only
        after another of the `chosen` ones (None: all) has read it."""
        names = ANALYZERS if chosen is None else chosen
        failed = self._failed.get(path, set())
        read = {name for name in names if name not in failed}
        return any(ANALYZERS[name].after not in read for name in failed)
