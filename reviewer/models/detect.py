"""Detects the server at an address: its kind, its models, and its limits."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from reviewer.errors import AuthFailed, ConfigError, EngineUnreachable, UsageError
from reviewer.models import address, faults, wire
from reviewer.models.address import Endpoint
from reviewer.models.dialects import DIALECTS
from reviewer.models.dialects.base import DEFAULT_CONTEXT, Dialect, Facts, Served, owned_by
from reviewer.models.http import HttpModel
from reviewer.models.wire import Broken, Limits, Refused
from reviewer.types import ModelRole

if TYPE_CHECKING:
    import httpx

# Where the servers listen unless told otherwise: vLLM, llama-server, Ollama, LM Studio, SGLang.
LOCAL = tuple(f"http://127.0.0.1:{port}" for port in (8000, 8080, 11434, 1234, 30000))
QUICK = Limits(connect=3.0, progress=8.0, max_bytes=4 * 1024 * 1024)
PATHS_AT_ONCE = 4  # small servers queue few connections; any more are retried after a second
_GEMMA_4 = re.compile(r"gemma[-_ :]?4(?!\d)", re.IGNORECASE)
_TOY = re.compile(r"\b270m\b", re.IGNORECASE)  # only tests the setup


@dataclass(frozen=True, slots=True)
class Probe:
    """A model server at a local address. `gemma` is the Gemma 4 that it serves, None if none."""

    endpoint: str
    engine: str
    models: tuple[str, ...]
    gemma: str | None


async def connect(
    endpoint: str,
    *,
    engine: str = "auto",
    model: str | None = None,
    key: str | None = None,
    seed: int = 0,
    concurrency: int | None = None,
    session: str | None = None,
    deadline: float | None = None,
    role: ModelRole | None = None,
    limits: Limits | None = None,
    insecure: bool = False,
) -> HttpModel:
    """The model at `endpoint`; close it with `aclose`.

    `engine` names a dialect, `auto` asks the server. `model` may be omitted when the server has
    only one model, or a Gemma 4. `session` (the same text for calls that share a prefix, such as
    those of one repository and base) keeps the calls of a run on one replica of a shared server;
    only its hash is sent. `deadline` is the monotonic time at which the run ends. `insecure` allows
    the key to go to another machine in the clear.

    Raises UsageError, ConfigError, EngineUnreachable, AuthFailed, ModelNotFound.
    """
    if engine != "auto" and engine not in DIALECTS:
        raise UsageError(f"unknown engine {engine!r}: use one of auto, {', '.join(DIALECTS)}")
    server = address.endpoint(endpoint)
    if key and server.is_open and not insecure:
        raise ConfigError(
            f"the key would go to {server} unencrypted, where others on the way can read it: use"
            " https:// or a tunnel (ssh -L), or pass --insecure"
        )
    http = wire.client(server, key, limits or QUICK)
    try:
        server, facts = await _found(server, http, engine, limits or QUICK)
        dialect = _dialect(server, facts, engine)
        if not facts and re.search(r"/v\d[^/]*(?:/|\Z)", urlsplit(server.url).path):
            server = replace(server, version="")
        offered = dialect.served(facts)
        served = await _detailed(http, dialect, choose(server, offered, model), limits or QUICK)
    except BaseException:
        await http.aclose()
        raise
    tag = (
        None
        if session is None
        else hashlib.sha256(session.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    )
    if tag is not None:
        http.headers["x-session-id"] = tag
    return HttpModel(
        server=server,
        dialect=dialect,
        served=served,
        context_tokens=served.context or DEFAULT_CONTEXT,
        concurrency=max(1, concurrency or served.slots or dialect.concurrency),
        role=role or ("smoke" if _TOY.search(served.name) else "reviewer"),
        http=http,
        limits=limits or Limits(),
        key=key,
        seed=seed,
        session=tag,
        deadline=deadline,
        models=tuple(entry.name for entry in offered),
    )


async def probe(endpoint: str, limits: Limits = QUICK) -> Probe | None:
    """The model server at `endpoint`, None if there is none. Sends no key."""
    server = address.endpoint(endpoint)
    async with wire.client(server, None, limits) as http:
        try:
            server, facts = await _found(server, http, "auto", limits)
            dialect = _dialect(server, facts, "auto")
        except (EngineUnreachable, AuthFailed):
            return None
    names = tuple(entry.name for entry in dialect.served(facts))
    return Probe(
        str(server),
        dialect.name,
        names,
        next((name for name in names if _GEMMA_4.search(name)), None),
    )


async def probe_local(endpoints: Sequence[str] = LOCAL) -> list[Probe]:
    """The model servers on this machine's well-known ports, in the order of `endpoints`."""
    servers = await asyncio.gather(*map(probe, endpoints))
    return [server for server in servers if server is not None]


