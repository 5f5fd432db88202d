"""The prompts and replies that led to findings: the raw material of `reviewer dataset`.

The rendered messages are kept in full because nothing else reproduces them: by the time someone
decides about a finding, the code, the context and the prompts have changed. They stay in the user's
own file, like the cached replies, and are not kept when replies are not (`cache = "off"`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from reviewer import text
from reviewer.memory.dismissals import LATEST, Id
from reviewer.memory.feedback import KEPT_SECONDS
from reviewer.memory.store import Execute, Store
from reviewer.messages import Prompt

MAX_BYTES = 64 << 20  # of all examples together
MAX_EXAMPLE = 512 << 10


class Example(BaseModel):
    """One prompt and its reply. `items` maps the id of each placed finding to its positions in the
    reply's `findings`; `rejected` maps the id of each rejected one to `STAGE: REASON`.
    `repository_name` is the last part of the path; `licence` is an SPDX id, or "" if unknown."""

    model_config = ConfigDict(frozen=True)

    system: str
    user: str
    reply: dict[str, Any]
    items: dict[Id, list[Annotated[int, Field(ge=0)]]]
    repository_name: str
    commit: str | None
    licence: str
    engine: str
    model: str
    tool_version: str
    rejected: dict[Id, str] = {}
    at: Annotated[float, Field(ge=0, lt=LATEST)] = 0.0
    repository: str = ""


@dataclass(frozen=True, slots=True)
class AnsweredPrompt:
    """A prompt that the model answered in this run."""

    prompt: Prompt
    reply: Mapping[str, Any]
    items: Mapping[str, Sequence[int]]


def insert(run: Execute, repository: str, example: Example, now: float) -> None:
    """Add an example. An existing one keeps its date, since a cached reply adds nothing new."""
    body = _json(example, exclude={"rejected", "at", "repository"})
    size = len(body.encode("utf-8", "replace"))
    if size > MAX_EXAMPLE:
        return
    rejections, reply = _json(example, include={"rejected"}), _json(example, include={"reply"})
    key = hashlib.sha256(
        "\0".join((example.system, example.user, reply)).encode("utf-8", "replace")
    ).hexdigest()
    run(
        "INSERT INTO examples (repository, key, at, size, rejected, body) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (repository, key) DO UPDATE SET rejected = excluded.rejected",
        repository,
        key,
        now,
        size,
        rejections,
        body,
    )


def _json(example: Example, **which: set[str]) -> str:
    """JSON without the lone surrogates that a model may write, which cannot be encoded."""
    return text.scalar(json.dumps(example.model_dump(**which), ensure_ascii=False))  # type: ignore[arg-type]


def prune(run: Execute, now: float, max_bytes: int = MAX_BYTES) -> None:
    """Once they exceed `max_bytes`, delete the oldest examples until a tenth of it is free."""
    run("DELETE FROM examples WHERE at < ?", now - KEPT_SECONDS)
    (total,) = run("SELECT COALESCE(SUM(size), 0) FROM examples")[0]
    if total > max_bytes:
        run(
            "DELETE FROM examples WHERE rowid IN (SELECT rowid FROM (SELECT rowid, SUM(size) OVER"
            " (ORDER BY at, rowid) - size AS older FROM examples) WHERE older < ?)",
            total - max_bytes * 9 // 10,
        )


def load(store: Store, repository: str | None, since: float = 0.0) -> list[Example]:
    """The examples of one repository, or of all, oldest first. Anyone who can write the file can
    write a row, so invalid rows are ignored."""
    rows = store.rows(
        "SELECT repository, at, rejected, body FROM examples WHERE (?1 IS NULL OR repository = ?1)"
        " AND at >= ?2 ORDER BY at, repository, key",
        repository,
        since,
    )
    return [each for row in rows if (each := _example(*row))]


def _example(repository: Any, at: Any, rejected: Any, body: Any) -> Example | None:
    try:
        example = Example.model_validate_json(body)
        rejections = _Rejections.model_validate_json(rejected)
        more = {"repository": repository, "at": at, "rejected": rejections.rejected}
        return Example.model_validate({**example.model_dump(), **more})
    except ValidationError:
        return None


class _Rejections(BaseModel):
    rejected: dict[Id, str] = {}
