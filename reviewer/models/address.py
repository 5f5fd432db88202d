"""The address of a server, as people write it."""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from reviewer.errors import UsageError

VERSION = "/v1"  # where OpenAI-style servers have their API, unless the address says otherwise
_SUFFIX = re.compile(r"(?:/(?:chat/)?completions|/models|/api/(?:chat|tags|generate))?/*\Z")
_NUMERIC = re.compile(r"(?:0x[0-9a-f]+|[0-9]+)(?:\.(?:0x[0-9a-f]+|[0-9]+)){0,3}\.?")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`url` has no trailing slash and no version. `version` is what stands between it and the paths
    of an OpenAI-style API, such as `/v1`, or "" where the URL holds it. `socket` is the path of a
    Unix socket, then `url` is a placeholder. `local` means that nothing leaves this machine."""

    url: str
    socket: str | None
    local: bool
    version: str = VERSION

    def __str__(self) -> str:
        return f"unix:{self.socket}" if self.socket else self.url

    def path(self, path: str) -> str:
        """The path of the request for `path`, which begins with /v1 if it has a version."""
        known = path == VERSION or path.startswith(f"{VERSION}/")
        return self.version + path.removeprefix(VERSION) if known else path

    @property
    def is_open(self) -> bool:
        """Whether others on the way can read what is sent."""
        return not self.local and self.url.startswith("http:")


def endpoint(address: str) -> Endpoint:
    """`http://host:port`, with or without a path, /v1 or a trailing slash; `host:port`;
    `[::1]:8000`; `unix:/path`.

    Raises UsageError for anything else. An address with a password in it is refused, and never
    repeated; so is one with a query string, which may hold a key.
    """
    address = address.strip()
    if address.startswith("unix:"):
        return Endpoint("http://localhost", "/" + address.removeprefix("unix:").lstrip("/"), True)
    if "@" in address:
        raise UsageError(
            "the endpoint holds a user name or password; give the key in REVIEWER_API_KEY instead"
        )
    if "?" in address:
        raise UsageError(
            "the endpoint has a query string, which is not supported; give the address without it,"
            " and a key in REVIEWER_API_KEY"
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
        or parts.fragment
        or not address.isprintable()
    ):
        raise wrong
    host, local = machine(host)
    name = f"[{host}]" if ":" in host else host
    path = _SUFFIX.sub("", parts.path).removesuffix(VERSION).rstrip("/")
    return Endpoint(
        f"{parts.scheme}://{name}{'' if port is None else f':{port}'}{path}", None, local
    )


def machine(host: str) -> tuple[str, bool]:
    """(the name to connect to, whether it is this machine). Nothing is resolved: of names, only
    `localhost` is this machine, since anything else may lead anywhere. A numeric address is written
    out, so that what was judged is what is connected to."""
    host = host.lower()
    if host.removesuffix(".") == "localhost":
        return "localhost", True
    if _NUMERIC.fullmatch(host):
        try:
            host = socket.inet_ntoa(socket.inet_aton(host.removesuffix(".")))
        except OSError:
            return host, False
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host, False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    known = mapped or address
    return host, known.is_loopback or known.is_unspecified
