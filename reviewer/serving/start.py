"""Starts a server, waits until it has answered a request, and explains why when it does not."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from stat import S_ISSOCK

from reviewer.errors import (
    AuthFailed,
    EngineError,
    EngineUnreachable,
    ModelNotFound,
    NoEngine,
    UsageError,
)
from reviewer.messages import Prompt
from reviewer.models.base import PromptTooLong, Schema
from reviewer.process import NEW_GROUP
from reviewer.serving import registry
from reviewer.serving.explain import explain
from reviewer.serving.launch import Launch, key_file
from reviewer.serving.processes import end_group
from reviewer.serving.programs import dialect
from reviewer.serving.stages import Watch
from reviewer.text import cut, one_line

# A single allowed word: any model answers at once, and only a server that enforces schemas always
# gets it right.
PROBE = Schema(
    "ready",
    {
        "type": "object",
        "properties": {"state": {"type": "string", "enum": ["ready"]}},
        "required": ["state"],
        "additionalProperties": False,
    },
)
_PROBE_PROMPT = Prompt("You are a code reviewer.", "Say that you are ready.", 32)
_TAIL = 256 * 1024
_WARM_UP = 30.0  # seconds for which a listening server may refuse requests
_LOOK = 1.0  # seconds between two looks into the log
Report = Callable[[str, float], None]  # (what it is doing, seconds since the start)


@dataclass(frozen=True)
class Started:
    server: registry.Server
    process: subprocess.Popen[bytes]


def start(
    launch: Launch,
    where: Path,
    *,
    timeout: float,
    report: Report = lambda stage, seconds: None,
    every: float = 8.0,
) -> Started:
    """Start `launch` in its own process group and wait until it has answered a request with a
    schema.

    The log and the registration are in `where`. `report` is called for every new stage, and about
    every `every` seconds. Any failure, and Ctrl-C, ends the server. Raises UsageError when the
    address is in use, NoEngine when the server ends or ignores the schema, EngineUnreachable when
    it is not ready within `timeout` seconds.
    """
    registry.prepare(where)
    for server in registry.running(where, starting=True):
        if server.endpoint == launch.endpoint:
            raise UsageError(
                f"a server is already running at {one_line(launch.endpoint)} (process {server.pid},"
                f" {one_line(server.model)}): stop it with `reviewer serve stop`, or choose another"
                " --port"
            )
    with registry.lock(launch.endpoint, where):
        _check_free(launch.endpoint)
        log = where / f"{registry.stem(launch.endpoint)}.log"
        process = _spawn(launch, log, where)
        server = registry.new(
            engine=launch.engine,
            model=launch.model,
            endpoint=launch.endpoint,
            key=launch.key,
            pid=process.pid,
            command=list(launch.argv),
            log=log,
            version=launch.version,
        )
        try:
            registry.write(server, where)
            asyncio.run(_until_ready(process, launch, log, timeout, report, every))
            ready = replace(server, ready=True)
            registry.write(ready, where)
        except BaseException:
            end_group(
                process.pid, grace=5.0
            )  # also the children of a process that has already ended
            process.wait()
            registry.remove(server, where)
            raise
    return Started(ready, process)


def _check_free(endpoint: str) -> None:
    """Raises UsageError when the address is in use: otherwise two servers would share the port, or
    the second would fail after minutes of loading."""
    if endpoint.startswith("unix:"):
        _check_socket(Path(endpoint.removeprefix("unix:")))
        return
    host, _, port = endpoint.removeprefix("http://").rpartition(":")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except OSError as error:
            raise UsageError(
                f"cannot use port {port} ({error.strerror}): choose another --port, or --port 0 for"
                " any free one"
            ) from None


def _check_socket(path: Path) -> None:
    if sys.platform == "win32":
        raise UsageError("--uds is not for Windows: use --port")
    problem = None
    if len(os.fsencode(path)) > 103:  # what macOS takes; Linux takes 107
        problem = "its path is longer than 103 bytes"
    elif not path.parent.is_dir():
        problem = "its folder does not exist"
    elif path.exists() and not S_ISSOCK(path.lstat().st_mode):
        problem = "it is a file"
    elif path.exists():
        with socket.socket(socket.AF_UNIX) as probe, contextlib.suppress(ConnectionRefusedError):
            probe.settimeout(2)
            probe.connect(str(path))
            problem = "another server answers there"
        if problem is None:
            path.unlink()  # left behind by a server that was killed
    if problem:
        raise UsageError(f"--uds {one_line(str(path))}: {problem}; choose another path")


def _spawn(launch: Launch, log: Path, where: Path) -> subprocess.Popen[bytes]:
    if launch.key_variable is None:
        _write_private(key_file(launch.endpoint, where), launch.key.encode())
    log.unlink(missing_ok=True)
    with os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as output:
        try:
            # In our own folder: a Python package in the current directory must not shadow one of
            # vLLM's.
            return subprocess.Popen(
                launch.argv,
                cwd=where,
                env=launch.environ(),
                stdin=subprocess.DEVNULL,
                stderr=output,
                # llama.cpp's child announces its key there
                stdout=output if launch.key_variable else subprocess.DEVNULL,
                start_new_session=True,
                creationflags=NEW_GROUP,
            )
        except OSError as error:
            raise NoEngine(f"cannot start {one_line(launch.argv[0])}: {error.strerror}") from error


def _write_private(path: Path, data: bytes) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)


async def _until_ready(
    process: subprocess.Popen[bytes],
    launch: Launch,
    log: Path,
    timeout: float,  # noqa: ASYNC109
    report: Report,
    every: float,  # noqa: ASYNC109, RUF100
) -> None:
    began = looked = time.monotonic()
    watch = Watch(began, every)
    refused_since: float | None = None
    while True:
        attempt = asyncio.create_task(_why_not_ready(launch, timeout))
        try:
            while not attempt.done():
                now = time.monotonic()
                if process.poll() is not None:
                    raise died(launch.engine, log, process.returncode)
                if now - began > timeout:
                    watch.look(tail(log), now)
                    raise EngineUnreachable(
                        f"the server was not ready within {timeout:g} s ({watch.last(now)}): raise"
                        f" --timeout, or read its log, {one_line(str(log))}"
                    )
                if now - looked >= min(_LOOK, every):
                    looked = now
                    if words := watch.look(tail(log), now):
                        report(words, now - began)
                await asyncio.wait((attempt,), timeout=0.2)
        finally:
            attempt.cancel()
            await asyncio.gather(attempt, return_exceptions=True)
        objection = attempt.result()
        if objection is None:
            return
        if isinstance(objection, EngineUnreachable):
            refused_since = None
        elif refused_since is None:
            refused_since = time.monotonic()
        elif time.monotonic() - refused_since > _WARM_UP:
            raise objection
        await asyncio.sleep(0.3)


async def _why_not_ready(launch: Launch, seconds: float) -> EngineError | None:
    """None when the server has answered with the schema; else why not yet: EngineUnreachable when
    nothing answers, EngineError when the server refuses. Raises errors that waiting cannot fix."""
    from reviewer import models
    from reviewer.models.wire import Limits

    limits = Limits(first_byte=seconds, progress=seconds, patience=0.0, retries=0)
    try:
        model = await models.connect(
            launch.endpoint,
            engine=dialect(launch.engine),
            model=launch.model,
            key=launch.key,
            limits=limits,
        )
    except EngineUnreachable as error:
        return error
    try:
        reply = await model.complete(_PROBE_PROMPT, PROBE)
    except PromptTooLong as error:
        raise UsageError(
            f"the context is too short for any review: {cut(one_line(str(error)), 200)}"
        ) from None
    except (AuthFailed, ModelNotFound):
        raise
    except EngineError as error:
        return error
    finally:
        await model.aclose()
    if not _follows(reply.text):
        raise NoEngine(
            "the server ignores the schema of the reply"
            f" ({cut(one_line(reply.text), 80)!r}), so it cannot review: update it, or run"
            " `reviewer doctor`"
        )
    return None


def _follows(text: str) -> bool:
    try:
        return bool(json.loads(text) == {"state": "ready"})
    except (ValueError, RecursionError):
        return False


def died(engine: str, log: Path, code: int | None) -> EngineError:
    """The error for a server that has ended."""
    cause = explain(tail(log), code)
    return NoEngine(f"{engine} ended: {cause}", cause=cause.kind, log=str(log))


def tail(log: Path) -> str:
    """The end of the log as raw text: escape it before showing it."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL))
            return file.read().decode("utf-8", "replace")
    except OSError:
        return ""
