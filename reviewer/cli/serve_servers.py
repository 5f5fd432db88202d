"""The servers that `reviewer serve start` has started: which ones the options select, whether they
answer, and how they are shown."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reviewer.errors import UsageError

if TYPE_CHECKING:
    from reviewer.serving.registry import Server


_WHICH = [
    click.option("--port", type=click.IntRange(1, 65535), help="The server at this port."),
    click.option("--uds", metavar="PATH", help="The server at this Unix socket."),
]


def which(function: Any) -> Any:
    for option in reversed(_WHICH):
        function = option(function)
    return function


def matching(port: int | None, uds: str | None) -> tuple[Server, ...]:
    from reviewer.serving import registry

    wanted = _endpoint(port, uds)
    return tuple(
        server
        for server in registry.running(starting=True)
        if wanted is None or server.endpoint == wanted
    )


def _endpoint(port: int | None, uds: str | None) -> str | None:
    if uds is not None:
        return f"unix:{Path(uds).expanduser().absolute()}"
    return None if port is None else f"http://127.0.0.1:{port}"


def log_of(port: int | None, uds: str | None) -> Path:
    from reviewer.serving import registry

    servers = matching(port, uds)
    if len(servers) > 1:
        raise UsageError(
            "several servers are running: choose one with --port or --uds; `reviewer serve status`"
            " lists them"
        )
    if servers:
        return Path(servers[0].log)
    where = registry.folder()
    endpoint = _endpoint(port, uds)
    old = [where / f"{registry.stem(endpoint)}.log"] if endpoint else list(where.glob("*.log"))
    newest = max(
        (path for path in old if path.is_file()),
        key=lambda path: path.stat().st_mtime,
        default=None,
    )
    if newest is None:
        raise UsageError(
            "there is no log, since no server was started: start one with `reviewer serve start`"
        )
    return newest


async def states_of(servers: tuple[Server, ...]) -> list[str]:
    return list(await asyncio.gather(*map(_state, servers)))


async def _state(server: Server) -> str:
    from reviewer import models
    from reviewer.errors import EngineError
    from reviewer.models.wire import Limits
    from reviewer.serving.programs import dialect

    if not server.ready:
        return "is starting"
    try:
        model = await models.connect(
            server.endpoint,
            engine=dialect(server.engine),
            model=server.model,
            key=server.key,
            limits=Limits(connect=2.0, progress=3.0),
        )
    except EngineError:
        return "does not answer"
    await model.aclose()
    return "answers"


def show(servers: tuple[Server, ...], states: list[str]) -> None:
    from reviewer.text import one_line

    for server, state in zip(servers, states, strict=True):
        age = datetime.now(UTC) - datetime.fromisoformat(server.started)
        version = f" {one_line(server.version)}" if server.version else ""
        click.echo(
            f"{one_line(server.endpoint)}  {state}  {one_line(server.model)}"
            f" ({server.engine}{version}), process {server.pid}, for {str(age).partition('.')[0]}"
        )
        click.echo(f"  log {one_line(server.log)}")
    if not servers:
        click.echo("No server is running: start one with `reviewer serve start --detach`.")


def row(server: Server, state: str) -> dict[str, Any]:
    return {
        "engine": server.engine,
        "model": server.model,
        "endpoint": server.endpoint,
        "pid": server.pid,
        "started": server.started,
        "command": list(server.command),
        "log": server.log,
        "version": server.version,
        "host": server.host,
        "ready": server.ready,
        "state": state,
    }
