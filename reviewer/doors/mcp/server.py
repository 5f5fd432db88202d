"""The tools over the Model Context Protocol, and the server on stdin and stdout."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from reviewer import __version__, config, events, installer, process, verdict
from reviewer.doors.mcp import contract, junk, roots, tools
from reviewer.doors.mcp.contract import TOOLS, ReviewArguments, ToolText
from reviewer.doors.mcp.progress import Progress
from reviewer.doors.mcp.tools import Door
from reviewer.errors import ConfigError, Exit, ReviewerError, UsageError
from reviewer.events import Event, Report
from reviewer.text import cut, one_line

if TYPE_CHECKING:
    import mcp_types as types
    from mcp.server.lowlevel import Server

BEAT_SECONDS = 9.0  # the longest that a client waits for a sign of life
GRACE_SECONDS = 10.0  # for a review to stop in order when the client is gone
SIGNAL_SECONDS = 1.5  # the same after a signal
APART_SECONDS = 0.5  # between two notifications: there may be thousands of findings
# Called with a number that grows, what it grows to if that is known, and what happened.
Tell = Callable[[float, float | None, str], Awaitable[None]]


def serve(given: Sequence[str], *, allow_apply: bool) -> None:
    """Serve the directories `given` until stdin ends. Raises UsageError for one that is not a
    directory, ConfigError when the SDK is not installed."""
    allowed = roots.roots(given)
    door = Door(allowed, allow_apply, dict(os.environ), config.user_file())
    asyncio.run(_serve(door))


def missing() -> ConfigError:
    return ConfigError(
        f"the `mcp` package is missing or older than version 2: run `{installer.hint('mcp')}`"
    )


async def _serve(door: Door) -> None:
    try:
        from mcp.server.stdio import stdio_server

        server = build(door)
    except ImportError:
        raise missing() from None
    end_on_signals(door)
    async with stdio_server() as (
        read,
        write,
    ):  # from here on, whatever else is printed goes to stderr
        try:
            options = server.create_initialization_options()
            await server.run(junk.Answered(read, write), write, options)
        finally:
            await stop(door, GRACE_SECONDS)


def end_on_signals(door: Door, close: Callable[[], Awaitable[None]] | None = None) -> None:
    """End at the first SIGINT or SIGTERM: stop the reviews, run `close`, then exit without waiting
    for the thread that reads stdin, which cannot be woken."""
    loop = asyncio.get_running_loop()
    ending: list[asyncio.Task[None]] = []

    async def end(code: int) -> None:
        await stop(door, SIGNAL_SECONDS)
        if close is not None:
            await close()
        process.kill_running()
        os._exit(code)

    def handle(code: int) -> None:
        ending.append(asyncio.create_task(end(code)))

    if sys.platform != "win32":
        loop.add_signal_handler(signal.SIGINT, handle, Exit.INTERRUPTED)
        loop.add_signal_handler(signal.SIGTERM, handle, Exit.TERMINATED)


async def stop(door: Door, seconds: float) -> None:
    """Stop the running reviews; finished work is remembered."""
    tasks = [job.task for job in door.jobs if job.task]
    for job in door.jobs:
        if not job.stop.done():
            job.stop.set_result("terminated")
    if tasks:
        await asyncio.wait(tasks, timeout=seconds)


def build(door: Door) -> Server[Any]:
    """The SDK's server with the tools of the door. Raises ImportError without the SDK."""
    import mcp_types as types
    from mcp.server.lowlevel import Server

    async def list_tools(_: Any, __: Any) -> types.ListToolsResult:
        return types.ListToolsResult(
            tools=[_tool(name, each) for name, each in offered(door).items()]
        )

    async def call_tool(ctx: Any, params: types.CallToolRequestParams) -> types.CallToolResult:
        async def report(progress: float, total: float | None, message: str) -> None:
            await ctx.session.report_progress(progress, total, message)

        try:
            return _result(await call(door, params.name, params.arguments or {}, report))
        except ReviewerError as exc:
            return _refused(exc)

    return Server(
        config.APP,
        version=__version__,
        instructions=contract.INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def offered(door: Door) -> dict[str, ToolText]:
    return {name: each for name, each in TOOLS.items() if name != "apply_fix" or door.allow_apply}


def _tool(name: str, each: ToolText) -> types.Tool:
    import mcp_types as types

    read_only, destructive, idempotent = each.hints
    return types.Tool(
        name=name,
        description=each.description,
        input_schema=each.takes.model_json_schema(by_alias=True),
        output_schema=each.gives.model_json_schema(mode="serialization", by_alias=True),
        annotations=types.ToolAnnotations(
            read_only_hint=read_only,
            destructive_hint=destructive,
            idempotent_hint=idempotent,
            open_world_hint=False,
        ),
    )


async def call(door: Door, name: str, arguments: dict[str, Any], report: Tell) -> BaseModel:
    """The result of a tool. Raises ReviewerError; wrong arguments are a UsageError."""
    if name not in TOOLS:
        raise UsageError(f"no such tool: {cut(one_line(name), 100)}", reason="no_such_tool")
    try:
        given: Any = TOOLS[name].takes.model_validate(arguments)
    except ValidationError as exc:
        first = exc.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise UsageError(
            f"{cut(one_line(place), 100)}: {first['msg']}", reason="bad_arguments"
        ) from None
    match name:
        case "review":
            return await _review(door, given, report)
        case "status":
            return tools.status(door)
        case "apply_fix":
            async with door.turn:
                return await asyncio.to_thread(tools.apply_fix, door, given)
        case _:
            work: Callable[[Door, Any], BaseModel] = getattr(tools, name)
            return await asyncio.to_thread(work, door, given)


async def _review(door: Door, given: ReviewArguments, report: Tell) -> Report:
    """Review and report progress. When the client cancels the call or disconnects, the review is
    stopped in order; it ends in the background, and the next one waits for it."""
    events: asyncio.Queue[Event | None] = asyncio.Queue()
    job = tools.begin(door, given, events.put_nowait)
    assert job.task is not None
    job.task.add_done_callback(lambda _: events.put_nowait(None))
    progress = Progress()
    try:
        while not job.task.done():
            alone = ""
            try:
                event = await asyncio.wait_for(events.get(), BEAT_SECONDS)
            except TimeoutError:
                alone = "working" if door.jobs[0] is job else "waiting for another review to end"
            else:
                if event is None:
                    break
                while event is not None:
                    progress.take(event)
                    event = None if events.empty() else events.get_nowait()
            await report(*progress.tell(alone))
            await asyncio.wait({job.task}, timeout=APART_SECONDS)
        return job.task.result()
    finally:
        if not job.stop.done():
            job.stop.set_result("interrupted")
        job.task.add_done_callback(
            lambda task: task.cancelled() or task.exception()
        )  # else it is logged


def _result(value: BaseModel) -> types.CallToolResult:
    """The value as structured content, and as text for clients that read only text."""
    import mcp_types as types

    content: list[Any] = [
        types.TextContent(text=contract.UNTRUSTED),
        types.TextContent(text=json.dumps(events.dump(value), separators=(",", ":"))),
    ]
    return types.CallToolResult(content=content, structured_content=events.dump(value))


def _refused(exc: ReviewerError) -> types.CallToolResult:
    """Why a tool did nothing: the message, and the `error` event of the command line. It is not
    structured content, because clients validate that against the result schema."""
    import mcp_types as types

    error = verdict.error(exc)
    content: list[Any] = [
        types.TextContent(text=cut(error.message, 2000)),
        types.TextContent(text=events.line(error)),
    ]
    return types.CallToolResult(content=content, is_error=True)
