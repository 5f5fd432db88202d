"""The real server in a process of its own, spoken to over real pipes: by the SDK's client, and line
by line."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from support.hooking import broken, full_environment, with_remote
from support.repo import Repo
from support.server import Server, stall

from reviewer import events, memory
from reviewer.doors.mcp import contract
from reviewer.installer import installed_by
from reviewer.memory import listing

ROOT = Path(__file__).parents[3]
FIXABLE = 'def f(x):\n    return x is "yes"\n'
TOOLS = ["review", "list_findings", "explain_finding", "propose_fix", "dismiss_finding", "status"]
MODELS = {"/v1/models": {"data": [{"id": "gemma-4"}]}}
READY = {"jsonrpc": "2.0", "method": "notifications/initialized"}
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


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """With one major finding without a patch, and one minor one with a patch."""
    made = with_remote(tmp_path)
    made.write("a.py", broken())
    made.write("b.py", FIXABLE)
    return made


def command(repo: Repo, *args: str) -> list[str]:
    return [sys.executable, "-P", "-m", "reviewer", "mcp", "--root", str(repo.path), *args]


def environment(repo: Repo, **more: str) -> dict[str, str]:
    return full_environment(repo) | {"PYTHONPATH": str(ROOT)} | more


def talk(repo: Repo, work: Callable[[Client], Any], *args: str, **env: str) -> str:
    """Let the SDK's client do `work` with a server; what the server wrote to stderr."""
    program, *rest = command(repo, *args)
    parameters = StdioServerParameters(
        command=program, args=rest, env=environment(repo, **env), cwd=repo.home
    )
    errors = repo.home / "stderr"

    async def go() -> None:
        with errors.open("w") as log:
            async with Client(stdio_client(parameters, log)) as client:
                await work(client)

    asyncio.run(asyncio.wait_for(go(), 60))
    return errors.read_text()


async def use(client: Client, name: str, **arguments: Any) -> Any:
    """The structured content, which is also there as text, with a label."""
    result = await client.call_tool(name, arguments)
    assert not result.is_error, result.content
    label, text = [each.text for each in result.content]
    assert (label, json.loads(text)) == (contract.UNTRUSTED, result.structured_content)
    return result.structured_content


async def refused(client: Client, name: str, **arguments: Any) -> tuple[str, Any]:
    """Message and details of the error event."""
    result = await client.call_tool(name, arguments)
    assert (result.is_error, result.structured_content) == (True, None)
    message, line = [each.text for each in result.content]
    error = events.EVENT.validate_json(line)
    assert isinstance(error, events.Error)
    assert (message, error.error_type) == (error.message, "usage")
    return message, error.details.get("reason")


def test_tools_are_static(repo, request):
    """The descriptions as they were agreed on; a schema that changes is a change of the
    contract."""
    golden = Path(__file__).parent / "tools.json"

    async def work(client: Client) -> None:
        assert client.instructions == contract.INSTRUCTIONS
        seen = [
            each.model_dump(by_alias=True, exclude_none=True)
            for each in (await client.list_tools()).tools
        ]
        if request.config.getoption("--update-golden"):
            golden.write_text(json.dumps(seen, indent=1) + "\n", encoding="utf-8")
        assert seen == json.loads(golden.read_text(encoding="utf-8"))
        schemas = {each["name"]: each["outputSchema"] for each in seen}
        report = json.loads((ROOT / "schemas/report.schema.json").read_text(encoding="utf-8"))
        assert schemas["review"] == {
            name: report[name] for name in report if name[0] != "$" or name == "$defs"
        }

    assert talk(repo, work, "--allow-apply") == ""


