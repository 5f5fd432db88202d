"""The address of a server, as people write it."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from reviewer.errors import UsageError

if TYPE_CHECKING:
    pass


_SUFFIX = re.compile(
    r"(?:/v1)?(?:/chat/completions|/completions|/models)?/*\Z|/api(?:/chat|/tags)?/*\Z"
)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`url` has no trailing slash and no /v1. `socket` is the path of a Unix socket, then `url` is
    a placeholder."""

    url: str
    socket: str | None
    local: bool

    def __str__(self) -> str:
        return f"unix:{self.socket}" if self.socket else self.url


def endpoint(address: str) -> Endpoint:
    """`http://host:port`, with or without a path, /v1 or a trailing slash; `host:port`;
    `[::1]:8000`; `unix:/path`.

    Raises UsageError for anything else. An address with a password in it is refused, and never
    repeated.
    """
    address = address.strip()
    if address.startswith("unix:"):
        return Endpoint("http://localhost", "/" + address.removeprefix("unix:").lstrip("/"), True)
    if "@" in address:
        raise UsageError(
            "the endpoint holds a user name or password; give the key in REVIEWER_API_KEY instead"
        )
    wrong = UsageError(
        f"--endpoint {address!r} is not a server address; give one such as http://127.0.0.1:8000/v1"
    )
    try:
        parts = urlsplit(address if "://" in address else f"http://{address}")
        host, port = parts.hostname, parts.port
    except ValueError:
        raise wrong from None
    if (
        not host
        or parts.scheme not in ("http", "https")
        or parts.query
        or parts.fragment
        or not address.isprintable()
    ):
        raise wrong
    name = f"[{host}]" if ":" in host else host
    path = _SUFFIX.sub("", parts.path)
    return Endpoint(
        f"{parts.scheme}://{name}{'' if port is None else f':{port}'}{path}", None, _is_local(host)
    )


def _is_local(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
