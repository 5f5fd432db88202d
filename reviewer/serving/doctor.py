"""Checks everything that a review depends on: this machine, the repository, the configuration, and
every model server.

Each step has a deadline: 3 s for a connection, 8 s for a server's information, a minute for a
completion, and four minutes for a server. All servers are examined at the same time.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from reviewer import models
from reviewer.config import Settings
from reviewer.errors import ConfigError, EngineError, ModelNotFound, UsageError
from reviewer.models.http import HttpModel
from reviewer.models.wire import Limits
from reviewer.serving import gguf, hardware, registry
from reviewer.serving.checks import adapter, endpoint, engines, machine, measure, needs, project
from reviewer.serving.checks.base import Check, Report, failed, ok, report, skipped
from reviewer.serving.choose import choose
from reviewer.serving.hardware import Machine
from reviewer.text import one_line

SERVER_SECONDS = 240.0


@dataclass(frozen=True)
class Wanted:
    """What to check. `overrides` are settings from the command line (endpoint, model). `embedded`
    starts and examines the embedded engine too. `local` are the addresses to probe for servers
    unless an endpoint is given."""

    directory: Path
    environ: Mapping[str, str]
    user_file: Path | None = None
    overrides: Mapping[str, str] = field(default_factory=dict)
    adapter: str | None = None
    embedded: bool = False
    local: Sequence[str] = models.LOCAL
    limits: Limits = measure.LIMITS
    detect: Callable[[], Machine] = hardware.detect
    hub: Callable[[], str] = needs.reachable  # why it cannot be reached


@dataclass(frozen=True)
class Target:
    """A server to examine. `names` are other names of its model."""

    endpoint: str
    source: Literal["given", "registered", "found"]
    key: str | None = field(default=None, repr=False)
    names: tuple[str, ...] = ()


async def diagnose(wanted: Wanted, say: Callable[[str], None] = lambda line: None) -> Report:
    """Run all checks. `say` gets a line before each step that takes time."""
    detected = asyncio.create_task(asyncio.to_thread(wanted.detect))
    here = await asyncio.to_thread(project.repository, wanted.directory)
    configured, settings = project.configuration(
        wanted.overrides, wanted.environ, wanted.user_file, here.file
    )
    unreachable = asyncio.create_task(asyncio.to_thread(wanted.hub))
    found = await detected
    local = asyncio.create_task(asyncio.to_thread(_local, wanted, found))
    servers = await _servers(wanted, settings, found, say)
    first, last = await local
    hub = needs.model_hub(await unreachable)
    return report([*first, here.check, configured, *last, hub, *servers])


def _local(wanted: Wanted, found: Machine) -> tuple[list[Check], list[Check]]:
    """The checks of this machine: those shown before the repository, and those shown after it."""
    serving = bool(registry.running(registry.folder(wanted.environ), starting=True))
    first = [
        machine.python(),
        needs.installation(),
        machine.git(),
        *machine.directories(wanted.environ),
        machine.disk(wanted.environ),
    ]
    gpu = engines.gpu(found, serving=serving)
    return first, [gpu, *engines.packages(found), engines.analyzer_tools()]


async def _servers(
    wanted: Wanted, settings: Settings, found: Machine, say: Callable[[str], None]
) -> list[Check]:
    if settings.engine == "none" and not wanted.embedded and "endpoint" not in wanted.overrides:
        return [skipped("model server", "the configured engine is none: only analyzers review")]
    aside, targets = await _targets(wanted, settings)
    if wanted.embedded:
        say("examining the embedded engine …")
    for target in targets:
        say(f"examining {one_line(target.endpoint)} …")
    jobs = [_examined(target, wanted, settings, found) for target in targets]
    if wanted.embedded:
        jobs.append(_embedded(wanted, settings, found))
    examined = [check for checks in await asyncio.gather(*jobs) for check in checks]
    if not jobs:
        aside.insert(0, await asyncio.to_thread(_no_server, wanted))
    if wanted.adapter is not None and not targets:
        aside.insert(
            0,
            failed(
                "adapter", f"no server to test {wanted.adapter} on", "name one with --endpoint URL"
            ),
        )
    return [*aside, *examined]


def _no_server(wanted: Wanted) -> Check:
    path = gguf.local_gemma4(wanted.environ)
    if path is not None:
        return ok(
            "model server",
            f"none is running; reviews start {path} themselves (--embedded checks it)",
        )
    return failed(
        "model server",
        "no model server answers, so only analyzers review",
        "reviewer setup",
    )


async def _targets(wanted: Wanted, settings: Settings) -> tuple[list[Check], list[Target]]:
    """The checks of servers that are not examined, and the servers to examine: the one given by the
    user, else ours and those found by probing."""
    if settings.endpoint is not None:
        key = settings.api_key.get_secret_value() if settings.api_key else None
        return [], [Target(settings.endpoint, "given", key)]
    aside, targets = [], []
    for server in await asyncio.to_thread(
        registry.running, registry.folder(wanted.environ), starting=True
    ):
        if server.ready:
            targets.append(Target(server.endpoint, "registered", server.key, server.command))
        else:
            check = skipped(
                "model server",
                f"{server.model} is starting",
                "wait for it: `reviewer serve status`",
            )
            aside.append(check.model_copy(update={"endpoint": one_line(server.endpoint)}))
    ours = {target.endpoint for target in targets}
    for probe in await models.probe_local(wanted.local):
        if probe.endpoint in ours:
            continue
        if probe.gemma or settings.engine == probe.engine or settings.model in probe.models:
            targets.append(Target(probe.endpoint, "found"))
        else:  # a server for something else
            listed = ", ".join(probe.models[:10]) or "no model"
            detail = f"{listed} ({probe.engine}): no Gemma 4, so reviews do not use it"
            check = skipped(
                "model", detail, "to review with it anyway: --endpoint URL --model NAME"
            )
            aside.append(check.model_copy(update={"endpoint": one_line(probe.endpoint)}))
    return aside, targets


async def _examined(
    target: Target, wanted: Wanted, settings: Settings, found: Machine
) -> list[Check]:
    checks = await _connected(target, wanted, settings, found)
    shown = one_line(target.endpoint)
    return [check.model_copy(update={"endpoint": shown}) for check in checks]


async def _connected(
    target: Target, wanted: Wanted, settings: Settings, found: Machine
) -> list[Check]:
    dialect = settings.engine if target.source == "given" and settings.engine != "none" else "auto"
    name = (
        None if (settings.model or "").endswith(".gguf") else settings.model
    )  # a file is for the embedded engine
    try:
        model = await models.connect(
            target.endpoint,
            engine=dialect,
            model=name,
            key=target.key,
            seed=settings.seed,
            limits=wanted.limits,
            insecure=settings.insecure,
            deadline=asyncio.get_running_loop().time() + SERVER_SECONDS,
        )
    except UsageError as error:
        return [failed("connection", error.message, "use an address like http://127.0.0.1:8000/v1")]
    except ConfigError as error:
        problem, _, fix = error.message.partition(": ")
        return [failed("connection", problem, fix)]
    except ModelNotFound as error:
        return [endpoint.refused("model", error, settings.engine)]
    except EngineError as error:
        return [endpoint.refused("connection", error, settings.engine)]
    try:
        checks = await endpoint.examine(
            model, found, nonce=secrets.token_hex(8), names=target.names
        )
        if wanted.adapter is not None:
            checks.append(await adapter.check(model, wanted.adapter))
        return checks
    finally:
        await model.aclose()


async def _embedded(wanted: Wanted, settings: Settings, found: Machine) -> list[Check]:
    chosen = await choose(
        settings.model_copy(update={"engine": "llamacpp", "endpoint": None}), session=None
    )
    checks: list[Check]
    if chosen.failure is not None:
        checks = [
            failed(
                "start",
                chosen.failure.message,
                "reviewer setup",
            )
        ]
    else:
        try:
            async with chosen.open() as model:
                assert isinstance(model, HttpModel)
                model.limits = wanted.limits
                model.deadline = asyncio.get_running_loop().time() + SERVER_SECONDS
                smoke = chosen.role == "smoke"
                checks = await endpoint.examine(
                    model, found, nonce=secrets.token_hex(8), smoke=smoke
                )
        except EngineError as error:
            checks = [
                failed(
                    "start",
                    error.message,
                    "download the model again with `reviewer model pull`, or use another one",
                )
            ]
    return [check.model_copy(update={"endpoint": "embedded"}) for check in checks]