def test_review_list_explain_dismiss(repo):
    async def work(client: Client) -> None:
        assert [tool.name for tool in (await client.list_tools()).tools] == TOOLS
        told: list[tuple[float, str | None]] = []

        async def progress(number: float, total: float | None, message: str | None) -> None:
            assert total is None  # without a model there are no units
            told.append((number, message))

        result = await client.call_tool("review", {}, progress_callback=progress)
        report = events.Report.model_validate(result.structured_content)
        assert [(each.file_name, each.severity, each.rule) for each in report.findings] == [
            ("a.py", "major", "F821"),
            ("b.py", "minor", "F632"),
        ]
        assert (report.complete.outcome, report.complete.findings, report.complete.message) == (
            "completed",
            2,
            "Review completed",
        )
        numbers = [number for number, _ in told]
        assert numbers == sorted(set(numbers))
        assert numbers[0] == 0.0
        assert all(message for _, message in told)
        first = report.findings[0]

        listed = await use(client, "list_findings")
        assert (
            listed["total"],
            listed["nextOffset"],
            [each["id"] for each in listed["findings"]],
        ) == (2, None, [each.id for each in report.findings])
        assert [
            each["id"] for each in (await use(client, "list_findings", offset=1))["findings"]
        ] == [report.findings[1].id]
        explained = await use(client, "explain_finding", id=first.id[:6])
        assert explained == listed["findings"][0]
        assert {name: explained[name] for name in events.dump(first)} == events.dump(first)

        made = await use(client, "dismiss_finding", id=first.id, reason="it is injected")
        assert made == {"id": first.id, "state": "dismissed", "reason": "it is injected"}
        again = await use(client, "review")
        assert [each["fileName"] for each in again["findings"]] == ["b.py"]
        (now,) = [
            each
            for each in (await use(client, "list_findings"))["findings"]
            if each["id"] == first.id
        ]
        assert (now["state"], now["dismissal"]["reason"]) == ("dismissed", "it is injected")
        only = await use(
            client, "review", paths=["a.py"], minSeverity="major", scope="uncommitted", fresh=True
        )
        assert (only["findings"], only["complete"]["reviewedFiles"]) == ([], ["a.py"])

    assert talk(repo, work) == ""


def test_places_and_words_are_refused(repo, tmp_path):
    (tmp_path / "repo-evil").mkdir()
    (repo.path / "out").symlink_to(tmp_path / "repo-evil")
    reasons = {
        "..": "bad_path",
        "a/../..": "bad_path",
        "file:///etc": "bad_path",
        f"file://{repo.path}": "bad_path",
        "a\0": "bad_path",
        "-C": "bad_path",
        "": "bad_path",
        "/": "outside_roots",
        "out": "outside_roots",
        f"{tmp_path}/repo-evil": "outside_roots",
        str(tmp_path): "outside_roots",
        "a.py": "no_directory",
    }

    async def work(client: Client) -> None:
        for tool, more in {
            "review": {},
            "list_findings": {},
            "explain_finding": {"id": "abcd"},
            "propose_fix": {"id": "abcd"},
            "dismiss_finding": {"id": "abcd", "reason": "x"},
        }.items():
            assert {
                given: (await refused(client, tool, directory=given, **more))[1]
                for given in reasons
            } == reasons
        for paths in (["out/x"], ["../x"], ["/etc/passwd"], ["a.py", "-x"]):
            assert (await refused(client, "review", paths=paths))[1] in (
                "bad_path",
                "outside_roots",
            )
        for words in ({"base": "--output=x"}, {"scope": "range", "revision": "HEAD..-p"}):
            assert (await refused(client, "review", **words))[1] == "bad_revision"
        assert await refused(client, "review", endpoint="http://127.0.0.1:1") == (
            "endpoint: Extra inputs are not permitted",
            "bad_arguments",
        )
        assert (await refused(client, "explain_finding", id="../x"))[1] == "bad_arguments"
        assert await refused(client, "explain_finding", id="abcd") == (
            "no finding abcd in this repository: call `list_findings` with every",
            "no_such_finding",
        )
        assert await refused(client, "shell") == ("no such tool: shell", "no_such_tool")
        assert (await refused(client, "apply_fix", id="abcd"))[1] == "apply_is_off"
        assert await use(client, "status") == {
            "tool": {"name": "gemma-reviewer", "version": "0.1.0"},
            "roots": [str(repo.path)],
            "allowApply": False,
            "engine": "none",
            "model": None,
            "running": [],
        }

    assert talk(repo, work) == ""
    assert not (repo.home / "state/gemma-reviewer/fixes").exists()


