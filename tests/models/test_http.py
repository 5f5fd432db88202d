"""What goes wrong between a client and a model server, and what must come of it."""

import asyncio
import gzip
import json
import socket
import time
from dataclasses import replace

import pytest
from support.server import (
    Server,
    chunk,
    close,
    close_after,
    drip,
    event,
    finish,
    http,
    raw,
    reply,
    reset,
    sse,
    stall,
    status,
    stream,
    usage,
)

from reviewer.errors import AuthFailed, EngineError, EngineUnreachable, ModelNotFound, OutOfTime
from reviewer.messages import Prompt, Reply, Usage
from reviewer.models import connect
from reviewer.models.base import PromptTooLong, Schema
from reviewer.models.faults import Tries
from reviewer.models.wire import Limits, Refused

SCHEMA = Schema(
    "reply", {"type": "object", "properties": {"ok": {"type": "boolean"}}, "required": ["ok"]}
)
PROMPT = Prompt("rules", "hunk", 100)
TEXT = '{"ok":true}'
GET = {
    "/version": {"version": "0.33.0"},
    "/v1/models": {"data": [{"id": "gemma-4", "owned_by": "vllm", "max_model_len": 8192}]},
}
# What ends at one of the limits says so; everything else has time, however busy the machine is.
LIMITS = Limits(
    connect=60, first_byte=60, progress=60, total=180, patience=0.3, backoff=0.01, max_wait=0.3
)
STALLS = replace(LIMITS, progress=1)
OK = Reply(TEXT, False, Usage(1, 100, 0, 10))
GOOD = sse(TEXT)
KEY = "sk-secret-0123456789"


async def call(server, *, calls=1, limits=LIMITS, key=None, tokens=None, **options):
    model = await connect(server.url, key=key, **options)
    model.limits = limits
    try:
        first = (lambda: None) if tokens is None else (lambda: tokens.append(time.monotonic()))
        return [await model.complete(PROMPT, SCHEMA, first_token=first) for _ in range(calls)]
    finally:
        await model.aclose()


def outcome(*chat, **options):
    """(replies or error, requests that the server got) of one call, or more, against these
    answers."""
    with Server(chat, GET) as server:
        try:
            result = asyncio.run(call(server, **options))
        except (EngineError, PromptTooLong, OutOfTime) as error:
            result = error
        return result, len(server.chats)


BAD_JSON = stream(event(chunk('{"ok"')), b'data: {"choices": [\n\n')
NO_FINISH = sse(TEXT, done=False)
UNFINISHED = stream(event(chunk('{"ok"')))
RETRIED = {
    **{
        f"HTTP {code}": status(code, "try later")
        for code in (408, 409, 425, 429, 500, 502, 503, 504)
    },
    "a 502 page": http(502, b"<html>bad gateway</html>", "text/html"),
    "reset before the first byte": reset,
    "closed before the first byte": close,
    "half a header": raw(b"HTTP/1.1 200 OK\r\ncontent-ty"),
    "no HTTP": raw(b"220 smtp.example.org ESMTP\r\n"),
    "a transfer encoding that is not chunked": raw(
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n"
    ),
    "a million headers": raw(b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 1_000_000),
    "reset in the stream": stream(event(chunk('{"ok"')), 0.05, reset),
    "closed in the stream": stream(event(chunk('{"ok"')), close),
    "the end without the end": UNFINISHED,
    "a stream that stands still": stream(event(chunk('{"ok"')), stall),
    "a broken event": BAD_JSON,
    "an event that is deep": stream(event(b"[" * 100_000)),
    "an error event without a key": stream(b'event: error\ndata: {"message": "dead"}\n\n'),
    "an error in a 200": reply({"error": "model is overloaded"}),
    "an error event": stream(event({"error": {"message": "EngineDeadError", "code": 500}})),
}


def _limits(fault):
    return STALLS if fault == "a stream that stands still" else LIMITS


@pytest.mark.parametrize("fault", RETRIED)
def test_a_fault_that_passes_costs_a_retry(fault):
    tokens = []
    result, requests = outcome(RETRIED[fault], GOOD, tokens=tokens, limits=_limits(fault))
    assert (result, requests) == ([OK], 2)
    assert len(tokens) == 1


@pytest.mark.parametrize("fault", RETRIED)
def test_a_fault_that_stays_ends_in_one_clear_error(fault):
    result, requests = outcome(RETRIED[fault], limits=_limits(fault))
    assert isinstance(result, EngineError)
    assert str(result).startswith("http://127.0.0.1:")
    assert "reviewer doctor" in str(result)
    assert str(result).isprintable()
    assert 3 <= requests <= 4  # four where the first was replayed on a new connection


