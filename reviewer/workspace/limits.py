"""Limits of a review, and the user's include and exclude rules."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from reviewer.errors import ConfigError
from reviewer.globs import BadGlob, Globs


@dataclass(frozen=True)
class Limits:
    """Sizes in bytes, time in seconds. Globs follow .gitignore syntax; `exclude` wins over
    `include`."""

    max_file_bytes: int = 1 << 20  # of a file's content on either side
    max_diff_bytes: int = 64 << 20  # of all hunks together
    include: tuple[str, ...] = ()  # only these, if any
    exclude: tuple[str, ...] = ()
    timeout: float = 60.0  # for collecting the complete change
    # Reports of this program are no untracked files of a change: absolute paths of those that this
    # run writes, and the sha256 (hexadecimal) of those that earlier ones wrote, by absolute path.
    reports: frozenset[str] = frozenset()
    written: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def excluded(self, path: str) -> bool:
        return (bool(self.include) and not _matcher(self.include)(path)) or _matcher(self.exclude)(
            path
        )


@functools.lru_cache(maxsize=8)
def _matcher(globs: tuple[str, ...]) -> Callable[[str], bool]:
    try:
        return Globs(globs).match
    except BadGlob as error:
        raise ConfigError(
            f"include or exclude has a bad glob: {error}; write it as in .gitignore"
        ) from None
