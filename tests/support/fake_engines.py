"""Stand-ins for llama-server and Ollama: programs that answer as the real ones do."""

from __future__ import annotations

import json
import os
import stat
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

NEW_OPTIONS = (
    "-m, --model FNAME  -a, --alias STRING  --ctx-size N  --n-gpu-layers N  --threads N"
    " --reasoning [on|off|auto]  --jinja, --no-jinja  --mmproj-auto, --no-mmproj"
    " -fa, --flash-attn [on|off|auto]  -ctxcp, --ctx-checkpoints N  -cram, --cache-ram N"
    " --slots, --no-slots  --ui, --webui, --no-ui, --no-webui  --offline  --cors-origins ORIGINS"
)
OLD_OPTIONS = "-m, --model FNAME  --ctx-size N  --jinja  --no-webui  --no-mmproj"


def llama_server(
    folder: Path,
    *,
    name: str = "llama-server",
    options: str = NEW_OPTIONS,
    version: str = "version: 10434 (7e4c0a9)",
    devices: str = "  (none)",
    code: int = 0,
) -> Path:
    """A program in `folder` that only says what it is."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(
        f'#!/bin/sh\ncase "$1" in\n--help) echo "{options}" ;;\n'
        f'--version) echo "{version}" >&2 ;;\n'
        f'--list-devices) printf "Available devices:\\n{devices}\\n" ;;\nesac\nexit {code}\n'
    )
    return _runnable(path)


def ollama(folder: Path, *, version: str = "0.31.0", **behaviour: Any) -> Path:
    """An Ollama that keeps its models beside itself, in `models.json`. `behaviour`: `fails` is the
    error of a download, `cut` ends it in the middle, `dies` ends the server at once."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "behaviour.json").write_text(json.dumps({"version": version, **behaviour}))
    path = folder / "ollama"
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" -S "{__file__}" "{folder}" "$@"\n')
    return _runnable(path)


def _runnable(path: Path) -> Path:
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def _handler(folder: Path) -> type[BaseHTTPRequestHandler]:
    behaviour = json.loads((folder / "behaviour.json").read_text())
    store = folder / "models.json"

    def kept() -> list[str]:
        return list(json.loads(store.read_text())) if store.exists() else []

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args: Any) -> None:
            with (folder / "asked.log").open("a") as file:
                file.write(f"{self.command} {self.path}\n")

        def do_GET(self) -> None:
            models = [{"name": name} for name in kept()]
            answers = {
                "/api/version": {"version": behaviour["version"]},
                "/api/tags": {"models": models},
                "/api/ps": {"models": []},
            }
            found = answers.get(self.path)
            self._answer(200 if found else 404, [found or {"error": "404 page not found"}])

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if self.path == "/api/show":
                self._answer(200, [{"model_info": {"gemma4.context_length": 131072}}])
            elif self.path == "/api/pull":
                self._answer(200, self._pull(body["model"]))
            else:
                word = '{"state":"ready"}'
                done = {"message": {"content": word}, "done": True, "done_reason": "stop"}
                self._answer(200, [done | {"prompt_eval_count": 9, "eval_count": 5}])

        def _pull(self, tag: str) -> list[dict[str, Any]]:
            layer = {"status": "pulling aa", "digest": "sha256:aa", "total": 2_000_000_000}
            events: list[dict[str, Any]] = [{"status": "pulling manifest"}]
            events += [layer | {"completed": part * 500_000_000} for part in (1, 2)]
            if "fails" in behaviour:
                return [*events, {"error": behaviour["fails"]}]
            if behaviour.get("cut"):
                return events
            store.write_text(json.dumps([*kept(), tag]))
            return [*events, layer | {"completed": 2_000_000_000}, {"status": "success"}]

        def _answer(self, status: int, lines: list[Any]) -> None:
            data = "".join(json.dumps(line) + "\n" for line in lines).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-ndjson")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    return Handler


def main() -> None:
    folder = Path(sys.argv[1])
    behaviour = json.loads((folder / "behaviour.json").read_text())
    if "--version" in sys.argv:
        print(f"ollama version is {behaviour['version']}")
        return
    if behaviour.get("dies"):
        sys.exit(1)
    host, _, port = os.environ["OLLAMA_HOST"].partition(":")
    names = sorted(name for name in os.environ if name.startswith("OLLAMA_"))
    print(json.dumps({name: os.environ[name] for name in names}), flush=True)
    server = ThreadingHTTPServer((host, int(port)), _handler(folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    while True:
        time.sleep(60)


if __name__ == "__main__":
    main()
