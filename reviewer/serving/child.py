"""Runs the embedded engine as a child process, and always ends it."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import json
import os
import re
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from reviewer import installer, temporary
from reviewer.errors import EngineUnreachable, NoEngine
from reviewer.process import NEW_GROUP
from reviewer.serving.gguf import NotGguf, metadata, trained_context
from reviewer.text import cut, one_line

# For the user's server; the child must not see them.
_PRIVATE = ("REVIEWER_API_KEY", "REVIEWER_API_KEY_FILE")
_LOG_LINE = re.compile(
    r"^[\d.]+ (?P<level>[EWID]) \s*(?P<text>.*)$"
)  # "0.00.118.195 E load: cannot …"


@dataclass(frozen=True, slots=True)
class Running:
    """A server that is ready. `endpoint` has no /v1; `key` is the bearer token; `context_tokens` is
    the limit of one request."""

    endpoint: str
    key: str = field(repr=False)
    model: str
    context_tokens: int


@asynccontextmanager
async def embedded(
    gguf: Path,
    *,
    context_tokens: int,
    parallel: int,
    chat_template: Path | None,
    timeout: float,  # noqa: ASYNC109
) -> AsyncIterator[Running]:
    """Run llama.cpp with the model `gguf` for the duration of the `with` block. It takes `parallel`
    requests at once, each of up to `context_tokens` tokens of prompt and reply (or fewer, if the
    model was trained on less). `chat_template` replaces the model's own.

    Raises NoEngine when the package or the file is missing or the model cannot be loaded,
    EngineUnreachable when it does not answer within `timeout` seconds.
    """
    trained = trained_context(_check(gguf)) or context_tokens
    argv = _argv(gguf, min(context_tokens, trained), parallel, chat_template)
    with tempfile.TemporaryFile(dir=temporary.folder()) as log:
        process = await asyncio.create_subprocess_exec(
            *argv,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
            cwd=Path(
                __file__
            ).parent,  # llama.cpp looks for libraries to load in its working directory
            env={name: value for name, value in os.environ.items() if name not in _PRIVATE},
            start_new_session=True,  # Ctrl-C in the terminal is ours to handle
            creationflags=NEW_GROUP,
        )
        try:
            yield await _ready(process, log, gguf, timeout)
        finally:
            await _end(process)


def _argv(gguf: Path, context_tokens: int, parallel: int, chat_template: Path | None) -> list[str]:
    return [
        # -P: a module of the reviewed repository, where we are run, must not pass for one of ours.
        sys.executable,
        "-P",
        "-m",
        "reviewer.serving.embedded",
        "--model",
        str(gguf.resolve()),
        f"--name={one_line(gguf.stem)}",
        "--context",
        str(context_tokens),
        "--parallel",
        str(parallel),
        *(["--chat-template", str(chat_template.resolve())] if chat_template else []),
    ]


def _check(gguf: Path) -> dict[str, str | int | float | bool]:
    """The model's metadata. Raises NoEngine for problems that show without starting anything."""
    if importlib.util.find_spec("xllamacpp") is None:
        raise NoEngine(f"the embedded engine is not installed; run: {installer.hint('embedded')}")
    try:
        return metadata(gguf)
    except FileNotFoundError:
        raise NoEngine(f"there is no model file {one_line(str(gguf))}: check --model") from None
    except OSError as error:
        raise NoEngine(
            f"cannot read the model {one_line(str(gguf))}: {error.strerror or error}"
        ) from error
    except NotGguf as error:
        raise NoEngine(f"llama.cpp cannot load {one_line(str(gguf))}: {error}") from None


async def _ready(
    process: asyncio.subprocess.Process, log: IO[bytes], gguf: Path, seconds: float
) -> Running:
    assert process.stdout is not None
    try:
        async with asyncio.timeout(seconds):
            line = await process.stdout.readline()
            if not line:
                await process.wait()
    except TimeoutError:
        raise EngineUnreachable(
            f"the embedded engine did not load {one_line(gguf.name)} within {seconds:g} s: "
            "allow more time with --timeout, or choose a smaller model"
        ) from None
    if not line:
        reasons = _reasons(log)
        raise NoEngine(
            f"the embedded engine cannot load {one_line(gguf.name)}:"
            f" {reasons[0] if reasons else _ended(process)}; try a smaller model or context, or"
            " download the file again",
            stderr=reasons,
        )
    answer = json.loads(line)
    return Running(answer["endpoint"], answer["key"], answer["model"], answer["contextTokens"])


def _ended(process: asyncio.subprocess.Process) -> str:
    code = process.returncode or 0
    return f"killed by signal {-code}" if code < 0 else f"exit code {code}"


def _reasons(log: IO[bytes]) -> list[str]:
    """The child's first error and last lines on stderr, safe to show."""
    log.seek(max(0, log.seek(0, os.SEEK_END) - 8192))
    lines = [line for line in log.read().decode("utf-8", "replace").split("\n") if line.strip()]
    matches = [_LOG_LINE.match(line) for line in lines]
    errors = [match["text"] for match in matches if match and match["level"] == "E"]
    return [cut(one_line(line.strip()), 300) for line in errors[:1] + lines[-3:]]


async def _end(process: asyncio.subprocess.Process) -> None:
    """Kill the process without waiting for anything; then reap it and close its pipes."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()  # it starts no processes of its own
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    await process.stdout.read()
    await process.wait()
