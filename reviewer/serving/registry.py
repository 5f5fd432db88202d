"""Keeps track of the servers that `reviewer serve start` has started: one JSON file each, in the
state directory.

Files are `servers/HOST-PORT.json` (0600, the folder 0700) under the user's state directory, or
under REVIEWER_STATE_DIR. Other programs may read these keys:

engine        "vllm", "llama-server", "llamacpp" or "ollama"
model         the name to ask the server for
endpoint      "http://127.0.0.1:PORT", or "unix:PATH" for a Unix socket; without /v1
key           the bearer token
pid           the process, leader of its own process group
started       when, in UTC (ISO 8601)
command       the command that started it, as a list of arguments
log           the file with its output
version       of the engine, "" if unknown
host          the machine: a home directory may be shared by several
processStart  distinguishes the process from a later one with the same pid
ready         false until the server has answered a request with a schema
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import socket
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from reviewer import disk
from reviewer.errors import ConfigError, UsageError
from reviewer.serving.processes import end_group, exact_start, kill_orphans
from reviewer.text import one_line


@dataclass(frozen=True, slots=True)
class Server:
    engine: str
    model: str
    endpoint: str
    key: str = field(repr=False)
    pid: int
    started: str
    command: tuple[str, ...]
    log: str
    version: str
    host: str
    process_start: str
    ready: bool = False


def new(
    *,
    engine: str,
    model: str,
    endpoint: str,
    key: str,
    pid: int,
    command: list[str],
    log: Path,
    version: str,
) -> Server:
    """The registration of a process that was just started on this machine."""
    return Server(
        engine,
        model,
        endpoint,
        key,
        pid,
        datetime.now(UTC).isoformat(timespec="seconds"),
        tuple(command),
        str(log),
        version,
        socket.gethostname(),
        exact_start(pid) or "",
    )


def folder(environ: Mapping[str, str] = os.environ) -> Path:
    """The folder of registrations, logs and locks. It need not exist."""
    own = environ.get("REVIEWER_STATE_DIR")
    if own:
        return Path(own).expanduser().absolute() / "servers"
    import platformdirs

    return platformdirs.user_state_path("gemma-reviewer") / "servers"


def prepare(where: Path) -> None:
    """Create the folder. Raises ConfigError when it cannot be created or belongs to another
    user."""
    problem = None
    try:
        where.mkdir(mode=0o700, parents=True, exist_ok=True)
        if disk.is_ours(where.stat()):
            where.chmod(0o700)
        else:
            problem = "it belongs to another user"
    except OSError as error:
        problem = error.strerror or str(error)
    if problem:
        raise ConfigError(
            f"cannot use the state directory {one_line(str(where))} ({problem}): set"
            " REVIEWER_STATE_DIR to another one"
        )


def stem(endpoint: str) -> str:
    """The name of the files of a server on this machine, without a suffix."""
    if endpoint.startswith("unix:"):
        name = "uds-" + hashlib.sha256(endpoint.encode("utf-8", "surrogateescape")).hexdigest()[:12]
    else:
        name = endpoint.rpartition(":")[2]
    host = "".join(char if char.isalnum() or char in "-." else "_" for char in socket.gethostname())
    return f"{host}-{name}"


def write(server: Server, where: Path) -> Path:
    """Register `server`. Readers see the complete file or none."""
    record = {
        "engine": server.engine,
        "model": server.model,
        "endpoint": server.endpoint,
        "key": server.key,
        "pid": server.pid,
        "started": server.started,
        "command": list(server.command),
        "log": server.log,
        "version": server.version,
        "host": server.host,
        "processStart": server.process_start,
        "ready": server.ready,
    }
    path = where / f"{stem(server.endpoint)}.json"
    handle, temporary = tempfile.mkstemp(dir=where, prefix=".new-")  # mode 0600
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(record, file, indent=1)
        file.write("\n")
    disk.replace(temporary, path)
    return path


def registered(server: Server, where: Path) -> bool:
    """Whether the registration at its address is that of `server` and not of a later one."""
    found = _read(where / f"{stem(server.endpoint)}.json")
    return found is not None and (found.pid, found.process_start) == (
        server.pid,
        server.process_start,
    )


def remove(server: Server, where: Path) -> None:
    """Remove the registration of `server`, its socket and its key. A later registration at the same
    address is kept."""
    if not registered(server, where):
        return
    path = where / f"{stem(server.endpoint)}.json"
    path.unlink(missing_ok=True)
    path.with_suffix(".key").unlink(missing_ok=True)
    if server.endpoint.startswith("unix:"):
        with contextlib.suppress(OSError):
            Path(server.endpoint.removeprefix("unix:")).unlink()


def running(where: Path | None = None, *, starting: bool = False) -> tuple[Server, ...]:
    """The servers of this machine that are ready, oldest first; with `starting`, also those that
    are not ready yet. Registrations of servers that no longer run are removed, and their remaining
    processes are ended; those of other machines are left alone."""
    where = where or folder()
    found = []
    for path in where.glob("*.json"):
        server = _read(path)
        if server is None or server.host != socket.gethostname():
            continue
        if alive(server):
            found += [server] if server.ready or starting else []
        else:
            # Locked, so that a new server starting in its place keeps its registration.
            with contextlib.suppress(UsageError), lock(server.endpoint, where):
                kill_orphans(server.pid, server.process_start)
                remove(server, where)
    return tuple(sorted(found, key=lambda server: (server.started, server.endpoint)))


def _read(path: Path) -> Server | None:
    """None unless the file is our own registration: a foreign one could make us kill processes or
    leak the key."""
    try:
        with path.open("rb") as file:
            info = os.fstat(file.fileno())
            if not disk.is_ours(info) or disk.open_to(info, 0o077):
                return None
            record = json.loads(file.read(1 << 20))
    except (OSError, ValueError, RecursionError):
        return None
    return _server(record)


def _server(record: Any) -> Server | None:
    texts = (
        "engine",
        "model",
        "endpoint",
        "key",
        "started",
        "log",
        "version",
        "host",
        "processStart",
    )
    if not isinstance(record, dict) or not all(isinstance(record.get(name), str) for name in texts):
        return None
    pid, command = record.get("pid"), record.get("command")
    if not isinstance(pid, int) or pid <= 1 or not isinstance(command, list):
        return None
    if not all(isinstance(argument, str) for argument in command) or not isinstance(
        record.get("ready"), bool
    ):
        return None
    return Server(
        record["engine"],
        record["model"],
        record["endpoint"],
        record["key"],
        pid,
        record["started"],
        tuple(command),
        record["log"],
        record["version"],
        record["host"],
        record["processStart"],
        record["ready"],
    )


def alive(server: Server) -> bool:
    """Whether the registered process itself (not a later one with its pid) still runs."""
    return bool(server.process_start) and exact_start(server.pid) == server.process_start


def stop(server: Server, where: Path, *, grace: float = 15.0) -> bool:
    """End `server` and everything it started, and remove its registration: SIGTERM, then SIGKILL
    after `grace` seconds. True when it had to be killed. Raises EngineError when a process is
    still left after that."""
    if not alive(server):
        kill_orphans(server.pid, server.process_start)
        remove(server, where)
        return False
    killed = end_group(server.pid, grace=grace)
    remove(server, where)
    return killed


@contextmanager
def lock(endpoint: str, where: Path) -> Iterator[None]:
    """Keep others from starting a server at `endpoint`. Raises UsageError when someone is already
    doing so."""
    try:
        with disk.locked(where / f"{stem(endpoint)}.lock", 0.0):
            yield
    except disk.Taken:
        raise UsageError(
            f"another `reviewer serve start` is using {one_line(endpoint)}: wait, or choose another"
            " --port"
        ) from None
