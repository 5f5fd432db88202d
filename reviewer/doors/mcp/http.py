"""The same tools over HTTP on the loopback interface, for hosts that cannot start a program or that
share a server.

The SDK implements the protocol; this module adds the address, the access control and the shutdown.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import sys
from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any

from reviewer import config
from reviewer.doors.mcp import address, guard, roots, server, tokens
from reviewer.doors.mcp.address import Address
from reviewer.doors.mcp.tokens import Token
from reviewer.doors.mcp.tools import Door

if TYPE_CHECKING:
    import uvicorn

PATH = "/mcp"
MAX_BODY = 1 << 20  # bytes of a request; arguments are short
MAX_SESSIONS = 64
MAX_CONNECTIONS = 256
IDLE_SECONDS = 1800.0  # an idle session ends, and so does what it started
# for the first request of a connection; else silent connections would use up the limit
HEADER_SECONDS = 5.0
CLOSE_SECONDS = 2  # for the last answers to be sent


def serve(given: Sequence[str], *, allow_apply: bool, where: str, token_file: str | None) -> None:
    """Serve the directories `given` at `where` (`[HOST:]PORT`, loopback only) until SIGINT or
    SIGTERM. Raises UsageError, ConfigError when the SDK is not installed."""
    wanted = address.parse(where)
    allowed = roots.roots(given)
    token = tokens.find(token_file, os.environ)
    door = Door(allowed, allow_apply, dict(os.environ), config.user_file())
    sock, bound = address.listen(wanted)
    with sock:
        asyncio.run(_serve(door, sock, bound, token))


async def _serve(door: Door, sock: socket.socket, bound: Address, token: Token) -> None:
    try:
        web = _web(door, bound, token)
    except ImportError:
        raise server.missing() from None
    running = asyncio.create_task(web.serve(sockets=[sock]))

    async def close() -> None:
        web.should_exit = True
        await asyncio.wait([running], timeout=CLOSE_SECONDS + 1)

    server.end_on_signals(door, close)
    _announce(bound, token)
    try:
        await running
        if web.should_exit:
            await asyncio.Event().wait()  # the process is about to end
    finally:
        await server.stop(door, server.GRACE_SECONDS)


def _web(door: Door, bound: Address, token: Token) -> uvicorn.Server:
    import uvicorn
    from mcp.server.transport_security import TransportSecuritySettings
    from uvicorn.protocols.http.h11_impl import H11Protocol

    class Connection(
        H11Protocol
    ):  # it also limits the size of headers, whatever other parsers are installed
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self.loop.call_later(HEADER_SECONDS, self.end_silence)

        def end_silence(self) -> None:
            if self.scope is None:
                self.transport.abort()

    class Web(uvicorn.Server):
        @contextlib.contextmanager
        def capture_signals(self) -> Generator[None]:
            yield  # ours handle them: reviews are stopped in order first

    origins = [
        f"{scheme}://{name}{port}"
        for scheme in ("http", "https")
        for name in address.NAMES
        for port in ("", ":*")
    ]
    app: Any = server.build(door).streamable_http_app(
        streamable_http_path=PATH,
        max_request_body_size=MAX_BODY,
        max_sessions=MAX_SESSIONS,
        session_idle_timeout=IDLE_SECONDS,
        transport_security=TransportSecuritySettings(
            allowed_hosts=sorted(bound.hosts), allowed_origins=origins
        ),
    )
    return Web(
        uvicorn.Config(
            guard.guarded(app, token.value, bound.hosts),
            lifespan="on",
            http=Connection,
            ws="none",
            interface="asgi3",
            proxy_headers=False,
            server_header=False,
            access_log=False,
            log_config=None,
            log_level="critical",
            limit_concurrency=MAX_CONNECTIONS,
            timeout_graceful_shutdown=CLOSE_SECONDS,
        )
    )


def _announce(bound: Address, token: Token) -> None:
    """Print the address to stderr. The token is shown once, and only when this run generated it."""
    shown = token.value if token.generated else f"from {token.source}"
    sys.stderr.write(f"reviewer: MCP at http://{bound.netloc}{PATH}\nreviewer: token: {shown}\n")
    sys.stderr.flush()
