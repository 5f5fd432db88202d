"""A committed file of dismissed findings: one JSON object per line, sorted by id, so that changes
to it are easy to review."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass

from reviewer import text
from reviewer.memory.dismissals import Dismissal

MAX_BYTES = 16 << 20
_KEYS = ("id", "fingerprint", "title", "reason")
_OPTIONAL_KEYS = ("category", "code")  # not in every file


@dataclass(frozen=True)
class Baseline:
    """The dismissals in a baseline file, and the number of lines that could not be read."""

    entries: tuple[Dismissal, ...] = ()
    ignored: int = 0


def parse_baseline(data: bytes) -> Baseline:
    """Read a baseline file. Pass only the bytes of the base revision: a change must not dismiss its
    own findings."""
    if len(data) > MAX_BYTES:
        return Baseline(ignored=data.count(b"\n"))
    entries: list[Dismissal] = []
    ignored = 0
    for line in data.removeprefix(b"\xef\xbb\xbf").split(b"\n"):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
            encoded = value.get("pathBase64")
            path = os.fsencode(value["path"]) if encoded is None else base64.b64decode(encoded)
            optional = {key: value[key] for key in _OPTIONAL_KEYS if key in value}
            entries.append(
                Dismissal.model_validate(
                    {key: value[key] for key in _KEYS} | optional | {"path": path}
                )
            )
        except (ValueError, RecursionError, TypeError, KeyError, AttributeError):
            ignored += 1
    return Baseline(tuple(entries), ignored)


def dump_baseline(entries: Iterable[Dismissal]) -> bytes:
    """Serialize dismissals as ASCII; the same dismissals always give the same bytes."""
    by_id = {entry.id: entry for entry in entries}
    return "".join(f"{json.dumps(_line(by_id[name]))}\n" for name in sorted(by_id)).encode("ascii")


def _line(entry: Dismissal) -> dict[str, str]:
    name, encoded = text.file_name(os.fsdecode(entry.path))
    texts = {"title": text.scalar(entry.title), "reason": text.scalar(entry.reason)}
    place = {"path": name} if encoded is None else {"path": name, "pathBase64": encoded}
    optional = {key: text.scalar(value) for key in _OPTIONAL_KEYS if (value := getattr(entry, key))}
    return {"id": entry.id, "fingerprint": entry.fingerprint, **place, **texts, **optional}
