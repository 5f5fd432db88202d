"""The event contract of `--agent` and `--format ndjson`, and the report of `--format json`.

These models are the contract: `schemas/*.schema.json` is generated from them. Keys are camelCase
and a superset of the CodeRabbit CLI's. A change that is not an addition raises `schemaVersion`.
"""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel

from reviewer.events.finding import Check, CommitPlace, Finding, Patch, Quote, SameCause
from reviewer.events.stream import (
    EVENT,
    CacheInfo,
    Complete,
    Counts,
    Error,
    Event,
    Heartbeat,
    QuestionsInfo,
    Report,
    ReviewContext,
    ScopeInfo,
    SkippedFile,
    Status,
    Tool,
    UnreviewedFile,
    UsageInfo,
)

__all__ = [
    "EVENT",
    "CacheInfo",
    "Check",
    "CommitPlace",
    "Complete",
    "Counts",
    "Error",
    "Event",
    "Finding",
    "Heartbeat",
    "Patch",
    "QuestionsInfo",
    "Quote",
    "Report",
    "ReviewContext",
    "SameCause",
    "ScopeInfo",
    "SkippedFile",
    "Status",
    "Tool",
    "UnreviewedFile",
    "UsageInfo",
    "dump",
    "line",
]


def dump(model: BaseModel) -> dict[str, Any]:
    """The model as JSON values under the names of the contract; the type of an event comes
    first."""
    values = model.model_dump(mode="json", by_alias=True)
    return {"type": values["type"], **values} if "type" in values else values


def line(event: BaseModel) -> str:
    """The event as one line of pure ASCII without control characters, so that its content cannot
    confuse a line parser or a terminal."""
    return json.dumps(dump(event), ensure_ascii=True, separators=(",", ":")).replace(
        "\x7f", "\\u007f"
    )
