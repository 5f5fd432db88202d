"""A request for a review, from the command line or an integration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reviewer.types import Scope


@dataclass(frozen=True)
class Request:
    """`overrides` are settings by name, as on the command line; `command` is the shell line that
    makes the same request again, "" where there is none."""

    directory: Path
    scope: Scope
    overrides: Mapping[str, Any] = field(default_factory=dict)
    environ: Mapping[str, str] = field(default_factory=dict)
    user_file: Path | None = None
    patch: bytes | None = None  # the content for scope `diff`
    guidelines: tuple[tuple[str, str], ...] = ()  # extra guideline files: (name, text)
    hook: bool = False  # keep GIT_INDEX_FILE and its like
    # List what was held back too: a remembered run does not have it.
    show_rejected: bool = False
    # Absolute paths of the reports that this run writes.
    reports: frozenset[str] = frozenset()
    command: str = ""
