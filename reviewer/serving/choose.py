"""Decides which model reviews: the one that the user named, else a running server, else an embedded
model, else none."""

from __future__ import annotations

import importlib.util
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from reviewer import installer, resources
from reviewer.config import Settings
from reviewer.errors import EngineError, NoEngine
from reviewer.models.address import Endpoint
from reviewer.models.base import Model, estimate_tokens
from reviewer.text import one_line
from reviewer.types import ModelRole

EMBEDDED_CONTEXT = 16384
SMOKE_CONTEXT = 2048
EMBEDDED_START_SECONDS = 120.0
LEAST_CONTEXT = 4096
NO_MODEL = (
    "found no model, so only analyzers ran; to get one that fits this machine: reviewer setup"
)


async def nothing() -> None:
    """The `close` of a choice that has opened nothing."""


@dataclass(frozen=True)
class Choice:
    """The engine of a run. Without a model (`role` none), `problem` says why in one line; it is
    empty when the user asked for no model. `local`: prompts stay on this machine."""

    engine: str
    model: str | None
    role: ModelRole
    context_tokens: int
    local: bool
    problem: str
    tokens: Callable[[str], int]
    open: Callable[[], AbstractAsyncContextManager[Model]]
    failure: EngineError | None = None  # set when an engine was named or found, and failed
    close: Callable[[], Awaitable[None]] = (
        nothing  # closes what `choose` opened, even if `open` was never called
    )
    warning: str = ""  # what others on the way to the server can read
    thinks: bool = False  # whether it can be asked to think


async def choose(settings: Settings, *, session: str | None) -> Choice:
    """Pick the engine for the settings. Never raises for an engine that does not answer: the
    analyzers can still run, and the choice says what is wrong."""
    if settings.engine == "none":
        return _none("")
    try:
        if settings.endpoint is not None:
            key = settings.api_key.get_secret_value() if settings.api_key else None
            return await _served(settings.endpoint, settings, session, key)
        if settings.engine == "llamacpp":
            return _embedded(_gguf(settings.model))
        running = await _running(settings, session)
        if running:
            return running
        if settings.engine == "auto":
            return _automatic(settings)
        raise NoEngine(
            f"no {settings.engine} server answers on this machine: start one, or name one with"
            " --endpoint URL"
        )
    except EngineError as exc:
        return _none(
            exc.message,
            engine="vllm" if settings.engine == "auto" else settings.engine,
            failure=exc,
        )


async def _running(settings: Settings, session: str | None) -> Choice | None:
    """A server that already runs here: ours first, then the well-known ports. With engine `auto`,
    only one that serves a Gemma."""
    from reviewer.serving import registry
    from reviewer.serving.programs import dialect

    for server in registry.running():
        if settings.engine in ("auto", dialect(server.engine)):
            return await _served(server.endpoint, settings, session, server.key)
    from reviewer import models

    for probe in await models.probe_local():
        if (
            probe.gemma
            if settings.engine == "auto"
            else settings.engine in (probe.engine, "openai")
        ):
            return await _served(probe.endpoint, settings, session)
    return None


async def _served(
    endpoint: str, settings: Settings, session: str | None, key: str | None = None
) -> Choice:
    """Connect to a server. The user's key goes only to the endpoint that the user named, never to a
    server that was merely detected."""
    from reviewer import models

    model = await models.connect(
        endpoint,
        engine=settings.engine,
        model=settings.model,
        key=key,
        seed=settings.seed,
        concurrency=settings.concurrency,
        session=session,
        insecure=settings.insecure,
    )

    @asynccontextmanager
    async def opened() -> AsyncIterator[Model]:
        try:
            yield model
        finally:
            await model.aclose()

    return Choice(
        model.engine,
        model.name,
        model.role,
        model.context_tokens,
        model.server.local,
        "",
        model.tokens,
        opened,
        close=model.aclose,
        warning=_in_the_clear(model.server, key),
        thinks=model.thinks,
    )


def _in_the_clear(server: Endpoint, key: str | None) -> str:
    if not server.is_open:
        return ""
    what = "the code under review" + (" and the key" if key else "")
    return (
        f"{what} {'go' if key else 'goes'} to {server} unencrypted: others on the way can read"
        f" {'them' if key else 'it'}; use https:// or a tunnel (ssh -L)"
    )


def _automatic(settings: Settings) -> Choice:
    """Without a server, embed a Gemma 4 GGUF found on this machine. The smoke model is embedded
    only on request."""
    from reviewer.serving import gguf

    path = gguf.local_gemma4()
    if path is None:
        return _none(NO_MODEL)
    if importlib.util.find_spec("xllamacpp") is None:
        return _none(
            f"found {one_line(path.name)} but no llama.cpp to run it, so only analyzers ran; run:"
            f" {installer.hint('embedded')}"
        )
    return _embedded(path)


def _gguf(name: str | None) -> Path:
    from reviewer.serving import bundled, gguf

    if name is not None:
        return Path(name)
    path = gguf.local_gemma4() or bundled.bundled_smoke_model()
    if path is None:
        raise NoEngine(
            "found no GGUF model on this machine; to get one that fits it: reviewer setup"
        )
    return path


def _embedded(path: Path) -> Choice:
    from reviewer import models
    from reviewer.serving import child, gguf

    smoke = gguf.is_smoke_model(path)
    context = SMOKE_CONTEXT if smoke else _context(path)
    template = resources.folder("prompts") / "chat" / "gemma3.jinja" if smoke else None

    @asynccontextmanager
    async def opened() -> AsyncIterator[Model]:
        async with child.embedded(
            path,
            context_tokens=context,
            parallel=1,
            chat_template=template,
            timeout=EMBEDDED_START_SECONDS,
        ) as running:
            model = await models.connect(
                running.endpoint,
                engine="llamacpp",
                model=None,
                key=running.key,
                role="smoke" if smoke else "reviewer",
            )
            try:
                yield model
            finally:
                await model.aclose()

    return Choice(
        "llamacpp",
        path.stem,
        "smoke" if smoke else "reviewer",
        context,
        True,
        "",
        estimate_tokens,
        opened,
        thinks=not smoke,
    )


def _context(path: Path) -> int:
    """The tokens of context that fit into this machine's memory beside the model, up to
    EMBEDDED_CONTEXT."""
    from reviewer.serving import fit, hardware, plan
    from reviewer.serving.checks import speed

    known = speed.recognise([path.name], "llamacpp")
    if known is None:
        return EMBEDDED_CONTEXT
    machine = hardware.detect()
    device = machine.best if machine.best.kind == "apple" else machine.cpu
    made = plan.make_plan(*known, device, fit.Want(), program="llamacpp")
    return min(EMBEDDED_CONTEXT, max(LEAST_CONTEXT, made.max_context))


def _none(problem: str, *, engine: str = "none", failure: EngineError | None = None) -> Choice:
    def opened() -> AbstractAsyncContextManager[Model]:
        raise NoEngine(problem)

    return Choice(engine, None, "none", 0, True, problem, len, opened, failure)