FINAL = {
    "never answers": (stall, EngineUnreachable, "no response within 1 s"),
    "drips": (drip, EngineUnreachable, "the response stalled for 1 s"),
    "HTTP 400": (
        status(400, "temperature must be positive"),
        EngineError,
        "HTTP 400: temperature must be positive",
    ),
    "HTTP 401": (status(401, "bad key"), AuthFailed, "REVIEWER_API_KEY"),
    "HTTP 403": (status(403), AuthFailed, "REVIEWER_API_KEY"),
    "no such path": (
        http(404, b"<html>", "text/html"),
        EngineUnreachable,
        "has no /v1/chat/completions",
    ),
    "no such model": (
        status(404, "The model `x` does not exist"),
        ModelNotFound,
        "no model gemma-4; it has gemma-4",
    ),
    "HTTP 418": (
        status(418, "tea\x1b[2J\u202e\nmore"),
        EngineError,
        r"HTTP 418: tea\u{1b}[2J\u{202e}\nmore",
    ),
    "HTTP 422": (status(422, "max_tokens: not an integer"), EngineError, "HTTP 422"),
    "a redirect": (
        http(307, b"", location="http://example.org/v1"),
        EngineUnreachable,
        "redirects (HTTP 307)",
    ),
    "a page": (
        http(200, b"<html>Welcome</html>", "text/html"),
        EngineUnreachable,
        "of type text/html",
    ),
    "no type": (raw(b"HTTP/1.1 200 OK\r\n\r\n<p>"), EngineUnreachable, "of type unknown"),
    "an error page that is compressed": (
        http(400, gzip.compress(b"no, \xf0"), content_encoding="gzip"),
        EngineError,
        "HTTP 400: no, \ufffd",
    ),
    "an error page in a compression unknown to us": (
        http(400, b"no", content_encoding="br"),
        EngineError,
        "HTTP 400: (no message)",
    ),
    "HTTP 204": (http(204, b""), EngineError, "HTTP 204"),
    "brotli": (http(200, b"{}", content_encoding="br"), EngineUnreachable, "compressed (br)"),
    "no deflate": (
        http(200, b"no deflate", content_encoding="deflate"),
        EngineUnreachable,
        "the response is not validly compressed",
    ),
}


@pytest.mark.fault(
    "network",
    "a web page, a redirect or a body in an unknown compression in place of a reply",
    "an error, at once",
)
@pytest.mark.parametrize("fault", FINAL)
def test_what_is_not_tried_again(fault):
    answer, kind, said = FINAL[fault]
    waits = {"drips": replace(STALLS, retries=0), "never answers": replace(LIMITS, first_byte=1)}
    result, requests = outcome(answer, limits=waits.get(fault, LIMITS))
    assert (type(result), requests) == (kind, 1)
    assert said in str(result)
    assert str(result).isprintable()


@pytest.mark.parametrize(
    "answer",
    [
        http(200, b" " * 300_000),
        stream(*[event(chunk("x" * 50_000))] * 6),
        stream(b"data: " + b"x" * 300_000),
        stream(*[b": still here\n\n" * 2_000] * 20),
    ],
)
def test_a_huge_body_is_cut_off(answer):
    result, requests = outcome(answer, limits=replace(LIMITS, max_bytes=100_000))
    assert isinstance(result, EngineUnreachable) or result[0].cut
    assert requests == 1


def test_a_huge_error_body_is_not_read_to_its_end():
    result, _ = outcome(http(400, b"no " * 3_000_000, "text/plain"))
    assert str(result).startswith("http://127.0.0.1:")
    assert len(str(result)) < 500


def test_comments_do_not_count_as_progress():
    alive = stream(event(chunk("{")), *[b": ping\n\n", 0.1] * 20)
    result, requests = outcome(alive, limits=replace(STALLS, retries=0))
    assert (type(result), requests) == (EngineUnreachable, 1)
    assert "stalled" in str(result)


def test_the_total_deadline_ends_a_stream_that_goes_on():
    slowly = stream(
        *[event(chunk("a b c d e f g h "[at % 16])) if at % 2 else 0.2 for at in range(40)]
    )
    result, requests = outcome(slowly, limits=replace(LIMITS, total=0.8))
    assert (type(result), requests) == (EngineUnreachable, 1)
    assert "took too long" in str(result)


