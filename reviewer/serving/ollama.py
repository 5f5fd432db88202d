"""Finds Ollama, starts it with what a review needs, and has it download a model.

Its API: github.com/ollama/ollama, docs/api.md; its environment: docs/faq.mdx.
"""

from __future__ import annotations

import contextlib
import json
import re
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reviewer.errors import EngineError, EngineUnreachable, NoEngine
from reviewer.models.dialects.base import count, record, records, string
from reviewer.process import NEW_GROUP
from reviewer.serving import catalogue, elsewhere
from reviewer.serving.command import parse_version
from reviewer.serving.launch import Launch
from reviewer.text import cut, one_line

if TYPE_CHECKING:
    import httpx

_KEEP = "30m"  # a model that was unloaded takes longer to load than a hunk to review
_START = 20.0  # seconds
_SILENCE = 120.0  # seconds; it checks what it has downloaded without a word
Progress = Callable[[str, int, int], None]  # what it does, bytes done, bytes in all (0: unknown)


@dataclass(frozen=True, slots=True)
class Ollama:
    program: str
    version: str  # "" if unknown


def find() -> Ollama:
    """The Ollama of this machine. Raises NoEngine when there is none."""
    program = elsewhere.program(("ollama",))
    if program is None:
        raise NoEngine(
            "Ollama is not installed; to get what this machine needs, run: reviewer setup"
        )
    found = re.search(
        r"version is (\d+(?:\.\d+)+)|client version is (\d+(?:\.\d+)+)",
        elsewhere.said([program, "--version"]),
    )
    version = (found[1] or found[2]) if found else ""
    return Ollama(program, version)


def check(version: str, tag: str) -> None:
    """Raises NoEngine for a version that is known to be too old for `tag`."""
    known = catalogue.lookup(tag)
    oldest = known[0].min_ollama if known else ""
    if version and oldest and parse_version(version) < parse_version(oldest):
        raise NoEngine(
            f"Ollama {one_line(version)} is too old for {one_line(tag)}: update it to {oldest} or"
            " newer"
        )


def launch(found: Ollama, tag: str, *, port: int, context: int, parallel: int = 1) -> Launch:
    """`ollama serve` for this user alone, with the model `tag` in mind. It takes no key.
    Raises NoEngine for one that is too old."""
    check(found.version, tag)
    return Launch(
        "ollama",
        one_line(tag),
        f"http://127.0.0.1:{port}",
        (found.program, "serve"),
        {
            "OLLAMA_HOST": f"127.0.0.1:{port}",
            "OLLAMA_CONTEXT_LENGTH": str(context),
            "OLLAMA_NUM_PARALLEL": str(parallel),
            "OLLAMA_KEEP_ALIVE": _KEEP,
            "OLLAMA_FLASH_ATTENTION": "1",
        },
        found.version,
    )


def running(endpoint: str) -> str | None:
    """The version of the Ollama that answers at `endpoint`; None if none does."""
    import httpx

    try:
        with _client(endpoint) as client:
            answer = client.get("/api/version", timeout=2.0).json()
    except (httpx.HTTPError, ValueError):
        return None
    return string(record(answer).get("version")) or None


@contextlib.contextmanager
def briefly(wanted: Launch) -> Iterator[str]:
    """The endpoint of an Ollama that runs for the `with` block, at a port of its own: it downloads
    models only while it runs. Raises NoEngine, EngineUnreachable."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    environ = wanted.environ() | {"OLLAMA_HOST": address}
    try:
        process = subprocess.Popen(
            wanted.argv,
            env=environ,
            cwd=Path(wanted.argv[0]).parent,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is ours to handle
            creationflags=NEW_GROUP,
        )
    except OSError as error:
        raise NoEngine(f"cannot start {one_line(wanted.argv[0])}: {error.strerror}") from error
    try:
        _await(process, f"http://{address}")
        yield f"http://{address}"
    finally:
        process.terminate()
        try:
            process.wait(5.0)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await(process: subprocess.Popen[bytes], endpoint: str) -> None:
    began = time.monotonic()
    while running(endpoint) is None:
        if process.poll() is not None:
            raise NoEngine("Ollama ends as soon as it is started: run `ollama serve` to see why")
        if time.monotonic() - began > _START:
            raise EngineUnreachable(
                f"Ollama does not answer within {_START:g} s: run `ollama serve` to see why"
            )
        time.sleep(0.1)


def pull(endpoint: str, tag: str, progress: Progress) -> None:
    """Have the Ollama at `endpoint` download `tag` unless it has it. One that was cut off goes on
    where it stopped. Raises EngineError when it fails, EngineUnreachable when it falls silent."""
    import httpx

    try:
        with _client(endpoint) as client:
            listed = records(record(client.get("/api/tags", timeout=10.0).json()).get("models"))
            if any(entry.get("name") == tag for entry in listed):
                return
            _follow(client, tag, progress)
    except (httpx.HTTPError, ValueError) as error:
        raise EngineUnreachable(
            f"Ollama stopped answering while it downloaded {one_line(tag)}: run the same command"
            " again, it goes on where it stopped"
        ) from error


def _follow(client: httpx.Client, tag: str, progress: Progress) -> None:
    sizes: dict[str, tuple[int, int]] = {}  # by layer
    with client.stream("POST", "/api/pull", json={"model": tag}) as answer:
        for line in answer.iter_lines():
            event = record(json.loads(line)) if line.strip() else {}
            if problem := string(event.get("error")):
                raise EngineError(
                    f"Ollama cannot download {one_line(tag)}: {cut(one_line(problem), 200)}; run"
                    " the same command again, it goes on where it stopped"
                )
            if total := count(event.get("total")):
                sizes[string(event.get("digest"))] = (count(event.get("completed")), total)
            done, all_of_it = (sum(size[part] for size in sizes.values()) for part in (0, 1))
            progress(cut(one_line(string(event.get("status"))), 60), done, all_of_it)
            if event.get("status") == "success":
                return
    raise ValueError("it ended without success")


def _client(endpoint: str) -> Any:
    import httpx

    return httpx.Client(base_url=endpoint, timeout=_SILENCE, trust_env=False)
