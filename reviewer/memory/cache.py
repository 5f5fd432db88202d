"""What was computed once and need not be again: replies of the model, and the findings of whole
runs."""

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
from reviewer.models.base import Schema
from reviewer.types import Change, Prompt

Kind = Literal["reply", "run", "seen", "unit"]
MAX_BYTES = 256 << 20  # of all rows together
MAX_BODY = 4 << 20
# bytes of a row and its places in the indexes besides the body, which is empty for `seen` and
# `unit`
ROW = 400
_FINDINGS = TypeAdapter(list[Finding])
# Settings that say how a review is done, not what comes out of it.
_NO_MATTER = {"api_key", "timeout", "concurrency", "cache", "fail_on"}


@dataclass(frozen=True, slots=True)
class Hit:
    """`body` as it was stored; the tokens and seconds that it took to make it. Whoever could write
    the file could write the body: it is checked like a reply."""

    body: str
    tokens: int
    seconds: float


def key(*parts: Any) -> str:
    """sha256 of the parts, which JSON must be able to carry. The version of this program is always
    one of them."""
    text = json.dumps([__version__, *parts], sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def reply_key(prompt: Prompt, schema: Schema, *also: Any) -> str:
    """The key of a model's reply. `also` names the engine, the model, its endpoint, the seed and
    whatever else could change the reply."""
    return key(
        "reply", prompt.system, prompt.user, prompt.max_tokens, schema.name, schema.schema, *also
    )


def run_key(change: Change, settings: Settings, *also: Any, tree: str) -> str | None:
    """The key of the findings of a whole run; None for a run that must not be remembered, because
    not all that it looks at is known. `tree` is the id of the git tree of the new side, which holds
    what the context is taken from; `also` names the engine, the model, versions of analyzers, extra
    guidelines: all that is in neither the tree, the settings nor the prompts and could change a
    finding."""
    scope = change.scope
    beyond = (
        scope.kind in ("all", "uncommitted") and scope.paths
    )  # other files are read as they are in the worktree
    if not tree or beyond or change.unreviewed:
        return None
    return key(
        "run",
        tree,
        change.digest,
        str(change.root),
        scope.kind,
        scope.paths,
        [(os.fsencode(item.path).hex(), item.reason) for item in change.skipped],
        settings.model_dump(mode="json", exclude=_NO_MATTER),
        prompts_digest(),
        *also,
    )


def prompts_digest() -> str:
    """sha256 over everything in prompts/."""
    total, folder = hashlib.sha256(), resources.folder("prompts")
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            total.update(f"{path.relative_to(folder).as_posix()} {len(data)}\n".encode() + data)
    return total.hexdigest()


def get(store: Store, kind: Kind, key: str) -> Hit | None:
    for body, tokens, seconds in store.rows(
        "SELECT body, tokens, seconds FROM cache WHERE kind = ? AND key = ?", kind, key
    ):
        if isinstance(body, str) and isinstance(tokens, int) and isinstance(seconds, float):
            return Hit(body, max(0, tokens), max(0.0, seconds))
    return None


def put(store: Store, kind: Kind, key: str, body: str, *, tokens: int, seconds: float) -> None:
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
    """The findings of a complete run with this key, and what it had cost."""
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
    """Remember the findings of a run that was complete: nothing unreviewed, nothing stopped,
    nothing failed."""
    put(
        store,
        "run",
        key,
        json.dumps([events.dump(each) for each in findings]),
        tokens=tokens,
        seconds=seconds,
    )


def touch(run: Execute, kind: Kind, keys: Iterable[str], now: float) -> None:
    """These were used: they are pruned last."""
    for each in keys:
        run("UPDATE cache SET used = ? WHERE kind = ? AND key = ?", now, kind, each)


def prune(run: Execute, max_bytes: int = MAX_BYTES) -> None:
    """Forget what was not used for longest, once there is more than `max_bytes`, until a tenth of
    that is free."""
    (total,) = run("SELECT COALESCE(SUM(size + ?), 0) FROM cache", ROW)[0]
    if total <= max_bytes:
        return
    excess = total - max_bytes * 9 // 10
    run(
        "DELETE FROM cache WHERE rowid IN (SELECT rowid FROM (SELECT rowid, SUM(size + ?1) OVER"
        " (ORDER BY used, rowid) - size - ?1 AS older FROM cache) WHERE older < ?2)",
        ROW,
        excess,
    )
