import json

import pytest

from reviewer.models.sse import Events

ONE, TWO = b'{"text": "caf\xc3\xa9 \xe2\x82\xac"}', b'{"n": 2}'
SPREAD = b'{"text":\n"caf\xc3\xa9 \xe2\x82\xac"}'


def read(stream: bytes, cuts: tuple[int, ...] = ()) -> list[bytes]:
    events, at, out = Events(), 0, []
    for cut in (*cuts, len(stream)):
        out += events.feed(stream[at:cut])
        at = cut
    return out + events.end()


LEGAL = {
    "LF": (b"data: %s\n\ndata: %s\n\n" % (ONE, TWO), [ONE, TWO]),
    "CR LF": (b"data: %s\r\n\r\ndata: %s\r\n\r\n" % (ONE, TWO), [ONE, TWO]),
    "CR": (b"data: %s\r\rdata: %s\r\r" % (ONE, TWO), [ONE, TWO]),
    "all three": (b"data: %s\r\n\rdata: %s\n\r\n" % (ONE, TWO), [ONE, TWO]),
    "a byte order mark": (b"\xef\xbb\xbfdata: %s\n\n" % ONE, [ONE]),
    "no blank behind the colon": (b"data:%s\n\n" % ONE, [ONE]),
    "several data lines": (b'data: {"text":\ndata: "caf\xc3\xa9 \xe2\x82\xac"}\n\n', [SPREAD]),
    "other fields": (
        b"id: 4\nretry: 10\nevent: message\ndata: %s\nfoo: bar\nnull\n\n" % ONE,
        [ONE],
    ),
    "comments": (b": hello\n\n:\n\ndata: %s\n: more\n\n" % ONE, [ONE]),
    "heartbeats": (
        b"event: ping\ndata: {}\n\nevent: heartbeat\ndata: 1\n\ndata: %s\n\n" % TWO,
        [TWO],
    ),
    "no last blank line": (b"data: %s\n\ndata: %s" % (ONE, TWO), [ONE, TWO]),
    "no blank lines at all": (
        b"data: %s\ndata: %s\ndata: [DONE]\n" % (ONE, TWO),
        [ONE, TWO, b"[DONE]"],
    ),
    "a data line without data": (b"data\n\ndata:\n\ndata: %s\n\n" % ONE, [ONE]),
    "nothing": (b"", []),
}


@pytest.mark.fault(
    "network", "a stream with CR line ends, a byte order mark, several data lines", "read"
)
@pytest.mark.parametrize("name", LEGAL)
def test_a_legal_stream_is_read_wherever_its_pieces_end(name: str) -> None:
    stream, events = LEGAL[name]
    assert read(stream) == events
    assert read(stream, tuple(range(1, len(stream)))) == events
    for cut in range(1, len(stream)):
        assert read(stream, (cut, cut)) == events


@pytest.mark.fault("network", "an error event within a stream", "an error, in the server's words")
@pytest.mark.parametrize(
    ("stream", "error"),
    [
        (
            b'event: error\ndata: {"error": {"message": "m", "code": 503}}\n\n',
            {"message": "m", "code": 503},
        ),
        (b'event: error\ndata: {"message": "m", "code": 503}\n\n', {"message": "m", "code": 503}),
        (b"event: error\ndata: out of\ndata: memory\n\n", "out of\nmemory"),
        (b'error: {"code": 500, "message": "m"}\n\n', {"code": 500, "message": "m"}),
    ],
)
def test_an_error_has_one_form(stream: bytes, error: object) -> None:
    (event,) = read(stream)
    assert json.loads(event) == {"error": error}


def test_a_whole_event_does_not_wait_for_its_blank_line() -> None:
    assert Events().feed(b"data: %s\n" % ONE) == [ONE]
