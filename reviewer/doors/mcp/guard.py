"""Access control over HTTP: programs on this machine that know the token get in, web pages do not.

A page in a browser can send requests to 127.0.0.1 and, with DNS rebinding, even read the answers.
So the Host header must name this machine, and so must an Origin, which only browsers send.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from reviewer.doors.mcp.address import NAMES
from reviewer.models.address import machine

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]
Headers = Iterable[tuple[bytes, bytes]]
CHALLENGE = 'Bearer realm="reviewer"'
Refusal = tuple[int, str, str]  # status, text, WWW-Authenticate or ""


def guarded(app: App, token: str, hosts: frozenset[str]) -> App:
    """`app` behind the checks, as an ASGI application. A refused request never reaches it, and its
    body is not read."""

    async def guard(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await app(scope, receive, send)
        refusal = check(scope["headers"], token, hosts)
        if refusal:
            return await _refuse(send, refusal)
        return await app({**scope, "headers": _plain(scope["headers"])}, receive, send)

    return guard


def check(headers: Headers, token: str, hosts: frozenset[str]) -> Refusal | None:
    """Why a request is refused; None when it is accepted. A repeated header is never trusted."""
    given: dict[bytes, list[bytes]] = {}
    for name, value in headers:
        given.setdefault(name.lower(), []).append(value)
    host = given.get(b"host", [])
    if len(host) != 1 or _named(host[0]) not in hosts:
        return 421, "the Host header names another machine", ""
    if not all(_local(origin.decode("latin-1")) for origin in given.get(b"origin", [])):
        return 403, "web pages of other origins may not call this server", ""
    shown = given.get(b"authorization", [])
    if not shown:
        return 401, "send the token as Authorization: Bearer TOKEN", CHALLENGE
    if len(shown) != 1 or not _is_token(shown[0], token):
        return 401, "wrong token", f'{CHALLENGE}, error="invalid_token"'
    return None


def _named(host: bytes) -> str:
    """A Host header in its usual form: `LOCALHOST`, `localhost.` and `127.1` are other spellings of
    this machine, and no name is resolved."""
    name, colon, port = host.decode("latin-1").rpartition(":")
    if not colon or not port.isdecimal():
        name, colon, port = host.decode("latin-1"), "", ""
    if name.startswith("["):
        return f"{name.lower()}{colon}{port}"
    return f"{machine(name)[0]}{colon}{port}"


def _plain(headers: Headers) -> list[tuple[bytes, bytes]]:
    """The headers as the SDK compares them: letter by letter."""
    usual = {b"host": lambda value: _named(value).encode("latin-1"), b"origin": bytes.lower}
    return [
        (name, usual[name.lower()](value) if name.lower() in usual else value)
        for name, value in headers
    ]


def _local(origin: str) -> bool:
    """Whether an Origin is on this machine, with any port: scheme, host and port, and nothing
    else."""
    try:
        parts = urlsplit(origin)
        port = parts.port
    except ValueError:
        return False
    name = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    whole = f"{parts.scheme}://{name}" + (f":{port}" if port is not None else "")
    return parts.scheme in ("http", "https") and name in NAMES and origin.lower() == whole


def _is_token(shown: bytes, token: str) -> bool:
    """Compare in constant time."""
    scheme, _, value = shown.partition(b" ")
    return secrets.compare_digest(value.strip(b" "), token.encode()) and scheme.lower() == b"bearer"


async def _refuse(send: Send, refusal: Refusal) -> None:
    status, text, challenge = refusal
    body = f"{text}\n".encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    if challenge:
        headers.append((b"www-authenticate", challenge.encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
