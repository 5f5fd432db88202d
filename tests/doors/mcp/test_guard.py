"""Who comes in, by the headers of a request. The rest of the door is tested over sockets, in
test_http.py."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from reviewer.doors.mcp.address import Address
from reviewer.doors.mcp.guard import CHALLENGE, check, guarded

TOKEN = "correct-horse-battery"
HOSTS = Address("127.0.0.1", 8811).hosts
INVALID = f'{CHALLENGE}, error="invalid_token"'


def status(**headers: str | list[str] | None) -> int | None:
    """What a good request gets after these changes; None when it is let in."""
    given: dict[str, Any] = {"host": "127.0.0.1:8811", "authorization": f"Bearer {TOKEN}"} | headers
    pairs = [
        (name.encode(), each.encode("latin-1"))
        for name, value in given.items()
        for each in ([] if value is None else [value] if isinstance(value, str) else value)
    ]
    refusal = check(pairs, TOKEN, HOSTS)
    return refusal and refusal[0]


@pytest.mark.fault(
    "network", "`Host: LOCALHOST`, `localhost.` or `127.1`", "accepted as this machine"
)
@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1:8811",
        "localhost:8811",
        "LocalHost:8811",
        "localhost.:8811",
        "127.1:8811",
        "0x7F.0.0.1:8811",
        "[::1]:8811",
    ],
)
def test_hosts(host):
    assert status(host=host) is None


@pytest.mark.parametrize(
    "host",
    [
        None,
        "",
        "127.0.0.1",
        "127.0.0.1:80",
        "evil.com:8811",
        "127.0.0.1.evil.com:8811",
        "127.0.0.1:8811.evil.com",
        "localhost:8811@evil.com",
        " 127.0.0.1:8811",
        "127.0.0.2:8811",
        "127.1.evil.com:8811",
        "localhost..:8811",
        "[::1].evil.com:8811",
        "evil.localhost:8811",
        "0.0.0.0:8811",
        ["127.0.0.1:8811"] * 2,
    ],
)
def test_other_hosts(host):
    assert status(host=host) == 421


@pytest.mark.parametrize(
    "origin",
    [None, "http://127.0.0.1:8811", "http://localhost:3000", "https://localhost", "http://[::1]:5"],
)
def test_origins(origin):
    assert status(origin=origin) is None


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "null",
        "http://evil.com",
        "http://localhost.evil.com",
        "http://evil.com#localhost",
        "file://",
        "localhost",
        "http://localhost@evil.com",
        "http://evil@localhost",
        "http://localhost:80/",
        "http://localhost:99999",
        "http://localhost:x",
        "http://[::1",
        "chrome-extension://localhost",
        "http://127.0.0.1.:80",
        "http://\xfflocalhost",
        ["http://localhost", "http://evil.com"],
    ],
)
def test_other_origins(origin):
    assert status(origin=origin) == 403


@pytest.mark.parametrize("shown", [f"Bearer {TOKEN}", f"bearer {TOKEN}", f"BEARER   {TOKEN}"])
def test_the_token(shown):
    assert status(authorization=shown) is None


@pytest.mark.parametrize(
    "shown",
    [
        None,
        "",
        TOKEN,
        "Bearer",
        "Bearer ",
        f"Basic {TOKEN}",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}",
        f"Bearer {TOKEN.upper()}",
        f"Bearer\t{TOKEN}",
        f"Bearer {TOKEN} {TOKEN}",
        "Bearer \xff",
        [f"Bearer {TOKEN}"] * 2,
    ],
)
def test_other_tokens(shown):
    assert status(authorization=shown) == 401


def test_the_challenge():
    host = (b"host", b"localhost:8811")
    assert check([host], TOKEN, HOSTS) == (
        401,
        "send the token as Authorization: Bearer TOKEN",
        CHALLENGE,
    )
    assert check([host, (b"Authorization", b"Bearer x")], TOKEN, HOSTS) == (
        401,
        "wrong token",
        INVALID,
    )


def test_what_is_refused_never_reaches_the_application():
    reached: list[str] = []
    sent: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        reached.append(scope["type"])

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        raise AssertionError("the body of a refused request is not read")

    async def go() -> None:
        guard = guarded(app, TOKEN, HOSTS)
        await guard({"type": "http", "headers": [(b"host", b"localhost:8811")]}, receive, send)
        assert reached == []
        await guard({"type": "websocket", "headers": [(b"host", b"localhost:8811")]}, receive, send)
        assert reached == []
        await guard({"type": "lifespan"}, receive, send)

    asyncio.run(go())
    assert reached == ["lifespan"]
    assert sent[:2] == [
        {
            "type": "http.response.start",
            "status": 401,
            "headers": [
                (b"content-type", b"text/plain; charset=utf-8"),
                (b"content-length", b"46"),
                (b"connection", b"close"),
                (b"www-authenticate", CHALLENGE.encode()),
            ],
        },
        {"type": "http.response.body", "body": b"send the token as Authorization: Bearer TOKEN\n"},
    ]
