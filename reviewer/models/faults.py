"""What the failures of a server mean: whether to try again, when, and what to tell the user."""

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
_TOO_LONG = re.compile(
    r"context (?:length|size|window)|context_length|max_tokens must be at least 1, got -|prompt is"
    r" too long"
    r"|longer than the model|input (?:length|is) .{0,40}(?:exceed|too"
    r" long)|exceed_context|n_ctx|max_model_len",
    re.IGNORECASE,
)
_OUT_OF_MEMORY = re.compile(
    r"out of memory|outofmemory|cuda error|hip error|\boom\b|failed to allocate", re.IGNORECASE
)
_UNKNOWN = re.compile(
    r"unknown|unrecognized|unrecognised|unexpected|unsupported|not supported|not permitted|not"
    r" allowed"
    r"|extra (?:input|field)|extra_forbidden|invalid (?:field|parameter|option)|not implemented",
    re.IGNORECASE,
)
_SCHEMA = re.compile(r"schema|grammar|response_format|structured", re.IGNORECASE)


class Tries:
    """The waiting of one call. `after_…` gives the seconds to wait before the next try, None when
    there is none."""

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
            self._replayed = True  # a kept connection that the server had closed: nobody's fault
            return 0.0
        if broken.kind != "connect":
            self._away_since = None
            return self._next(0.0)
        # The server was there when the run began: it may be starting again.
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
        """Spread, so that requests that failed together do not come back together."""
        return float(self._limits.backoff * 2**step * random.uniform(0.5, 1.0))  # noqa: S311


def retry_after(value: str | None, now: float) -> float | None:
    """Seconds that a Retry-After header asks for (`now` is the wall clock, for dates); None for
    none and nonsense."""
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
    """What a server said, for people: one line, at most 300 characters, without our key, and no web
    page."""
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


def too_long(status: int, said: str) -> bool:
    return status == 413 or (status in (400, 422, 500) and bool(_TOO_LONG.search(said)))


def out_of_memory(said: str) -> bool:
    return bool(_OUT_OF_MEMORY.search(said))


def unknown_field(said: str, candidates: Sequence[str], dialect: Dialect) -> str | None:
    """The field to give up after a 400 that said this: the one it names, the schema, or the next in
    the dialect's order; None when it does not sound like that."""
    named = [name for name in candidates if re.search(rf"\b{name}\b", said)]
    if named:
        return named[0]
    if dialect.enforce in candidates and _SCHEMA.search(said):
        return dialect.enforce
    return candidates[0] if candidates and _UNKNOWN.search(said) else None


def refused(
    server: Endpoint, dialect: Dialect, model: str, models: Sequence[str], error: Refused, said: str
) -> EngineError:
    if error.status in (401, 403):
        return auth_failed(server, error.status)
    if error.status == 404 and "model" in said.lower():
        return model_not_found(server, model, models)
    if error.status == 404:
        return EngineUnreachable(
            f"{server} has no {dialect.chat}; is it a model server? Check it with `reviewer"
            " doctor`, or name another one with --endpoint"
        )
    return EngineError(
        f"{server} answers HTTP {error.status}: {said or 'nothing more'}; see `reviewer doctor`"
    )


def broken(server: Endpoint, error: Broken, key: str | None) -> EngineError:
    reason = safe.one_line(error.reason.replace(key, "…") if key else error.reason)
    return EngineUnreachable(
        f"{server}: {safe.cut(reason, 200)}; check it with `reviewer doctor`, or name another"
        " server with --endpoint"
    )


def auth_failed(server: Endpoint, status: int) -> AuthFailed:
    return AuthFailed(
        f"{server} refuses the key, or wants one (HTTP {status}): give it in REVIEWER_API_KEY, or"
        " in a file that REVIEWER_API_KEY_FILE names"
    )


def model_not_found(server: Endpoint, model: str | None, models: Sequence[str]) -> ModelNotFound:
    there = ", ".join(models[:20]) or "no model at all"
    missing = f"has no model {model}" if model else "serves no Gemma 4"
    return ModelNotFound(
        safe.one_line(f"{server} {missing}; there is {there}; choose with --model NAME")
    )
