"""Where the server listens, and which host names a client on this machine may use."""

from __future__ import annotations

import ipaddress
import os
import re
import socket
from dataclasses import dataclass

from reviewer.errors import UsageError
from reviewer.text import cut, one_line

_GIVEN = re.compile(r"(?:(?:(?P<host>[^:\[\]]*)|\[(?P<six>[^\[\]]*)\]):)?(?P<port>[0-9]{1,5})")
NAMES = ("127.0.0.1", "localhost", "[::1]")  # of this machine, as in a URL


@dataclass(frozen=True)
class Address:
    """`host` is a loopback IP address; port 0 picks a free port."""

    host: str
    port: int

    @property
    def netloc(self) -> str:
        return f"{self._name}:{self.port}"

    @property
    def hosts(self) -> frozenset[str]:
        """Every Host header that means this address."""
        names = {*NAMES, self._name}
        bare = names if self.port == 80 else set()  # the port that clients leave out
        return frozenset({f"{name}:{self.port}" for name in names} | bare)

    @property
    def _name(self) -> str:
        return f"[{self.host}]" if ":" in self.host else self.host


def parse(given: str) -> Address:
    """Parse `[HOST:]PORT` with a loopback HOST. No name is resolved: `localhost` is 127.0.0.1,
    whatever a hosts file says. Raises UsageError."""
    found = _GIVEN.fullmatch(given)
    if found is None or int(found["port"]) > 65535:
        raise UsageError(
            f"--http {_shown(given)}: give PORT or HOST:PORT, such as 127.0.0.1:8811; port 0 picks"
            " a free one"
        )
    host = next((part for part in (found["host"], found["six"]) if part is not None), "127.0.0.1")
    try:
        ip = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        ip = None
    if ip is None or not ip.is_loopback:
        raise UsageError(
            f"--http {_shown(given)}: the server listens on this machine only: give 127.0.0.1,"
            " [::1] or localhost, and use `ssh -L` to reach it from elsewhere"
        )
    return Address(str(ip), int(found["port"]))


def listen(address: Address) -> tuple[socket.socket, Address]:
    """A listening socket, and its address with the real port. Raises UsageError."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    try:
        made = socket.create_server((address.host, address.port), family=family)
    except OSError as exc:
        why = os.strerror(exc.errno or 0)  # its own text names the address once more
        raise UsageError(
            f"--http: cannot listen on {address.netloc}: {why}; give another port, or 0 for a"
            " free one"
        ) from None
    return made, Address(address.host, made.getsockname()[1])


def _shown(given: str) -> str:
    return cut(one_line(given), 200) or "(empty)"
