"""The real server on a port of 127.0.0.1, spoken to by the SDK's client and by requests that nobody
honest sends."""

from __future__ import annotations

import asyncio
import http.client
import json
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from support.hooking import broken, full_environment, with_remote
from support.repo import Repo
from support.server import Server, stall

from reviewer import events, memory
from reviewer.doors.mcp import contract
from reviewer.doors.mcp import http as http_door
from reviewer.memory import listing

ROOT = Path(__file__).parents[3]
TOKEN = "a-token-of-the-tests-0123456789"
TOOLS = ["review", "list_findings", "explain_finding", "propose_fix", "dismiss_finding", "status"]
MODELS = {"/v1/models": {"data": [{"id": "gemma-4"}]}}
HELLO = {
    "jsonrpc": "2.0",
    "id": 0,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}
MODES = pytest.mark.parametrize(
    "mode", ["auto", "legacy"]
)  # one request at a time, and the older sessions


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """With one major finding."""
    made = with_remote(tmp_path)
    made.write("a.py", broken())
    return made


def command(repo: Repo, *args: str) -> list[str]:
    return [sys.executable, "-P", "-m", "reviewer", "mcp", "--root", str(repo.path), *args]


@dataclass
class Running:
    process: subprocess.Popen[bytes]
    port: int
    said: bytes

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/mcp"

    def ends(self, number: int) -> tuple[int, bytes, bytes]:
        """Exit code, stdout, and what was written to stderr after the start."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=15)
        return self.process.returncode, out, err


@contextmanager
def serving(repo: Repo, *args: str, **env: str) -> Iterator[Running]:
    environment = (
        full_environment(repo) | {"PYTHONPATH": str(ROOT), "REVIEWER_MCP_TOKEN": TOKEN} | env
    )
    with subprocess.Popen(
        command(repo, "--http", "0", *args),
        env=environment,
        cwd=repo.home,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            assert process.stderr is not None
            said = process.stderr.readline() + process.stderr.readline()
            place = re.match(rb"reviewer: MCP at http://127\.0\.0\.1:(\d+)/mcp\n", said)
            assert place, said
            yield Running(process, int(place[1]), said[place.end() :])
        finally:
            process.kill()


@asynccontextmanager
async def connected(
    running: Running, token: str = TOKEN, mode: Any = "auto"
) -> AsyncIterator[Client]:
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=30) as web,
        Client(streamable_http_client(running.url, http_client=web), mode=mode) as client,
    ):
        yield client


def within(work: Any, seconds: float = 60) -> None:
    asyncio.run(asyncio.wait_for(work, seconds))


async def use(client: Client, name: str, **arguments: Any) -> Any:
    result = await client.call_tool(name, arguments)
    assert not result.is_error, result.content
    return result.structured_content


def post(
    running: Running, body: bytes = b"", path: str = "/mcp", method: str = "POST", **headers: str
) -> Any:
    """Status, headers and body of the answer to one bare request; None for a header leaves it
    out."""
    given = {
        "Host": f"127.0.0.1:{running.port}",
        "Authorization": f"Bearer {TOKEN}",
        "Content-Type": "application/json",
        "Accept": "application/json, text/event-stream",
        **headers,
    }
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=10)
    try:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in (given | {"Content-Length": str(len(body))}).items():
            if value:
                connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


@MODES
def test_review_with_progress_and_the_rest(repo, mode):
    async def work(running: Running) -> None:
        async with connected(running, mode=mode) as client:
            assert client.instructions == contract.INSTRUCTIONS
            assert [tool.name for tool in (await client.list_tools()).tools] == TOOLS
            told: list[str | None] = []

            async def progress(number: float, total: float | None, message: str | None) -> None:
                told.append(message)

            result = await client.call_tool("review", {}, progress_callback=progress)
            report = events.Report.model_validate(result.structured_content)
            assert [(each.file_name, each.severity, each.rule) for each in report.findings] == [
                ("a.py", "major", "F821")
            ]
            assert all(told)
            found = report.findings[0].id
            assert (await use(client, "explain_finding", id=found))["id"] == found
            outside = await client.call_tool("review", {"directory": str(repo.home)})
            assert (outside.is_error, "outside the directories" in outside.content[0].text) == (
                True,
                True,
            )
            assert (await use(client, "status"))["roots"] == [str(repo.path)]

    with serving(repo) as running:
        assert running.said == b"reviewer: token: from REVIEWER_MCP_TOKEN\n"
        within(work(running))
        assert running.ends(signal.SIGINT) == (130, b"", b"")


def test_a_token_that_is_made_is_shown_once_and_works(repo):
    async def work(running: Running, token: str) -> None:
        async with connected(running, token) as client:
            await use(client, "status")

    with serving(repo, REVIEWER_MCP_TOKEN="") as running:
        shown = re.fullmatch(rb"reviewer: token: ([A-Za-z0-9_-]{43})\n", running.said)
        assert shown
        within(work(running, shown[1].decode()))
        assert running.ends(signal.SIGTERM) == (143, b"", b"")


def test_a_token_of_a_file(repo):
    file = repo.home / "token"
    file.write_text("of-the-file-0123456789\n")
    file.chmod(0o600)
    with serving(repo, "--token-file", str(file)) as running:
        assert running.said == b"reviewer: token: from --token-file\n"
        hello = json.dumps(HELLO).encode()
        assert post(running, hello)[0] == 401
        assert post(running, hello, Authorization="Bearer of-the-file-0123456789")[0] == 200


def test_who_is_refused(repo):
    hello = json.dumps(HELLO).encode()
    with serving(repo) as running:
        here = f"127.0.0.1:{running.port}"
        refused = {
            name: post(running, hello, **headers)
            for name, headers in {
                "good": {},
                "no token": {"Authorization": ""},
                "bad token": {"Authorization": f"Bearer {TOKEN}x"},
                "origin": {"Origin": "http://evil.example"},
                "null": {"Origin": "null"},
                "local": {"Origin": "http://localhost:5173"},
                "spelt": {
                    "Host": f"LOCALHOST.:{running.port}",
                    "Origin": "http://LOCALHOST:5173",
                },
                "short": {"Host": f"127.1:{running.port}"},
                "host": {"Host": f"evil.example:{running.port}"},
                "port": {"Host": "127.0.0.1:1"},
                "forwarded": {"Host": "evil.example", "X-Forwarded-Host": here},
            }.items()
        }
        assert {name: status for name, (status, _, _) in refused.items()} == {
            "good": 200,
            "no token": 401,
            "bad token": 401,
            "origin": 403,
            "null": 403,
            "local": 200,
            "spelt": 200,
            "short": 200,
            "host": 421,
            "port": 421,
            "forwarded": 421,
        }
        assert refused["no token"][1]["www-authenticate"] == 'Bearer realm="reviewer"'
        assert (
            refused["bad token"][1]["www-authenticate"]
            == 'Bearer realm="reviewer", error="invalid_token"'
        )
        assert not any(
            "access-control-allow-origin" in headers for _, headers, _ in refused.values()
        )
        for path in ("/", "/mcp/x", "/docs", "/.well-known/oauth-protected-resource"):
            assert (
                post(running, path=path, Authorization="")[0] == 401
            )  # nothing is told without the token
            assert post(running, path=path)[0] == 404
        assert [
            post(running, method=method, Authorization="")[0]
            for method in ("GET", "DELETE", "OPTIONS")
        ] == [401] * 3
        assert running.ends(signal.SIGINT) == (130, b"", b"")


def test_too_much_and_junk(repo):
    """None of it ends the server, and nothing of it is on stderr."""
    with serving(repo) as running:
        assert post(running, b" " * ((1 << 20) + 1))[0] == 413
        junk = [
            b"",
            b"{",
            b"[]",
            b"null",
            b"\xff\xfe",
            b"[" * 5000,
            b'{"jsonrpc": "2.0", "id": {}, "method": 7}',
        ]
        assert [post(running, body)[0] for body in junk] == [400] * len(junk)
        modern = {"MCP-Protocol-Version": "2026-07-28"}
        assert {post(running, body, **modern)[0] for body in junk} == {400}
        connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=10)
        connection.request(
            "POST",
            "/mcp",
            iter([b"x" * 65536] * 20),
            {  # with no length said before
                "Authorization": f"Bearer {TOKEN}",
                "Content-Type": "application/json",
                "Accept": "*/*",
            },
            encode_chunked=True,
        )
        assert connection.getresponse().status == 413
        connection.close()
        assert post(running, json.dumps(HELLO).encode())[0] == 200
        assert running.ends(signal.SIGINT) == (130, b"", b"")


def test_two_clients_at_once(repo):
    """Both are served while one review runs, and reviews take turns."""

    async def work(running: Running) -> None:
        async with connected(running) as first, connected(running, mode="legacy") as second:
            seen = await asyncio.gather(
                use(first, "review"), use(second, "review"), use(second, "status")
            )
            assert [each["complete"]["outcome"] for each in seen[:2]] == ["completed"] * 2
            assert [[each["rule"] for each in report["findings"]] for report in seen[:2]] == [
                ["F821"]
            ] * 2
            found = seen[0]["findings"][0]["id"]
            await use(first, "dismiss_finding", id=found, reason="it is injected")
            assert (await use(second, "review"))["findings"] == []

    with serving(repo) as running:
        within(work(running))
        assert running.ends(signal.SIGINT) == (130, b"", b"")


async def stalled(client: Client) -> asyncio.Task[Any]:
    """A review that asks a model which never answers."""
    heard = asyncio.Event()

    async def progress(number: float, total: float | None, message: str | None) -> None:
        if message and message.startswith("major finding at a.py:2"):
            heard.set()

    call = asyncio.create_task(client.call_tool("review", {}, progress_callback=progress))
    await asyncio.wait_for(heard.wait(), 20)
    return call


@MODES
def test_cancelling_stops_the_review(repo, mode):
    with Server(chat=[stall], get=MODELS) as model:

        async def until(done: Any) -> None:
            async with asyncio.timeout(10):
                while not await done():
                    await asyncio.sleep(0.05)

        async def work(running: Running) -> None:
            async with connected(running, mode=mode) as client, connected(running) as other:

                async def asked() -> bool:
                    return bool(model.chats)

                async def idle() -> bool:
                    return not (await use(other, "status"))["running"] and model.live == 0

                call = await stalled(client)
                await until(asked)
                assert [each["findings"] for each in (await use(other, "status"))["running"]] == [1]
                call.cancel()
                await asyncio.gather(call, return_exceptions=True)
                await until(idle)
                assert [
                    each["fileName"] for each in (await use(client, "list_findings"))["findings"]
                ] == ["a.py"]

        with serving(repo, REVIEWER_ENGINE="openai", REVIEWER_ENDPOINT=model.url) as running:
            within(work(running))
            assert running.ends(signal.SIGINT) == (130, b"", b"")


@MODES
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_end_while_a_review_runs(repo, mode, number):
    """The client gets its answer, nothing is left running, and what was found by then is
    remembered."""
    with Server(chat=[stall], get=MODELS) as model:

        async def work(running: Running) -> None:
            async with connected(running, mode=mode) as client:
                await (
                    client.list_tools()
                )  # else the client asks for the schema of the result once it has that
                call = await stalled(client)
                running.process.send_signal(number)
                report = (await call).structured_content
                assert [each["rule"] for each in report["findings"]] == ["F821"]
                assert (report["complete"]["outcome"], report["complete"]["unreviewedFiles"]) == (
                    "failed",
                    [{"fileName": "a.py", "reason": "interrupted"}],
                )
                code = await asyncio.to_thread(running.process.wait, 15)
                assert code == 128 + number

        with serving(repo, REVIEWER_ENGINE="openai", REVIEWER_ENDPOINT=model.url) as running:
            within(work(running))
            assert running.process.communicate(timeout=5) == (b"", b"")
        assert model.live == 0
    with memory.open_store(
        {"REVIEWER_STATE_DIR": str(repo.home / "state/gemma-reviewer")}
    ) as store:
        known = listing.remembered(store, memory.repository_key(repo.path / ".git"))
    assert [each.finding.file_name for each in known] == ["a.py"]


def test_what_is_refused_before_it_starts(repo):
    def said(*args: str, **env: str) -> tuple[int, bytes, str]:
        done = subprocess.run(
            command(repo, *args),
            env=full_environment(repo) | {"PYTHONPATH": str(ROOT)} | env,
            cwd=repo.home,
            capture_output=True,
            timeout=20,
            stdin=subprocess.DEVNULL,
        )
        return done.returncode, done.stdout, done.stderr.decode()

    assert said("--http", "0.0.0.0:8811") == (
        2,
        b"",
        (
            "reviewer: --http 0.0.0.0:8811: the server listens on this machine only: give"
            " 127.0.0.1, [::1] or localhost, and use `ssh -L` to reach it from elsewhere\n"
        ),
    )
    assert said("--token-file", "x") == (2, b"", "reviewer: --token-file requires --http\n")
    assert said("--http", "0", "--token-file", "none") == (
        2,
        b"",
        "reviewer: --token-file: cannot read none: No such file or directory\n",
    )
    code, _, err = said("--http", "0", REVIEWER_MCP_TOKEN="short")
    assert (code, err.count("\n"), "short" in err) == (2, 1, False)
    assert said("--http", "0", "--root", "nowhere") == (
        2,
        b"",
        "reviewer: --root nowhere is not a directory\n",
    )


def test_the_token_is_not_inherited(repo):
    """Neither by what the server starts nor by a setting that could show it."""
    if sys.platform != "linux":
        pytest.skip("reads /proc")
    with Server(chat=[stall], get=MODELS) as model:

        async def work(running: Running) -> None:
            async with connected(running) as client:
                call = await stalled(client)
                children = (
                    Path(f"/proc/{running.process.pid}/task/{running.process.pid}/children")
                    .read_text()
                    .split()
                )
                assert not any(
                    TOKEN.encode() in Path(f"/proc/{pid}/environ").read_bytes() for pid in children
                )
                assert TOKEN not in json.dumps(await use(client, "status"))
                call.cancel()
                await asyncio.gather(call, return_exceptions=True)

        with serving(repo, REVIEWER_ENGINE="openai", REVIEWER_ENDPOINT=model.url) as running:
            within(work(running))


def test_connections_that_send_no_request_do_not_lock_others_out(repo: Repo) -> None:
    with serving(repo) as running, ExitStack() as stack:
        for start in [b"", b"POST /mcp HTTP/1.1\r\nHost: "] * (http_door.MAX_CONNECTIONS // 2):
            made = stack.enter_context(socket.create_connection(("127.0.0.1", running.port)))
            made.sendall(start)
        assert post(running)[0] == 503
        time.sleep(http_door.HEADER_SECONDS + 1)
        assert post(running, json.dumps(HELLO).encode())[0] == 200
