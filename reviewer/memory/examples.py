"""What the model was shown and what it said, for the replies that led to findings: what `reviewer
dataset` is made of.

The rendered messages are kept whole, since nothing else reproduces them: the code, the context and
the prompts have changed by the time somebody decides. They stay in the user's own file, like the
remembered replies, and are not kept where those are not (`cache = "off"`).
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
from reviewer.types import Prompt

MAX_BYTES = 64 << 20  # of all examples together
MAX_EXAMPLE = 512 << 10


class Example(BaseModel):
    """One question and its answer. `items` has the positions in the reply's `findings` for each
    finding that was placed; `rejected` why one did not stand, by id, as `STAGE: REASON`.
    `repository_name` is the last part of the path; `licence` an SPDX id, "" when it is not
    known."""

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
class Asked:
    """A question that was answered in this run."""

    prompt: Prompt
    reply: Mapping[str, Any]
    items: Mapping[str, Sequence[int]]


def insert(run: Execute, repository: str, example: Example, now: float) -> None:
    """Add an example; one that is there keeps its date, since a remembered reply says nothing
    new."""
    body = _json(example, exclude={"rejected", "at", "repository"})
    size = len(body.encode("utf-8", "replace"))
    if size > MAX_EXAMPLE:
        return
    said, reply = _json(example, include={"rejected"}), _json(example, include={"reply"})
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
        said,
        body,
    )


def _json(example: Example, **which: set[str]) -> str:
    """A model may write lone surrogates, which no JSON can hold."""
    return text.scalar(json.dumps(example.model_dump(**which), ensure_ascii=False))  # type: ignore[arg-type]


def prune(run: Execute, now: float, max_bytes: int = MAX_BYTES) -> None:
    """Forget the oldest, once there is more than `max_bytes`, until a tenth of that is free."""
    run("DELETE FROM examples WHERE at < ?", now - KEPT_SECONDS)
    (total,) = run("SELECT COALESCE(SUM(size), 0) FROM examples")[0]
    if total > max_bytes:
        run(
            "DELETE FROM examples WHERE rowid IN (SELECT rowid FROM (SELECT rowid, SUM(size) OVER"
            " (ORDER BY at, rowid) - size AS older FROM examples) WHERE older < ?)",
            total - max_bytes * 9 // 10,
        )


def load(store: Store, repository: str | None, since: float = 0.0) -> list[Example]:
    """The examples of one repository, or of all, oldest first. Whoever could write the file could
    write a row: one that makes no sense is ignored."""
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
        said = _Said.model_validate_json(rejected)
        more = {"repository": repository, "at": at, "rejected": said.rejected}
        return Example.model_validate({**example.model_dump(), **more})
    except ValidationError:
        return None


class _Said(BaseModel):
    rejected: dict[Id, str] = {}
