"""A model hub on loopback, as far as huggingface_hub needs one: listing, metadata, files with
ranges; and what goes wrong on the way."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

COMMIT = hashlib.sha1(b"main", usedforsecurity=False).hexdigest()


@dataclass
class Hub:
    """`status`: what every request is answered with instead, with the hub's own code for it.
    `stall`: the bytes of a file after which nothing more is sent until `resume` is set; `cut`:
    after which the connection ends. `more`: bytes that are sent beyond a file's size.
    `got`: (file, first byte) of each download."""

    files: Mapping[str, bytes]
    status: int = 200
    code: str = ""
    stall: int | None = None
    cut: int | None = None
    more: int = 0
    ranges: bool = True
    url: str = ""
    got: list[tuple[str, int]] = field(default_factory=list)
    resume: threading.Event = field(default_factory=threading.Event)
    stalled: threading.Event = field(default_factory=threading.Event)


@contextmanager
def serve(hub: Hub) -> Iterator[Hub]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(hub))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    hub.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield hub
    finally:
        hub.resume.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(hub: Hub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def do_HEAD(self) -> None:
            self.do_GET()

        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            if hub.status != 200:
                self._answer(hub.status, b"{}", {"X-Error-Code": hub.code})
            elif re.fullmatch(r"/api/models/[^/]+/[^/]+(/revision/[^/]+)?", path):
                files = [_sibling(name, data) for name, data in hub.files.items()]
                self._answer(200, _json({"id": "x/y", "sha": COMMIT, "siblings": files}))
            elif "/tree/" in path:
                self._answer(200, _json([_entry(name, data) for name, data in hub.files.items()]))
            elif found := re.fullmatch(r"/[^/]+/[^/]+/resolve/[^/]+/(.+)", path):
                self._file(unquote(found[1]))
            else:
                self._answer(404, b"{}")

        def _file(self, name: str) -> None:
            data = hub.files[name]
            headers = {
                "ETag": f'"{_blob(data)}"',
                "X-Repo-Commit": COMMIT,
                "Accept-Ranges": "bytes",
            }
            first = int((re.search(r"bytes=(\d+)-", self.headers.get("Range", "")) or [0, 0])[1])
            first = first if hub.ranges else 0
            if first:
                headers["Content-Range"] = f"bytes {first}-{len(data) - 1}/{len(data)}"
            if self.command == "GET":
                hub.got.append((name, first))
            sent = data[first:] + bytes(hub.more)
            self._answer(206 if first else 200, sent, headers, troubled=True)

        def _answer(
            self,
            status: int,
            body: bytes,
            headers: Mapping[str, str] = {},
            troubled: bool = False,
        ) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command == "HEAD":
                return
            for at in range(0, len(body), 1 << 16):
                if (
                    troubled
                    and hub.stall is not None
                    and at >= hub.stall
                    and not hub.resume.is_set()
                ):
                    self.wfile.flush()
                    hub.stalled.set()
                    hub.resume.wait(60)
                if troubled and hub.cut is not None and at >= hub.cut:
                    self.wfile.flush()
                    self.close_connection = True
                    return
                try:
                    self.wfile.write(body[at : at + (1 << 16)])
                except OSError:  # the client has gone
                    self.close_connection = True
                    return

    return Handler


def _sibling(name: str, data: bytes) -> dict[str, object]:
    """Small files are objects of git, large ones are named by their SHA-256."""
    if len(data) < 1000:
        return {"rfilename": name, "size": len(data), "blobId": git_id(data)}
    lfs = {"sha256": _sha(data), "size": len(data), "pointerSize": 130}
    return {"rfilename": name, "size": len(data), "blobId": "0" * 40, "lfs": lfs}


def _blob(data: bytes) -> str:
    return git_id(data) if len(data) < 1000 else _sha(data)


def git_id(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _entry(name: str, data: bytes) -> dict[str, object]:
    row: dict[str, object] = {"type": "file", "path": name, "size": len(data), "oid": git_id(data)}
    if len(data) >= 1000:
        row["lfs"] = {"oid": _sha(data), "size": len(data), "pointerSize": 130}
    return row


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _json(value: object) -> bytes:
    return json.dumps(value).encode()
