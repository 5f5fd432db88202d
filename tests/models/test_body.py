"""What is read of a response's body, whatever its headers say."""

import asyncio
import gzip
import zlib

import pytest

from reviewer.models.body import Reader, Unreadable, inflated

SSE = b'\xef\xbb\xbf: hello\n\ndata: {"a": 1}\n\ndata: [DONE]\n\n'
LINES = b'\n{"a": 1}\r\n{"b": 2}\n'
PRETTY = b'{\n  "a": 1\n}\n'


def read(kind, body, size):
    reader = Reader(kind)
    found = [
        event for at in range(0, len(body), size) for event in reader.feed(body[at : at + size])
    ]
    return [event for each in (*found, *reader.end()) if (event := each.strip())]


@pytest.mark.fault("server", "a stream of events as plain text, or without a type", "it is read")
@pytest.mark.parametrize("size", [1, 2, 7, 100])
@pytest.mark.parametrize(
    ("kind", "body", "expected"),
    [
        *[
            (kind, SSE, [b'{"a": 1}', b"[DONE]"])
            for kind in ("text/event-stream", "text/plain", "", "application/json")
        ],
        *[
            (kind, LINES, [b'{"a": 1}', b'{"b": 2}'])
            for kind in ("application/x-ndjson", "text/plain", "", "text/event-stream")
        ],
        ("application/json", PRETTY, [PRETTY.strip()]),
        ("application/json", b"oops", [b"oops"]),
        ("text/event-stream", b"x: 1\ndata: 1\n\n", [b"1"]),
        ("text/event-stream", b"", []),
        ("application/octet-stream", b"data:{}", [b"{}"]),
        ("", b"{}", [b"{}"]),
    ],
)
def test_the_body_says_what_it_is(kind, body, expected, size):
    assert read(kind, body, size) == expected


@pytest.mark.parametrize(
    ("kind", "body", "name"),
    [
        ("text/html", b"data: 1\n\n", "text/html"),
        ("text/plain", b"no healthy upstream", "text/plain"),
        ("text/plain", b"ok", "text/plain"),
        ("", b"<html>", "unknown"),
        ("", b"", "unknown"),
    ],
)
def test_what_no_model_server_sends(kind, body, name):
    with pytest.raises(Unreadable, match=f"does not send responses of type {name}$"):
        read(kind, body, 4)


def plain(body, encoding, *, size=1000, most=1 << 20):
    async def pieces():
        for at in range(0, len(body), size):
            yield body[at : at + size]

    async def main():
        return [piece async for piece in inflated(pieces(), encoding, most)]

    return asyncio.run(main())


def deflated(data):
    stream = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return stream.compress(data) + stream.flush()


@pytest.mark.fault("server", "a body that a proxy has compressed unasked", "it is read")
@pytest.mark.parametrize("size", [1, 10, 5000])
@pytest.mark.parametrize(
    ("encoding", "compress"),
    [
        ("gzip", gzip.compress),
        ("GZIP, identity", gzip.compress),
        ("x-gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", deflated),
        ("identity", bytes),
        ("", bytes),
    ],
)
def test_compressed_bodies(encoding, compress, size):
    data = bytes(range(256)) * 40 + b"\0" * 300_000
    assert b"".join(plain(compress(data), encoding, size=size)) == data


def test_what_is_complete_is_passed_on_at_once():
    """A stream of events that is flushed after each of them."""
    stream = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    first = stream.compress(b"data: 1\n\n") + stream.flush(zlib.Z_SYNC_FLUSH)
    assert plain(first, "gzip") == [b"data: 1\n\n"]


@pytest.mark.fault("network", "a compressed body that becomes enormous", "refused at the limit")
def test_a_bomb_is_cut_off():
    bomb = gzip.compress(b"\0" * 50_000_000)
    with pytest.raises(Unreadable, match="larger than 100000 bytes"):
        plain(bomb, "gzip", most=100_000, size=len(bomb))
    assert len(b"".join(plain(gzip.compress(b"\0" * 100_000), "gzip", most=100_000))) == 100_000


@pytest.mark.parametrize(
    ("body", "encoding", "said"),
    [
        (b"x", "br", "compressed (br), but"),
        (b"x", "gzip, br", "compressed (gzip, br), but"),
        (b"x", "gzip, gzip", "compressed (gzip, gzip), but"),
        (b"not gzip at all", "gzip", "not validly compressed"),
        (gzip.compress(b"x", mtime=0)[:12] + b"\xff" * 20, "gzip", "not validly compressed"),
    ],
)
def test_what_cannot_be_decompressed(body, encoding, said):
    with pytest.raises(Unreadable) as caught:
        plain(body, encoding)
    assert said in str(caught.value)