def test_the_end_of_the_run_ends_the_call():
    result, _ = outcome(
        stall, deadline=time.monotonic() + 0.3, limits=replace(LIMITS, first_byte=60, total=60)
    )
    assert isinstance(result, OutOfTime)
    assert "--timeout" in str(result)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (
            400,
            (
                "This model's maximum context length is 4096 tokens. However, you requested 5000"
                " tokens"
            ),
        ),
        (400, "max_tokens must be at least 1, got -186."),
        (400, "Input length (9000) exceeds model's maximum context length (8192)."),
        (400, "'max_tokens' is too large: 100. This model's maximum context length is 8192 tokens"),
        (500, "the request exceeds the available context size, try increasing it"),
        (413, "Request Entity Too Large"),
    ],
)
def test_a_prompt_that_does_not_fit(code, said):
    result, requests = outcome(status(code, said))
    assert (type(result), str(result), requests) == (PromptTooLong, said, 1)


@pytest.mark.parametrize(
    "value",
    [
        "0",
        "0.1",
        "-5",
        "99999999999",
        "nan",
        "inf",
        "soon",
        "",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Thu, 01 Jan 2999 00:00:00 GMT",
        "9" * 400,
    ],
)
def test_retry_after_is_honoured_within_reason(value):
    asked = Refused(429, b"slow down", value)
    wait = Tries(LIMITS, time.monotonic).after_refusal(asked)
    if value in ("99999999999", "Thu, 01 Jan 2999 00:00:00 GMT"):
        assert wait == LIMITS.max_wait
    elif value == "0.1":
        assert wait == 0.1
    else:
        assert 0 < wait <= LIMITS.backoff
    result, requests = outcome(status(429, "slow down", retry_after=value), GOOD)
    assert (result, requests) == ([OK], 2)


def test_what_is_asked_for_is_really_waited():
    began = time.monotonic()
    assert outcome(status(429, "slow down", retry_after="0.1"), GOOD) == ([OK], 2)
    assert time.monotonic() - began >= 0.1


def test_a_server_that_is_overloaded_gets_less_at_once():
    async def calls(server):
        model = await connect(server.url, limits=LIMITS)
        seen = [model.concurrency]
        for _ in range(2):
            await model.complete(PROMPT, SCHEMA)
            seen.append(model.concurrency)
        await model.aclose()
        return seen

    script = [status(500, "CUDA out of memory"), GOOD, status(429), status(503), GOOD]
    with Server(script, GET) as server:
        assert asyncio.run(calls(server)) == [16, 8, 4]


def test_connections_are_kept_and_replayed_when_the_server_closed_them():
    with Server([GOOD, close_after(GOOD), GOOD], GET) as server:
        assert asyncio.run(call(server, calls=4, limits=replace(LIMITS, retries=0))) == [OK] * 4
        peers = [asked.peer for asked in server.chats]
        assert peers[0] == peers[1]
        assert peers[1] != peers[2]
        assert peers[2] == peers[3]


def test_a_server_that_starts_again_is_waited_for():
    with Server([GOOD], GET) as server:
        port = server._server.server_address[1]

        async def main():
            model = await connect(
                server.url, limits=replace(LIMITS, total=20, patience=10, backoff=0.05)
            )
            server.__exit__()
            waiting = asyncio.create_task(model.complete(PROMPT, SCHEMA))
            await asyncio.sleep(0.3)
            assert not waiting.done()
            with Server([GOOD], GET, port=port):
                answer = await waiting
                await model.aclose()
            return answer

        assert asyncio.run(main()) == OK
        server.__enter__()


def test_a_server_that_is_gone_is_given_up():
    with Server([GOOD], GET) as server:

        async def main():
            model = await connect(server.url, limits=LIMITS)
            server.__exit__()
            try:
                await model.complete(PROMPT, SCHEMA)
            finally:
                await model.aclose()
                server.__enter__()

        with pytest.raises(EngineUnreachable, match=r"127\.0\.0\.1.*reviewer doctor.*--endpoint"):
            asyncio.run(main())


@pytest.mark.parametrize("answer", [stall, stream(event(chunk("{")), stall)])
def test_cancelling_closes_the_connection(answer):
    with Server([answer], GET) as server:

        async def main():
            model = await connect(server.url)
            task = asyncio.create_task(model.complete(PROMPT, SCHEMA))
            while not server.chats:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.05)
            before = server.live
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            for _ in range(200):
                if server.live < before:
                    break
                await asyncio.sleep(0.01)
            after = server.live
            await model.aclose()
            return before - after

        assert asyncio.run(main()) == 1