async def _found(
    server: Endpoint, http: httpx.AsyncClient, engine: str, limits: Limits
) -> tuple[Endpoint, Facts]:
    """The server with the paths at which it lists its models, and what it reports. If it lists
    none anywhere, what it reports at the given address, or the reason why it reports nothing."""
    first: Facts | None = None
    problem: AuthFailed | None = None
    for each, kind in _variants(server, engine):
        http.base_url = each.url
        try:
            facts = await _facts(each, http, kind, limits)
        except AuthFailed as error:
            problem = problem or error
            continue
        if any(dialect.served(facts) for dialect in DIALECTS.values()):
            return each, facts
        first = facts if first is None else first
    http.base_url = server.url
    if problem is not None:
        raise problem
    return server, first or {}


def _variants(server: Endpoint, engine: str) -> list[tuple[Endpoint, str]]:
    """The endpoints that an address may mean, each with the kind of server to look for. A path may
    be a prefix of /v1, or hold the version itself (`/v1beta/openai`, `/api/v3`); people give
    Ollama's with its /api."""
    if server.socket or not urlsplit(server.url).path:
        return [(server, engine)]
    variants = [(server, engine)]
    if engine != "ollama":
        plain = "openai" if engine == "auto" else engine
        variants.append((replace(server, version=""), plain))
    if server.url.endswith("/api") and engine in ("auto", "ollama"):
        variants.append((replace(server, url=server.url.removesuffix("/api")), "ollama"))
    return variants


async def _facts(server: Endpoint, http: httpx.AsyncClient, engine: str, limits: Limits) -> Facts:
    """Everything that the server reports about itself, requested in parallel.

    Raises EngineUnreachable when it cannot be reached, AuthFailed when it requires another key."""
    dialects = DIALECTS.values() if engine == "auto" else (DIALECTS[engine],)
    if engine == "auto":  # most servers are vLLM, and report it in one request
        with contextlib.suppress(AuthFailed):
            facts = await _facts(server, http, "vllm", limits)
            if owned_by(facts, "vllm"):
                return facts
    paths = list(dict.fromkeys(path for dialect in dialects for path in dialect.info))
    older = {path: old for dialect in dialects for path, old in dialect.older.items()}
    gate = asyncio.Semaphore(PATHS_AT_ONCE)
    answers = await asyncio.gather(
        *(
            _answer(
                http, [server.path(name) for name in (path, older.get(path)) if name], limits, gate
            )
            for path in paths
        )
    )
    broken = [answer for answer in answers if isinstance(answer, Broken)]
    if len(broken) == len(answers):
        raise faults.broken(server, broken[0], None)
    facts = {
        path: answer
        for path, answer in zip(paths, answers, strict=True)
        if not isinstance(answer, Exception)
    }
    refused = [
        answer for answer in answers if isinstance(answer, Refused) and answer.status in (401, 403)
    ]
    if refused and "/v1/models" not in facts and "/api/tags" not in facts:
        raise faults.auth_failed(server, refused[0].status)
    if broken and engine == "auto" and not any(each.recognise(facts) for each in dialects):
        raise faults.broken(server, broken[0], None)  # what it would have said is not known
    return facts


async def _answer(
    http: httpx.AsyncClient, names: Sequence[str], limits: Limits, gate: asyncio.Semaphore
) -> Any:
    """The JSON value at the first of the `names` of a path that the server has, or the reason why
    there is none."""
    answer: Any = None
    for name in names:
        try:
            async with gate:
                answer = json.loads(await wire.fetch(http, name, limits))
        except (Broken, Refused) as error:
            answer = error
        except (ValueError, RecursionError):
            answer = Refused(200, b"")
        if not isinstance(answer, Refused):
            break
    return answer


def _dialect(server: Endpoint, facts: Facts, engine: str) -> Dialect:
    if engine != "auto":
        return DIALECTS[engine]
    for dialect in DIALECTS.values():
        if dialect.recognise(facts):
            return dialect
    asked = dict.fromkeys(
        urlsplit(each.url).path + each.path("/v1/models") for each, _ in _variants(server, engine)
    )
    raise EngineUnreachable(
        f"{server} is not a model server that lists its models (asked: {', '.join(asked)}); check"
        " it with `reviewer doctor`, or name its kind with --engine and its model with --model"
    )


def choose(server: Endpoint, offered: Sequence[Served], wanted: str | None) -> Served:
    """The wanted model; else the only one, or the first Gemma 4, preferably loaded.

    Raises ModelNotFound, which lists the available models. A server that lists none is assumed to
    have the wanted one.
    """
    if wanted is not None:
        for entry in offered:
            if entry.name in (wanted, f"{wanted}:latest"):
                return entry
        if not offered:
            return Served(wanted)
        raise faults.model_not_found(server, wanted, [entry.name for entry in offered])
    candidates = sorted((item for item in offered if item.chat), key=lambda item: not item.loaded)
    for entry in candidates:
        if len(candidates) == 1 or _GEMMA_4.search(entry.name):
            return entry
    raise faults.model_not_found(server, None, [entry.name for entry in offered])


async def _detailed(
    http: httpx.AsyncClient, dialect: Dialect, model: Served, limits: Limits
) -> Served:
    if dialect.detail is None:
        return model
    try:
        answer = json.loads(
            await wire.fetch(http, dialect.detail.path, limits, dialect.detail.body(model.name))
        )
    except (Broken, Refused, ValueError, RecursionError):
        return model  # its context length stays unknown: the safe default applies
    return dialect.detail.apply(model, answer)