def test_a_repository_that_begins_above_the_roots(repo):
    """Its other files would be looked at, too."""
    repo.write("sub/c.py", broken())
    program = command(repo)
    program[program.index("--root") + 1] = str(repo.path / "sub")

    async def work() -> None:
        parameters = StdioServerParameters(
            command=program[0], args=program[1:], env=environment(repo)
        )
        async with Client(parameters) as client:
            for tool in ("review", "list_findings"):
                message, reason = await refused(client, tool)
                assert (message.split(" is ")[0], reason) == (str(repo.path), "outside_roots")

    asyncio.run(work())


def test_fixes(repo):
    async def work(client: Client) -> None:
        assert sorted(tool.name for tool in (await client.list_tools()).tools) == sorted(
            [*TOOLS, "apply_fix"]
        )
        first, second = (await use(client, "review"))["findings"]
        proposed = await use(client, "propose_fix", id=second["id"])
        assert proposed == {
            "id": second["id"],
            "title": second["title"],
            "fileName": "b.py",
            "patch": second["patch"],
            "applicable": True,
            "reason": "",
        }
        assert '+    return x == "yes"' in proposed["patch"]["diff"]
        none = await use(client, "propose_fix", id=first["id"])
        assert (none["patch"], none["applicable"], none["reason"]) == (
            None,
            False,
            "it has no patch: follow its instructions",
        )
        assert await refused(client, "apply_fix", id=first["id"]) == (
            "not applied: it has no patch: follow its instructions",
            "refused",
        )
        assert (repo.path / "b.py").read_text() == FIXABLE
        done = {
            "id": second["id"],
            "status": "applied",
            "fileNames": ["b.py"],
            "undo": "reviewer undo",
        }
        assert await use(client, "apply_fix", id=second["id"]) == done
        assert (repo.path / "b.py").read_text() == FIXABLE.replace(" is ", " == ")
        assert await use(client, "apply_fix", id=second["id"]) == {
            **done,
            "status": "already_applied",
        }
        assert (await use(client, "propose_fix", id=second["id"]))["reason"] == "already applied"
        repo.write("b.py", FIXABLE.replace("yes", "no"))
        message, reason = await refused(client, "apply_fix", id=second["id"])
        assert (message[:17], reason) == ("not applied: b.py", "refused")

    assert talk(repo, work, "--allow-apply") == ""
    assert (repo.path / "b.py").read_text() == FIXABLE.replace("yes", "no")


def test_cancelling_stops_the_review(repo):
    """The model never answers. The analyzers' findings are remembered, and the connection to the
    model is closed."""
    with Server(chat=[stall], get=MODELS) as model:

        async def work(client: Client) -> None:
            heard = asyncio.Event()

            async def progress(number: float, total: float | None, message: str | None) -> None:
                if message and message.startswith("0 of "):
                    heard.set()

            call = asyncio.create_task(client.call_tool("review", {}, progress_callback=progress))
            await asyncio.wait_for(heard.wait(), 20)
            for _ in range(200):  # the analyzers' fixes are proved while the model is asked
                (running,) = (await use(client, "status"))["running"]
                if running["findings"] == 2:
                    break
                await asyncio.sleep(0.05)
            assert (running["directory"], running["findings"]) == (str(repo.path), 2)
            call.cancel()
            await asyncio.gather(call, return_exceptions=True)
            for _ in range(100):
                if not (await use(client, "status"))["running"]:
                    break
                await asyncio.sleep(0.05)
            assert not (await use(client, "status"))["running"]
            assert [
                each["fileName"] for each in (await use(client, "list_findings"))["findings"]
            ] == ["a.py", "b.py"]
            for _ in range(100):
                if not model.live:
                    break
                await asyncio.sleep(0.05)
            assert model.live == 0  # while the server goes on

        assert talk(repo, work, REVIEWER_ENGINE="openai", REVIEWER_ENDPOINT=model.url) == ""