@pytest.mark.parametrize(
    ("text", "most"),
    [
        ('{"ok": ' + " " * 4000, 8 + 120),
        ('{"ok": "' + "wrong again " * 1000 + '"}', 1400),
        ("{" + "[]," * 9000, 1400),
    ],
)
def test_a_loop_is_cut_and_the_request_stopped(text, most):
    slow = stream(
        *[
            step
            for at in range(0, len(text), 20)
            for step in (event(chunk(text[at : at + 20])), 0.001)
        ]
    )
    result, requests = outcome(slow)
    assert (result[0].cut, requests) == (True, 1)
    assert text.startswith(result[0].text)
    assert len(result[0].text) <= most


def test_a_reply_longer_than_asked_for_is_cut():
    long = " ".join(f"{number:x}" for number in range(40_000))
    result, _ = outcome(
        stream(*[event(chunk(long[at : at + 1000])) for at in range(0, len(long), 1000)])
    )
    assert result[0].cut
    assert 5000 < len(result[0].text) < 8000


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (sse(TEXT, end="<turn|>"), OK),
        (sse(TEXT + "\n", end="<turn|>\n<end_of_turn>"), OK),
        (sse('{"ok":', reason="length"), replace(OK, text='{"ok":', cut=True)),
        (sse('{"ok":', reason="repetition"), replace(OK, text='{"ok":', cut=True)),
        (sse(TEXT, done=False), OK),
        (stream(event(chunk(TEXT)), event(b"[DONE]")), replace(OK, usage=Usage(1))),
        (
            stream(
                event(chunk(TEXT)),
                event({"choices": 7}),
                event([]),
                event("x"),
                event(None),
                event(finish()),
            ),
            Reply(TEXT, False, Usage(1)),
        ),
        (
            stream(
                b": hello\r\nevent: message\r\nid: 1\r\ndata:"
                + json.dumps(chunk(TEXT)).encode()
                + b"\r\n\r\n",
                event(finish()),
            ),
            Reply(TEXT, False, Usage(1)),
        ),
        (
            stream(*[bytes([byte]) for byte in event(chunk(TEXT))], event(finish())),
            Reply(TEXT, False, Usage(1)),
        ),
    ],
)
def test_what_is_read_of_a_stream(answer, expected):
    assert outcome(answer) == ([expected], 1)


STREAMED = b"".join([event(chunk(TEXT)), event(finish()), event(b"[DONE]")])


@pytest.mark.parametrize(
    "answer",
    [
        http(200, STREAMED, "text/plain"),
        http(200, STREAMED, ""),
        http(200, gzip.compress(STREAMED, mtime=0), "text/event-stream", content_encoding="gzip"),
        stream(STREAMED, kind="text/plain; charset=utf-8"),
        raw(b"HTTP/1.1 200 OK\r\n\r\n" + STREAMED),
        raw(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\ncontent-length: 3\r\n\r\n"
            b"%X;a=b\r\n%s\r\n00\r\nx-trailer: 1\r\n\r\n" % (len(STREAMED), STREAMED)
        ),
    ],
)
def test_headers_that_do_not_fit_the_body(answer):
    assert outcome(answer) == ([replace(OK, usage=Usage(1))], 1)


def whole(reason="stop", **message):
    return reply({"choices": [{"message": message, "finish_reason": reason}]})


