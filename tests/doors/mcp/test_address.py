"""Only the loopback interface, and no name is looked up."""

from __future__ import annotations

import socket

import pytest

from reviewer.doors.mcp.address import Address, listen, parse
from reviewer.errors import UsageError


@pytest.mark.parametrize(
    ("given", "host", "port"),
    [
        ("8811", "127.0.0.1", 8811),
        ("0", "127.0.0.1", 0),
        ("127.0.0.1:65535", "127.0.0.1", 65535),
        ("127.9.8.7:1", "127.9.8.7", 1),
        ("localhost:80", "127.0.0.1", 80),
        ("[::1]:8811", "::1", 8811),
    ],
)
def test_addresses(given, host, port):
    assert parse(given) == Address(host, port)


@pytest.mark.parametrize(
    "given",
    [
        "0.0.0.0:1",
        "[::]:1",
        "192.168.1.2:1",
        "example.com:1",
        "127.1:1",
        "0x7f000001:1",
        "[fe80::1]:1",
        ":1",
        "127.0.0.1.evil.com:1",
        "[::ffff:10.0.0.1]:1",
    ],
)
def test_addresses_that_others_could_reach(given):
    with pytest.raises(UsageError) as caught:
        parse(given)
    assert caught.value.message == (
        f"--http {given}: the server listens on this machine only: give 127.0.0.1, [::1] or"
        " localhost, and use `ssh -L` to reach it from elsewhere"
    )


@pytest.mark.parametrize(
    "given", ["", "x", "65536", "99999999", "-1", "127.0.0.1", "127.0.0.1:", "::1:80", "1\n", "٣"]
)
def test_what_is_no_address(given):
    with pytest.raises(UsageError, match="give PORT or HOST:PORT, such as"):
        parse(given)


def test_names_of_an_address():
    assert Address("127.0.0.1", 9).hosts == {"127.0.0.1:9", "localhost:9", "[::1]:9"}
    assert Address("127.0.0.2", 80).hosts == {
        f"{name}{port}"
        for name in ("127.0.0.1", "127.0.0.2", "localhost", "[::1]")
        for port in ("", ":80")
    }
    assert (Address("::1", 5).netloc, Address("127.0.0.1", 5).netloc) == ("[::1]:5", "127.0.0.1:5")


def test_a_free_port_and_one_that_is_taken():
    sock, bound = listen(Address("127.0.0.1", 0))
    with sock:
        assert bound == Address("127.0.0.1", sock.getsockname()[1])
        socket.create_connection((bound.host, bound.port)).close()
        with pytest.raises(UsageError) as caught:
            listen(bound)
    assert (
        caught.value.message
        == f"--http: cannot listen on {bound.netloc}: Address already in use; give another port, or"
        " 0 for a free one"
    )