@contextmanager
def raw(repo: Repo, *args: str, **env: str) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(
        command(repo, *args),
        env=environment(repo, **env),
        cwd=repo.home,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def send(process: subprocess.Popen[bytes], *lines: Any) -> None:
    assert process.stdin is not None
    for line in lines:
        process.stdin.write(
            (line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n"
        )
    process.stdin.flush()


def answer(process: subprocess.Popen[bytes], number: int) -> Any:
    """The answer to a request; every line before it is a frame, too."""
    assert process.stdout is not None
    while True:
        frame = json.loads(process.stdout.readline())
        assert frame["jsonrpc"] == "2.0"
        if frame.get("id") == number:
            return frame


def ask(number: int, name: str, **arguments: Any) -> dict[str, Any]:
    return {
        "jsonrpc": "2.0",
        "id": number,
        "method": "tools/call",
        "params": {"name": name, "arguments": arguments},
    }


JUNK = [
    b"",
    b"{",
    b"hello",
    b"[]",
    b"null",
    b'{"jsonrpc": "1.0"}',
    b"\xff\xfe\x00",
    b"\x00" * 100,
    b"[" * 5000,
    b'{"jsonrpc":"2.0","id":{},"method":7}',
    b'{"jsonrpc":"2.0","id":999,"result":{}}',
    b"x" * 200_000,
]


def test_junk_does_not_end_it_and_the_end_of_stdin_does(repo):
    with raw(repo) as process:
        send(process, *JUNK, HELLO, *JUNK, READY, *JUNK, ask(1, "status"))
        assert answer(process, 0)["result"]["serverInfo"] == {
            "name": "gemma-reviewer",
            "version": "0.1.0",
        }
        assert answer(process, 1)["result"]["isError"] is False
        send(
            process,
            *JUNK,
            ask(2, "review"),
            {**ask(3, "review"), "params": 7},
            {"jsonrpc": "2.0", "id": 4, "method": "x"},
            {"id": 5, "method": "ping"},
            [{"jsonrpc": "2.0", "id": 6, "method": "ping"}],
        )
        assert [answer(process, asked)["error"]["code"] for asked in (4, 5, 6)] == [
            -32601,
            -32600,
            -32600,
        ]
        assert len(answer(process, 2)["result"]["structuredContent"]["findings"]) == 2
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(10) == 0
        assert process.stdout is not None
        assert all(
            json.loads(line)["jsonrpc"] == "2.0" for line in process.stdout.read().splitlines()
        )


def test_stdin_ends_at_once(repo):
    with raw(repo) as process:
        out, err = process.communicate(timeout=10)
        assert (process.returncode, out, err) == (0, b"", b"")


@pytest.mark.parametrize("how", ["eof", "term"])
def test_the_end_while_a_review_runs(repo, how):
    """Nothing is left running, and what was found by then is remembered."""
    with (
        Server(chat=[stall], get=MODELS) as model,
        raw(repo, REVIEWER_ENGINE="openai", REVIEWER_ENDPOINT=model.url) as process,
    ):
        send(process, HELLO, READY, ask(1, "review"))
        until = time.monotonic() + 60
        while not model.chats:
            assert time.monotonic() < until
            time.sleep(0.02)
        assert process.stdin is not None
        if how == "eof":
            process.stdin.close()
        else:
            process.send_signal(signal.SIGTERM)
        assert process.wait(10) == {"eof": 0, "term": 143}[how]
        assert model.live == 0
    with memory.open_store(
        {"REVIEWER_STATE_DIR": str(repo.home / "state/gemma-reviewer")}
    ) as store:
        known = listing.remembered(store, memory.repository_key(repo.path / ".git"))
    assert sorted(each.finding.file_name for each in known) == ["a.py", "b.py"]


def test_a_root_that_is_none(repo):
    done = subprocess.run(
        command(repo, "--root", "nowhere"), env=environment(repo), capture_output=True, timeout=20
    )
    assert (done.returncode, done.stdout, done.stderr) == (
        2,
        b"",
        b"reviewer: --root nowhere is not a directory\n",
    )


def test_without_the_sdk(repo, tmp_path):
    """One line that says what to install."""
    (tmp_path / "shadow").mkdir()
    (tmp_path / "shadow/mcp.py").write_text("raise ModuleNotFoundError('no mcp')\n")
    env = environment(repo) | {"PYTHONPATH": f"{tmp_path / 'shadow'}{os.pathsep}{ROOT}"}
    done = subprocess.run(
        command(repo), env=env, capture_output=True, timeout=20, stdin=subprocess.DEVNULL
    )
    assert (done.returncode, done.stdout) == (2, b"")
    assert (
        done.stderr.decode()
        == "reviewer: the `mcp` package is missing or older than version 2: run"
        f" `{installed_by().hint('mcp')}`\n"
    )
