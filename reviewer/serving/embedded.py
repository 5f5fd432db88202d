"""The process of the embedded engine: llama.cpp behind a loopback port, for as long as its parent
lives.

    python -P -m reviewer.serving.embedded --model MODEL.gguf --context 8192 --parallel 2

When it is ready, it prints one JSON line to stdout: {"ready": true, "port": …, "endpoint": …,
"key": …, "model": …, "contextTokens": …, "parallel": …}. It ends when its stdin closes, on SIGTERM
and on SIGINT. When the model cannot be loaded, it prints the reason to stderr and exits with 1.

It is a separate process because llama.cpp holds the interpreter's lock while it loads, does not
survive a signal that Python handles in that time, and may abort.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import secrets
import signal
import stat
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

_PROMPT_CACHE_MIB = 256  # prompts of idle slots kept in memory; llama.cpp's default is 8 GiB


def main(argv: Sequence[str] | None = None) -> NoReturn:
    options = _parser().parse_args(argv)
    announce = _take_stdout()
    _die_with_parent(options.stay)
    key = (
        options.key_file.read_text("ascii").strip()
        if options.key_file
        else secrets.token_urlsafe(32)
    )
    try:
        import xllamacpp

        server = xllamacpp.Server(_parameters(xllamacpp, options, key))
    except (
        ImportError,
        RuntimeError,
        OSError,
        ValueError,
    ) as error:  # llama.cpp has written the reason to stderr
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        sys.stderr.flush()
        os._exit(1)
    endpoint = server.listening_address
    line = {
        "ready": True,
        "port": int(endpoint.rpartition(":")[2]),
        "endpoint": endpoint,
        "key": key,
        "model": options.name,
        "contextTokens": options.context,
        "parallel": options.parallel,
    }
    os.write(announce, json.dumps(line).encode() + b"\n")
    os.close(announce)
    _wait(options.stay)
    os._exit(0)  # no orderly shutdown: requests in flight belong to a parent that is gone


def cores() -> int:
    """Processors that this process may use: its affinity, and the quota of its control group
    (Linux)."""
    count = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text("ascii").split()
    except (OSError, ValueError):
        return count
    return count if quota == "max" else max(1, min(count, math.ceil(int(quota) / int(period))))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m reviewer.serving.embedded", allow_abbrev=False)
    parser.add_argument("--model", type=Path, required=True, metavar="PATH", help="the GGUF file")
    parser.add_argument("--name", help="name of the model for clients (default: the file's name)")
    parser.add_argument(
        "--context", type=int, default=8192, metavar="N", help="tokens of one request"
    )
    parser.add_argument("--parallel", type=int, default=1, metavar="N", help="requests at a time")
    parser.add_argument(
        "--chat-template", type=Path, metavar="FILE", help="replaces the chat template of the model"
    )
    parser.add_argument("--port", type=int, default=0, metavar="N", help="0: any free one")
    parser.add_argument(
        "--key-file", type=Path, metavar="FILE", help="use this key instead of a fresh one"
    )
    parser.add_argument("--stay", action="store_true", help="do not end when stdin closes")
    return parser


def _parameters(xllamacpp: Any, options: argparse.Namespace, key: str) -> Any:
    options.name = options.name or options.model.stem
    params = xllamacpp.CommonParams()
    params.model.path = str(options.model.resolve())
    params.model_alias = {options.name}
    params.n_ctx = options.context * options.parallel  # llama.cpp divides it among its slots
    params.n_parallel = options.parallel
    # The sliding-window layers keep everything: otherwise a prompt that shares only its beginning
    # with the one before (each unit of a review) is read from the start. Checkpoints do not help:
    # they lie at the last message and in the last 512 tokens, whatever their number and spacing
    # (2026.10: of two prompts with 2,035 tokens in common and 1,095 of their own, 1 was reused).
    params.swa_full = True
    params.hostnames = ["127.0.0.1"]
    params.port = options.port
    params.api_keys = [key]
    params.cors_origins = (
        "http://127.0.0.1"  # the default lets any page in the user's browser send requests
    )
    params.ui = False
    params.endpoint_slots = False  # it exposes other prompts
    params.cache_ram_mib = _PROMPT_CACHE_MIB
    params.verbosity = 1  # errors only; requests would be logged above that
    # All cores make it an order of magnitude slower: its threads spin, and then wait for the one
    # that was preempted.
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = max(1, cores() - 1)
    if options.chat_template:
        params.chat_template = options.chat_template.read_text("utf-8")
    return params


def _take_stdout() -> int:
    """A descriptor for our one line. From here on, native code that prints to stdout prints to
    stderr."""
    announce = os.dup(1)
    os.dup2(2, 1)
    return announce


def _die_with_parent(stay: bool) -> None:
    """Let the kernel end this process when the parent dies: while llama.cpp loads, no Python code
    can run, not even a signal handler."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if stay or sys.platform == "win32":  # where only the reading of stdin notices
        return
    import fcntl

    mode = os.fstat(0).st_mode
    if stat.S_ISFIFO(mode) or stat.S_ISSOCK(
        mode
    ):  # not a terminal, where each key would count as a message
        signal.signal(signal.SIGIO, signal.SIG_DFL)  # whose default is to end the process
        fcntl.fcntl(0, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(0, fcntl.F_SETFL, fcntl.fcntl(0, fcntl.F_GETFL) | os.O_ASYNC)


def _wait(stay: bool) -> None:
    """Wait until stdin closes. Reading also notices when it has closed already."""
    if stay:
        threading.Event().wait()
    while os.read(0, 4096):
        pass


if __name__ == "__main__":
    main()
