"""Which untracked files are reports that this program wrote. Nothing in the repository has a say in
it: only a file that has still the content that was written counts."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from reviewer.types import REPORT, Skipped
from reviewer.workspace import files
from reviewer.workspace.limits import Limits

_MOST = 256 << 20  # bytes of a report


def reports_among(root: Path, paths: Iterable[str], limits: Limits) -> tuple[Skipped, ...]:
    """Those of `paths`, which are relative to `root`."""
    if not limits.reports and not limits.written:
        return ()
    return tuple(Skipped(path, "excluded", REPORT) for path in paths if _is(root, path, limits))


def _is(root: Path, path: str, limits: Limits) -> bool:
    full = os.path.realpath(root / path)
    if full in limits.reports:
        return True
    digests = limits.written.get(full)
    data = files.read(root, path, _MOST) if digests else None
    return digests is not None and data is not None and hashlib.sha256(data).hexdigest() in digests