PARTS = [
    {"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]},
    {"type": "text", "text": TEXT},
]
CALL = {"function": {"name": "report", "arguments": TEXT}}
INSTEAD = {
    "reasoning_content": (
        whole(content=None, reasoning_content=TEXT),
        Reply("", False, Usage(1), TEXT),
    ),
    "reasoning": (whole(content="", reasoning=TEXT), Reply("", False, Usage(1), TEXT)),
    "thinking": (whole(content="", thinking="Hm. "), Reply("", False, Usage(1), "Hm.")),
    "both names": (whole(reasoning="a", reasoning_content="a"), Reply("", False, Usage(1), "a")),
    "thoughts beside the text": (
        whole(content=TEXT, reasoning="Hm."),
        Reply(TEXT, False, Usage(1), "Hm."),
    ),
    "parts": (whole(content=PARTS), Reply(TEXT, False, Usage(1), "Hm.")),
    "a list of texts": (whole(content=[TEXT[:4], TEXT[4:]]), Reply(TEXT, False, Usage(1))),
    "a tool": (whole("tool_calls", content=None, tool_calls=[CALL]), Reply(TEXT, False, Usage(1))),
    "a function": (
        whole("function_call", function_call=CALL["function"]),
        Reply(TEXT, False, Usage(1)),
    ),
    "arguments as an object": (
        whole(tool_calls=[{"function": {"arguments": {"ok": True}}}]),
        Reply('{"ok": true}', False, Usage(1)),
    ),
    "a tool in pieces": (
        stream(
            event(chunk("", tool_calls=[{"index": 0, "function": {"arguments": TEXT[:5]}}])),
            event(chunk("", tool_calls=[{"index": 0, "function": {"arguments": TEXT[5:]}}])),
            event(finish("tool_calls")),
        ),
        Reply(TEXT, False, Usage(1)),
    ),
    "a completion's text": (
        reply({"choices": [{"text": TEXT, "finish_reason": "stop"}]}),
        Reply(TEXT, False, Usage(1)),
    ),
    "STOP": (whole("STOP", content=TEXT), Reply(TEXT, False, Usage(1))),
    "eos_token": (whole("eos_token", content=TEXT), Reply(TEXT, False, Usage(1))),
    "two tools": (
        whole(tool_calls=[CALL, CALL]),
        Reply("", False, Usage(1), "", "the reply calls several tools"),
    ),
    "a refusal": (
        stream(
            event(chunk("", refusal="I can't ")),
            event(chunk("", refusal="help\x1b.")),
            event(finish()),
        ),
        Reply("", False, Usage(1), "", "the model refuses: I can't help\\u{1b}."),
    ),
    "a filter": (
        whole("content_filter", content=""),
        Reply("", True, Usage(1), "", "the server's content filter stopped the reply"),
    ),
    "all thought": (
        stream(
            event(chunk("", reasoning="Hm. ")),
            event(finish("length")),
            event(usage(completion=1234)),
        ),
        Reply("", True, Usage(1, 100, 0, 1234, 1234), "Hm.", "the thinking used all 1,234 tokens"),
    ),
    "all thought, no usage": (
        stream(event(chunk("", reasoning_content="Hm. ")), event(finish("length"))),
        Reply("", True, Usage(1), "Hm.", "the thinking used all 100 tokens"),
    ),
}


@pytest.mark.fault(
    "reply", "content in parts, a tool call, or a completion's text in place of content", "read"
)
@pytest.mark.fault(
    "reply", "a refusal, a filter, a limit reached while thinking", "no reply, and why"
)
@pytest.mark.parametrize("form", INSTEAD)
def test_what_stands_in_place_of_a_text(form):
    answer, expected = INSTEAD[form]
    assert outcome(answer, engine="openai") == ([expected], 1)


@pytest.mark.fault(
    "server", "vLLM drops the reply because of `include_reasoning`", "asked again without it"
)
def test_a_field_that_hides_the_reply_is_given_up():
    hidden, shown = whole(content=""), whole(content="", reasoning=TEXT)

    def picky(conn):
        return (hidden if "include_reasoning" in conn.asked.body else shown)(conn)

    expected = Reply("", False, Usage(1), TEXT)
    assert outcome(picky, calls=2) == ([expected] * 2, 3)
    assert outcome(hidden, calls=2) == ([Reply("", False, Usage(1))] * 2, 3)


ROLES = [
    (400, "System role not supported"),
    (500, "Error: Jinja Exception: System role not supported"),
    (400, "Conversation roles must alternate user/assistant/user/assistant/..."),
    (400, "Only user and assistant roles are supported!"),
    (400, "Developer instruction is not enabled for models/gemma-3-27b-it"),
    (422, "Unexpected role 'system' in messages"),
    (400, "This model does not support system messages."),
]


@pytest.mark.fault("server", "a template without a system role", "one message, nothing left out")
@pytest.mark.parametrize(("code", "said"), ROLES)
def test_a_template_without_a_system_role_gets_one_message(code, said):
    refusal = status(code, said)

    def picky(conn):
        return (refusal if len(conn.asked.body["messages"]) > 1 else GOOD)(conn)

    with Server([picky], GET) as server:
        assert asyncio.run(call(server, calls=2)) == [OK] * 2
        first, *others = [asked.body for asked in server.chats]
    one = {"messages": [{"role": "user", "content": "rules\n\nhunk"}]}
    assert others == [{**first, **one}] * 2


@pytest.mark.parametrize(
    "said",
    [
        "temperature is not supported while the moon is full",
        "The operation is not supported",
        "unexpected end of file",
        "the image is not allowed",
        "model 'x' is not supported by this account",
    ],
)
def test_words_about_something_else_cost_no_field(said):
    result, requests = outcome(status(400, said))
    assert (type(result), requests) == (EngineError, 1)


@pytest.mark.fault(
    "server",
    "too little room for the reply, and the server says how much",
    "a shorter reply is asked for",
)
@pytest.mark.parametrize("room", [876, 512])
def test_the_numbers_of_a_server_are_used(room):
    words = "This model's maximum context length is 8192 tokens. However, your request has {} input tokens plus 1000 'max_tokens'."  # noqa: E501
    prompt, too_long = replace(PROMPT, max_tokens=1000), pytest.raises(PromptTooLong)

    async def ask(server):
        model = await connect(server.url, limits=LIMITS)
        try:
            return await model.complete(prompt, SCHEMA)
        finally:
            await model.aclose()

    with Server([status(400, words.format(8192 - 16 - room)), GOOD], GET) as server:
        assert asyncio.run(ask(server)) == OK
        assert [asked.body["max_tokens"] for asked in server.chats] == [1000, room]
    with Server([status(400, words.format(8192 - 16 - 511))], GET) as server, too_long:
        asyncio.run(ask(server))


def test_parallel_calls_learn_about_an_unknown_field_once():
    refusal = status(400, "Unrecognized request argument: repetition_detection")

    def picky(conn):
        return (refusal if "repetition_detection" in conn.asked.body else GOOD)(conn)

    with Server([picky], GET) as server:

        async def main():
            model = await connect(server.url, limits=LIMITS)
            answers = await asyncio.gather(*(model.complete(PROMPT, SCHEMA) for _ in range(8)))
            await model.aclose()
            return answers

        assert asyncio.run(main()) == [OK] * 8
        last = server.chats[-1].body
        assert "repetition_detection" not in last
        assert "include_reasoning" in last
        assert len(server.chats) <= 16


def test_the_key_travels_as_a_header_and_shows_up_nowhere_else(caplog):
    caplog.set_level("DEBUG")
    echo = http(500, f"invalid key {KEY}\n{KEY}".encode(), "text/plain")
    with Server([echo], GET) as server:

        async def main():
            model = await connect(server.url, key=KEY, session="/home/me/secret-repo@abc")
            model.limits = replace(LIMITS, retries=1)
            try:
                with pytest.raises(EngineError) as caught:
                    await model.complete(PROMPT, SCHEMA)
                return repr(model), str(caught.value), repr(caught.value)
            finally:
                await model.aclose()

        shown = asyncio.run(main())
        assert all(asked.headers["authorization"] == f"Bearer {KEY}" for asked in server.asked)
        sessions = {asked.headers.get("x-session-id") for asked in server.chats}
        assert not any(KEY in asked.path or KEY in json.dumps(asked.body) for asked in server.asked)
    assert not any(KEY in text for text in (*shown, caplog.text))
    assert len(sessions) == 1
    assert "secret-repo" not in str(sessions)
    assert "invalid key …" in shown[1]


def test_a_proxy_of_the_environment_is_not_used_for_this_machine(monkeypatch):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{nobody.getsockname()[1]}")
        monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{nobody.getsockname()[1]}")
        assert outcome(GOOD) == ([OK], 1)


def test_a_unix_socket(tmp_path):
    with Server([GOOD], GET, unix=str(tmp_path / "s")) as server:
        assert asyncio.run(call(server)) == [OK]
        assert server.url.startswith("unix:/")


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_a_stream_without_lengths_that_the_server_closes(cut):
    """HTTP/1.0, with CR LF, wherever the packets end."""
    head = b"HTTP/1.0 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"
    body = event(chunk(TEXT)).replace(b"\n", b"\r\n") + event(finish())

    def slowly(conn):
        for part in (head, body[:cut], body[cut:]):
            conn.write(part)
            conn.wait(0.002)
        return False

    assert outcome(slowly) == ([Reply(TEXT, False, Usage(1))], 1)


def test_token_estimates_are_high():
    with Server(get=GET) as server:

        async def main():
            model = await connect(server.url)
            await model.aclose()
            return [
                model.tokens(text) for text in ("", "a", "abc", "abcd", "déjà", "日本", "\ud800")
            ]

        assert asyncio.run(main()) == [0, 1, 1, 2, 2, 2, 1]
