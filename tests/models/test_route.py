"""What the environment says about the way to a server."""

import asyncio
import ssl

import pytest
from support.server import Server

from reviewer.errors import EngineUnreachable
from reviewer.models import connect, route
from reviewer.models.address import endpoint
from reviewer.models.wire import Limits, client

VARIABLES = (
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE"),
)


@pytest.fixture(autouse=True)
def clean(monkeypatch):
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def made(address, monkeypatch, **variables):
    """The client's problem with this environment; "" where there is none."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    async def main():
        await client(endpoint(address), None, Limits()).aclose()

    try:
        asyncio.run(main())
    except EngineUnreachable as error:
        return str(error)
    return ""


def spared(address, monkeypatch, listed):
    monkeypatch.setenv("HTTP_PROXY", "http://proxy:1")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:1")
    monkeypatch.setenv("NO_PROXY", listed)
    return route.proxy(endpoint(address)) is None


@pytest.mark.fault("server", "a SOCKS proxy in the environment", "the missing package is named")
@pytest.mark.parametrize("variable", ["ALL_PROXY", "all_proxy", "HTTPS_PROXY"])
def test_a_socks_proxy_needs_a_package(monkeypatch, variable):
    said = made("https://gpu.example", monkeypatch, **{variable: "socks5h://127.0.0.1:1"})
    assert said == (
        f"{variable} names a SOCKS proxy, which needs the package socksio; install it (pip install"
        " socksio), or set NO_PROXY=gpu.example to connect directly"
    )
    monkeypatch.setenv("NO_PROXY", "gpu.example")
    assert made("https://gpu.example", monkeypatch) == ""


@pytest.mark.fault(
    "server",
    "a proxy variable that holds no valid address",
    "the variable is named, its password not shown",
)
@pytest.mark.parametrize(
    "value", ["ftp://u:pass@h:1", "http://u:pass@h:port", "http://", ":3128", "http://pass@[::1"]
)
def test_an_address_that_is_no_proxy(monkeypatch, value):
    assert made("http://gpu.example", monkeypatch, HTTP_PROXY=value) == (
        "HTTP_PROXY is not the address of a proxy; set it to one such as"
        " http://proxy.example:3128, or unset it"
    )


@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "http://localhost", "unix:/tmp/s"])
def test_this_machine_needs_no_proxy_and_no_certificates(monkeypatch, address):
    assert made(address, monkeypatch, ALL_PROXY="socks5://h:1", SSL_CERT_FILE="/none") == ""


@pytest.mark.fault("server", "a proxy for another scheme", "it is ignored")
def test_only_the_proxy_of_its_own_scheme_counts(monkeypatch):
    assert made("http://gpu.example", monkeypatch, HTTPS_PROXY="socks5://h:1") == ""
    monkeypatch.setenv("ALL_PROXY", "one:1")
    monkeypatch.setenv("HTTP_PROXY", "https://u:p@two:2")
    found = route.proxy(endpoint("http://gpu.example"))
    assert found is not None
    assert (str(found.url), found.auth) == ("https://two:2", ("u", "p"))
    assert isinstance(found.ssl_context, ssl.SSLContext)
    monkeypatch.delenv("HTTP_PROXY")
    assert str(route.proxy(endpoint("http://gpu.example")).url) == "http://one:1"


@pytest.mark.parametrize(
    ("listed", "address"),
    [
        ("*", "http://a.example"),
        ("x, a.example ,", "http://a.example"),
        ("EXAMPLE", "http://a.example"),
        (".example", "http://a.example"),
        ("*.example", "http://a.example"),
        ("a.example:80", "http://a.example"),
        ("a.example:443", "https://a.example"),
        ("http://a.example", "http://a.example"),
        ("all://a.example:80", "http://a.example"),
        ("10.0.0.0/8", "http://10.1.2.3"),
        ("10.1.2.3", "http://10.1.2.3:8000"),
        ("10.1.2.3:8000", "http://10.1.2.3:8000"),
        ("fd07:b51a:cc66:f0::/64", "http://[fd07:b51a:cc66:f0::5]:8000"),
        ("[fd07::]/16", "http://[fd07::1]"),
        ("fd07::1", "http://[fd07:0::1]"),
        ("[fd07::1]:80", "http://[fd07::1]"),
    ],
)
def test_what_needs_no_proxy(monkeypatch, listed, address):
    assert spared(address, monkeypatch, listed)


@pytest.mark.fault("server", "NO_PROXY with an IPv6 network", "it is understood")
@pytest.mark.parametrize(
    ("listed", "address"),
    [
        ("", "http://a.example"),
        (",., ,*:81", "http://a.example"),
        ("example", "http://an-example"),
        (".a.example", "http://a.example"),
        ("b.a.example", "http://a.example"),
        ("a.example:81", "http://a.example"),
        ("a.example:81:82", "http://a.example"),
        ("https://a.example", "http://a.example"),
        ("10.0.0.0/8", "http://11.1.2.3"),
        ("10.0.0.0/99", "http://10.0.0.0"),
        ("fe11::/16,fd07:b51a:cc66:f0::/64,[::1],::1", "http://a.example"),
        ("fd07::/16", "http://[fd08::1]"),
        ("[fd07::1]:81", "http://[fd07::1]"),
        ("0.0.0.0/0", "http://[fd07::1]"),
    ],
)
def test_what_needs_the_proxy(monkeypatch, listed, address):
    assert not spared(address, monkeypatch, listed)


def test_requests_go_through_the_proxy(monkeypatch):
    with Server([]) as server:
        monkeypatch.setenv("HTTP_PROXY", server.url)
        with pytest.raises(EngineUnreachable):
            asyncio.run(connect("http://gpu.example:8000"))
        assert {"http://gpu.example:8000/version"} <= {asked.path for asked in server.asked}


@pytest.mark.fault(
    "server", "SSL_CERT_FILE is missing or not PEM", "the variable and the file are named"
)
@pytest.mark.parametrize(
    ("variable", "content", "said"),
    [
        ("SSL_CERT_FILE", None, "(No such file or directory); set it to a file of PEM"),
        ("SSL_CERT_FILE", b"", "(no PEM certificates); set it to a file of PEM certificates"),
        ("SSL_CERT_FILE", b"\x30\x82\0", "(no PEM certificates)"),
        ("SSL_CERT_DIR", None, "(No such file or directory); set it to a folder of certificates"),
        ("SSL_CERT_DIR", b"", "(Not a directory)"),
        ("SSLKEYLOGFILE", None, "which cannot be written (No such file or directory); unset it"),
    ],
)
def test_certificates_that_cannot_be_used(monkeypatch, tmp_path, variable, content, said):
    path = tmp_path / "gone" / "a.pem"
    if content is not None:
        path.parent.mkdir()
        path.write_bytes(content)
    found = made("https://gpu.example", monkeypatch, **{variable: str(path)})
    assert found.startswith(f"{variable} names {path}, which cannot be")
    assert said in found
    assert made("http://gpu.example", monkeypatch) == ""


def test_certificates_that_can_be_used(monkeypatch, tmp_path):
    assert route.certificates().cert_store_stats()["x509_ca"] > 10
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    assert route.certificates().cert_store_stats()["x509_ca"] == 0


def test_the_certificates_of_the_package_are_gone(monkeypatch):
    monkeypatch.setattr("certifi.where", lambda: "/none")
    assert made("https://gpu.example", monkeypatch) == (
        "the certificates in /none cannot be used (No such file or directory); reinstall the"
        " package certifi, or set SSL_CERT_FILE"
    )
