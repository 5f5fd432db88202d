"""Cached results: the model's replies, and the findings of complete runs."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from reviewer import __version__, events, resources
from reviewer.config import Settings
from reviewer.events import Finding
from reviewer.memory.store import Execute, Store
from reviewer.messages import Prompt
from reviewer.models.base import Schema
from reviewer.types import REPORT, Change

CacheKind = Literal["reply", "run", "seen", "unit", "commit", "report"]
MAX_BYTES = 256 << 20  # of all rows together
MAX_BODY = 4 << 20
# Overhead of a row and its index entries, without the body (which is empty for `seen` and `unit`).
ROW_BYTES = 400
_FINDINGS = TypeAdapter(list[Finding])
# Settings that change how a review runs, not what it finds.
# `ignore`: the findings are kept, and left out anew by every run.
_NOT_IN_RUN_KEY = {"api_key", "timeout", "concurrency", "cache", "fail_on", "ignore"}


@dataclass(frozen=True, slots=True)
class Hit:
    """A cached body, with the tokens and seconds it cost. Anyone who can write the file can write
    the body, so it is validated like a reply."""

    body: str
    tokens: int
    seconds: float


def key(*parts: Any) -> str:
    """sha256 of the parts, which must be JSON-serializable. The version of this program is always
    included."""
    text = json.dumps([__version__, *parts], sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def reply_key(prompt: Prompt, schema: Schema, *also: Any) -> str:
    """The key of a model's reply. `also` names the engine, the model, its endpoint, the seed and
    anything else that could change the reply."""
    return key(
        "reply", prompt.system, prompt.user, prompt.max_tokens, schema.name, schema.schema, *also
    )


def run_key(change: Change, settings: Settings, *also: Any, tree: str) -> str | None:
    """The key of a run's findings, or None for a run that must not be cached because some of its
    inputs are unknown. `tree` is the id of the git tree of the new side, which the context comes
    from. `also` names every input outside the tree, the settings and the prompts that could change
    a finding: the engine, the model, analyzer versions, extra guidelines."""
    scope = change.scope
    reads_worktree = (
        scope.kind in ("all", "uncommitted") and scope.paths
    )  # other files are read from the worktree
    if not tree or reads_worktree or change.unreviewed:
        return None
    return key(
        "run",
        tree,
        change.digest,
        str(change.root),
        scope.kind,
        scope.paths,
        change.head_commit if change.history.commits else None,
        [
            (os.fsencode(item.path).hex(), item.reason)
            for item in change.skipped
            if item.detail != REPORT  # it was not there in the run that wrote it
        ],
        settings.model_dump(mode="json", exclude=_NOT_IN_RUN_KEY),
        prompts_digest(),
        *also,
    )


def prompts_digest() -> str:
    """sha256 of everything in prompts/."""
    total, folder = hashlib.sha256(), resources.folder("prompts")
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            total.update(f"{path.relative_to(folder).as_posix()} {len(data)}\n".encode() + data)
    return total.hexdigest()


def get(store: Store, kind: CacheKind, key: str) -> Hit | None:
    for body, tokens, seconds in store.rows(
        "SELECT body, tokens, seconds FROM cache WHERE kind = ? AND key = ?", kind, key
    ):
        if isinstance(body, str) and isinstance(tokens, int) and isinstance(seconds, float):
            return Hit(body, max(0, tokens), max(0.0, seconds))
    return None


def put(store: Store, kind: CacheKind, key: str, body: str, *, tokens: int, seconds: float) -> None:
    size = len(body.encode("utf-8", "replace"))
    if size > MAX_BODY:
        return
    now = store.clock()
    store.transaction(
        lambda run: run(
            "INSERT OR REPLACE INTO cache (kind, key, body, size, tokens, seconds, created, used) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            kind,
            key,
            body,
            size,
            tokens,
            seconds,
            now,
            now,
        )
    )


def get_run(store: Store, key: str) -> tuple[list[Finding], Hit] | None:
    """The findings of the complete run with this key, and what it cost."""
    hit = get(store, "run", key)
    if hit is None:
        return None
    try:
        return _FINDINGS.validate_json(hit.body), hit
    except ValidationError:
        return None


def put_run(
    store: Store, key: str, findings: Sequence[Finding], *, tokens: int, seconds: float
) -> None:
    """Cache the findings of a complete run: nothing unreviewed, nothing stopped, nothing
    failed."""
    put(
        store,
        "run",
        key,
        json.dumps([events.dump(each) for each in findings]),
        tokens=tokens,
        seconds=seconds,
    )


def touch(run: Execute, kind: CacheKind, keys: Iterable[str], now: float) -> None:
    """Mark entries as just used, so that they are pruned last."""
    for each in keys:
        run("UPDATE cache SET used = ? WHERE kind = ? AND key = ?", now, kind, each)


def prune(run: Execute, max_bytes: int = MAX_BYTES) -> None:
    """Once the cache exceeds `max_bytes`, delete the least recently used entries until a tenth of
    it is free."""
    (total,) = run("SELECT COALESCE(SUM(size + ?), 0) FROM cache", ROW_BYTES)[0]
    if total <= max_bytes:
        return
    excess = total - max_bytes * 9 // 10
    run(
        "DELETE FROM cache WHERE rowid IN (SELECT rowid FROM (SELECT rowid, SUM(size + ?1) OVER"
        " (ORDER BY used, rowid) - size - ?1 AS older FROM cache) WHERE older < ?2)",
        ROW_BYTES,
        excess,
    )
