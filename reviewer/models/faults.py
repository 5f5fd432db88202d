"""Interprets the failures of a server: whether and when to retry, and what to tell the user."""

from __future__ import annotations

import json
import math
import random
import re
from collections.abc import Callable, Sequence
from email.utils import parsedate_to_datetime
from time import time

from reviewer import text as safe
from reviewer.errors import AuthFailed, EngineError, EngineUnreachable, ModelNotFound
from reviewer.models.address import Endpoint
from reviewer.models.dialects.base import Dialect, failure
from reviewer.models.wire import Broken, Limits, Refused

_RETRIED = frozenset((408, 409, 425, 429))
_OUT_OF_MEMORY = re.compile(
    r"out of memory|outofmemory|cuda error|hip error|\boom\b|failed to allocate", re.IGNORECASE
)
# Words about a field of the request without its name. The text between keeps to one sentence.
_UNKNOWN = re.compile(
    r"(?:unknown|unrecogni[sz]ed|unexpected|unsupported|extra|invalid|additional)"
    r"[^.\"'`]{0,20}(?:field|parameter|argument|propert|option|input|key)"
    r"|(?:field|parameter|argument|propert|option|input)[^.\"'`]{0,30}"
    r"(?:not (?:supported|permitted|allowed|implemented)|unsupported|forbidden)",
    re.IGNORECASE,
)
_NO_SYSTEM = re.compile(
    r"system (?:role|message|prompt|instruction)s?\b[^.]{0,40}"
    r"(?:not (?:supported|allowed|enabled|permitted)|unsupported)"
    r"|(?:not support|unsupported|unexpected|unknown|invalid)[^.]{0,30}\b(?:role[^.]{0,10})?"
    r"system\b|developer instruction is not enabled|conversation roles must alternate"
    r"|only user(?:,| and) (?:and )?assistant roles are supported",
    re.IGNORECASE,
)
_SCHEMA = re.compile(r"schema|grammar|response_format|structured", re.IGNORECASE)


class Tries:
    """The retries of one call. `after_…` returns the seconds to wait before the next try, None for
    no more tries."""

    def __init__(self, limits: Limits, now: Callable[[], float]) -> None:
        self._limits, self._now = limits, now
        self._failed = 0
        self._replayed = False
        self._away_since: float | None = None

    def after_refusal(self, refused: Refused) -> float | None:
        self._away_since = None
        if refused.status not in _RETRIED and refused.status < 500:
            return None
        asked = retry_after(refused.retry_after, time())
        return self._next(0.0 if asked is None else min(asked, self._limits.max_wait))

    def after_break(self, broken: Broken) -> float | None:
        if broken.kind in ("late", "invalid"):
            return None
        if broken.kind == "closed" and not self._replayed:
            self._replayed = True  # the server had closed an idle connection: not a failure
            return 0.0
        if broken.kind != "connect":
            self._away_since = None
            return self._next(0.0)
        # The server was up when the run began: it may be restarting.
        if self._away_since is None:
            self._away_since = self._now()
        return self._backoff(2) if self._now() - self._away_since < self._limits.patience else None

    def _next(self, least: float) -> float | None:
        self._failed += 1
        return (
            max(least, self._backoff(self._failed - 1))
            if self._failed <= self._limits.retries
            else None
        )

    def _backoff(self, step: int) -> float:
        """Random, so that requests that failed together are not retried together."""
        return float(self._limits.backoff * 2**step * random.uniform(0.5, 1.0))  # noqa: S311


def retry_after(value: str | None, now: float) -> float | None:
    """The seconds in a Retry-After header (`now` is the wall clock, for dates); None if missing or
    invalid."""
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(value).timestamp() - now
        except (ValueError, OverflowError):
            return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


def message(body: bytes, key: str | None) -> str:
    """The server's message for the user: one line of at most 300 characters, without our key, and
    not a web page."""
    try:
        error = failure(json.loads(body))
    except (ValueError, RecursionError):
        error = None
    text = error[1] if error else body.decode("utf-8", "replace").strip()
    if text.startswith("<"):
        return "a web page"
    if key:
        text = text.replace(key, "…")
    return safe.cut(safe.one_line(text), 300)


def out_of_memory(detail: str) -> bool:
    return bool(_OUT_OF_MEMORY.search(detail))


def no_system_role(status: int, detail: str) -> bool:
    """Whether the model's chat template has no system role. llama.cpp answers with 500."""
    return status in (400, 422, 500) and bool(_NO_SYSTEM.search(detail))


def unknown_field(detail: str, candidates: Sequence[str], dialect: Dialect) -> str | None:
    """The field to drop after a 400 with this message: the one that it names, the schema, or, if it
    is about a field without naming it, the next in the dialect's order; None when the message is
    about something else."""
    named = [name for name in candidates if re.search(rf"\b{name}\b", detail)]
    if named:
        return named[0]
    if dialect.enforce in candidates and _SCHEMA.search(detail):
        return dialect.enforce
    return candidates[0] if candidates and _UNKNOWN.search(detail) else None


def refused(
    server: Endpoint,
    dialect: Dialect,
    model: str,
    models: Sequence[str],
    error: Refused,
    detail: str,
) -> EngineError:
    if error.status in (401, 403):
        return auth_failed(server, error.status)
    if error.status == 404 and "model" in detail.lower():
        return model_not_found(server, model, models)
    if error.status == 404:
        return EngineUnreachable(
            f"{server} has no {server.path(dialect.chat)}, so it may not be a model server; check"
            " it with `reviewer doctor`, or name another one with --endpoint"
        )
    return EngineError(
        f"{server} answers HTTP {error.status}: {detail or '(no message)'}; run `reviewer doctor`"
    )


def broken(server: Endpoint, error: Broken, key: str | None) -> EngineError:
    reason = safe.one_line(error.reason.replace(key, "…") if key else error.reason)
    return EngineUnreachable(
        f"{server}: {safe.cut(reason, 200)}; check it with `reviewer doctor`, or name another"
        " server with --endpoint"
    )


def auth_failed(server: Endpoint, status: int) -> AuthFailed:
    return AuthFailed(
        f"{server} requires a key, or rejects the one given (HTTP {status}): set"
        " REVIEWER_API_KEY, or"
        " REVIEWER_API_KEY_FILE to a file with the key"
    )


def model_not_found(server: Endpoint, model: str | None, models: Sequence[str]) -> ModelNotFound:
    available = ", ".join(models[:20]) or "no model at all"
    missing = f"has no model {model}" if model else "serves no Gemma 4"
    return ModelNotFound(
        safe.one_line(f"{server} {missing}; it has {available}; choose one with --model NAME")
    )
