"""Reads the findings of a report, and selects the patches to apply."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from reviewer.errors import UsageError
from reviewer.events import Finding
from reviewer.findings import matching
from reviewer.fixes.apply import Fix, patch_bytes
from reviewer.fixes.prove import LEVELS
from reviewer.types import is_at_least, severity_rank

_MAX_REPORT = 64 << 20


def load(name: str) -> list[Finding]:
    """The findings in a JSON report or an NDJSON stream. Raises UsageError when it is neither."""
    data = _bytes_of(name)
    try:
        return [Finding.model_validate(item) for item in _items(data)]
    except (ValidationError, ValueError, RecursionError) as exc:
        first = str(exc).split("\n")[0]
        raise UsageError(
            f"--from: {name} is not a report from `reviewer --format json` or `--format ndjson`:"
            f" {first}"
        ) from None


def _bytes_of(name: str) -> bytes:
    try:
        if name == "-":
            data = sys.stdin.buffer.read(_MAX_REPORT + 1)
        else:
            with Path(name).open("rb") as file:
                data = file.read(_MAX_REPORT + 1)
    except OSError as exc:
        raise UsageError(f"--from: cannot read {name}: {exc.strerror}") from None
    if len(data) > _MAX_REPORT:
        raise UsageError(f"--from: {name} is larger than {_MAX_REPORT >> 20} MiB")
    return data


def _items(data: bytes) -> list[Any]:
    try:
        whole = json.loads(data)
    except json.JSONDecodeError:
        lines = [json.loads(line) for line in data.split(b"\n") if line.strip()]
        return [line for line in lines if isinstance(line, dict) and line.get("type") == "finding"]
    if isinstance(whole, dict) and isinstance(whole.get("findings"), list) and "complete" in whole:
        return list(whole["findings"])
    if isinstance(whole, dict) and whole.get("type") == "finding":
        return [whole]
    if isinstance(whole, dict) and "type" in whole:
        return []  # a stream of one event
    raise ValueError("it has no findings")


def select(
    findings: Sequence[Finding], ids: Sequence[str], severity: str | None, minimum: str
) -> tuple[list[Fix], list[tuple[Finding, str]]]:
    """The selected fixes, most severe first, and the findings that were named in `ids` but have no
    patch that is good enough.

    Raises UsageError for an unknown or ambiguous id."""
    named = {meant(findings, prefix).id for prefix in ids}
    selected, refused = [], []
    for finding in findings:
        if ids and finding.id not in named:
            continue
        if severity and not is_at_least(finding.severity, severity):
            continue
        reason = None
        if finding.commit is not None:
            reason = (
                f"it is in commit {finding.commit.id[:10]}, where no patch of a file reaches it:"
                " follow its instructions"
            )
        elif finding.patch is None:
            reason = "it has no patch: follow its instructions"
        elif LEVELS.index(finding.patch.verification) < LEVELS.index(minimum):
            reason = (
                f"its patch is only verified as `{finding.patch.verification}`; lower"
                " --min-verification to apply it"
            )
        else:
            try:
                selected.append(Fix(finding, patch_bytes(finding.patch)))
            except ValueError as exc:
                reason = str(exc)
        if reason and ids:
            refused.append((finding, reason))
    selected.sort(
        key=lambda fix: (
            severity_rank(fix.finding.severity),
            fix.finding.file_name,
            fix.finding.start_line or 0,
            fix.id,
        )
    )
    return selected, refused


def meant(findings: Sequence[Finding], prefix: str) -> Finding:
    """The finding with this id, or with a place of this id; its first digits are enough. Raises
    UsageError if there is none, or more than one."""
    matches = matching(findings, prefix)
    if len(matches) != 1:
        problem = "is ambiguous" if matches else "is unknown"
        raise UsageError(
            f"finding id {prefix!r} {problem}: list the ids with `reviewer findings list`"
        )
    return next(iter(matches.values()))
