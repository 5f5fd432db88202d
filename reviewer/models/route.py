"""The way to a server as the environment describes it: the proxy, and the certificates to trust.

httpx would read the same variables, but all of them for every server: an entry of NO_PROXY that is
about another machine, or a proxy for another scheme, would stop it.
"""

from __future__ import annotations

import ipaddress
import os
import re
import ssl
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import getproxies

from reviewer import installer, text
from reviewer.errors import EngineUnreachable
from reviewer.models.address import Endpoint

if TYPE_CHECKING:
    import httpx

_PORTS = {"http": 80, "https": 443}
_ENTRY = re.compile(r"(\[[^\]]*\](?:/[0-9]+)?|[^:]*)(?::([0-9]{1,5}))?")  # host or [host], port


def proxy(server: Endpoint) -> httpx.Proxy | None:
    """The proxy for `server`, None for a direct connection; a server on this machine needs none.

    Raises EngineUnreachable, which names the variable, when it cannot be used."""
    if server.local:
        return None
    import httpx

    parts, known = urlsplit(server.url), getproxies()
    kind = parts.scheme if known.get(parts.scheme) else "all"
    address = known.get(kind)
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    if not address or _spares(known.get("no", ""), parts.scheme, host, port):
        return None
    variable = _variable(f"{kind}_proxy")
    try:
        found = httpx.Proxy(address if "://" in address else f"http://{address}")
        if not found.url.host:
            raise ValueError("no host")
    except (httpx.InvalidURL, ValueError):  # its text may hold a password
        raise EngineUnreachable(
            f"{variable} is not the address of a proxy; set it to one such as"
            " http://proxy.example:3128, or unset it"
        ) from None
    if found.url.scheme.startswith("socks") and find_spec("socksio") is None:
        raise EngineUnreachable(
            f"{variable} names a SOCKS proxy, which needs the package socksio; install it"
            f" ({installer.package('socksio')}), or set NO_PROXY={host} to connect directly"
        )
    if found.url.scheme == "https":
        found.ssl_context = certificates()
    return found


def _variable(name: str) -> str:
    """How the environment spells a variable; the system's settings have the same names."""
    return next((each for each in (name, name.upper()) if os.environ.get(each)), name.upper())


def _spares(listed: str, scheme: str, host: str, port: int) -> bool:
    """Whether NO_PROXY covers the server: with `*`, a name (and all below it), `.example.com` (only
    those below), an address or a network. Each may have a scheme and a port. What is none of these
    covers nothing."""
    host = host.rstrip(".")
    return any(_covers(each.strip().lower(), scheme, host, port) for each in listed.split(","))


def _covers(entry: str, scheme: str, host: str, port: int) -> bool:
    only, _, entry = entry.rpartition("://")
    parts = _ENTRY.fullmatch(entry)
    name, number = parts.groups() if parts else (entry, None)  # else an IPv6 address
    if (only not in ("", "all", scheme)) or (number and int(number) != port):
        return False
    if name == "*":
        return True
    try:
        network = ipaddress.ip_network(name.replace("[", "").replace("]", ""), strict=False)
        return ipaddress.ip_address(host) in network
    except ValueError:
        name = name.removeprefix("*").rstrip(".")
        return bool(name) and (host == name or host.endswith(f".{name.removeprefix('.')}"))


def certificates() -> ssl.SSLContext:
    """What a server's certificate is checked with: SSL_CERT_FILE, SSL_CERT_DIR, or those that came
    with the package certifi.

    Raises EngineUnreachable, which names the variable, when they cannot be read."""
    import certifi

    variable, place = "", certifi.where()
    for each in ("SSL_CERT_DIR", "SSL_CERT_FILE"):
        if given := os.environ.get(each):
            variable, place = each, given
    is_folder = variable == "SSL_CERT_DIR"
    try:
        if is_folder:
            # OpenSSL says nothing about a folder that it cannot read.
            next(Path(place).iterdir(), None)
            return ssl.create_default_context(capath=place)
        return ssl.create_default_context(cafile=place)
    except OSError as error:
        if error.filename and error.filename == os.environ.get("SSLKEYLOGFILE"):
            raise EngineUnreachable(
                f"SSLKEYLOGFILE names {_shown(error.filename)}, which cannot be written"
                f" ({error.strerror}); unset it"
            ) from None
        reason = "no PEM certificates" if isinstance(error, ssl.SSLError) else error.strerror
        what = "a folder of certificates" if is_folder else "a file of PEM certificates"
        raise EngineUnreachable(
            f"{variable} names {_shown(place)}, which cannot be used ({reason}); set it to {what},"
            " or unset it"
            if variable
            else f"the certificates in {_shown(place)} cannot be used ({reason}); reinstall the"
            " package certifi, or set SSL_CERT_FILE"
        ) from None


def _shown(path: str) -> str:
    return text.cut(text.one_line(path), 200)
