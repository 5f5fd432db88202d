"""The part of the Hugging Face hub's HTTP API that a download needs.

Ours and not the hub's library, which since its version 2 throws a file away that was cut off, and
which on Ctrl-C waits for the files that are on their way. Its documentation has the API; what is
read here was compared with version 2.4.
"""

from __future__ import annotations

import hashlib
import os
import re
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import quote

from reviewer.errors import AuthFailed, EngineError, EngineUnreachable, ModelNotFound, ReviewerError
from reviewer.models import address, route
from reviewer.text import cut, one_line

if TYPE_CHECKING:
    import httpx

_TRUE = ("1", "ON", "YES", "TRUE")
_CONNECT, _SILENCE = 10.0, 30.0  # seconds
_RETRIES = 5  # in a row without a single byte
_PIECE = 1 << 20
_SHA = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
Got = Callable[[int], None]  # bytes that have arrived since the last call


@dataclass(frozen=True, slots=True)
class HubFile:
    """`blob` names its content: the SHA-256 of a large file, git's object id of a small one."""

    path: str  # in the repository, with /
    size: int
    blob: str


@dataclass(frozen=True, slots=True)
class Listing:
    repository: str
    commit: str
    files: tuple[HubFile, ...]


class _Cut(Exception):
    """The connection ended before the file did."""


def url() -> str:
    return os.environ.get("HF_ENDPOINT", "").rstrip("/") or "https://huggingface.co"


@contextmanager
def connected(repository: str) -> Iterator[httpx.Client]:
    """A client for the hub. Raises EngineUnreachable when the environment forbids downloads, or
    names a proxy or certificates that cannot be used."""
    import httpx

    if os.environ.get("HF_HUB_OFFLINE", "").upper() in _TRUE:
        raise EngineUnreachable(
            f"{repository} is not on this machine, and HF_HUB_OFFLINE forbids downloads: unset it,"
            " or copy the hub cache from a machine that has the model"
        )
    try:
        server = address.endpoint(url())
        proxy = route.proxy(server)
        secure = server.url.startswith("https:")
        verify = route.certificates() if secure else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    except ReviewerError as error:
        raise EngineUnreachable(
            f"cannot reach the hub for {repository}: {error.message}"
        ) from error
    headers = {"user-agent": "gemma-reviewer", "accept-encoding": "identity"}
    if token := _token():
        headers["authorization"] = f"Bearer {token}"  # httpx drops it when it is sent elsewhere
    with httpx.Client(
        base_url=server.url,
        headers=headers,
        verify=verify,
        proxy=proxy,
        trust_env=False,
        timeout=httpx.Timeout(_SILENCE, connect=_CONNECT),
        follow_redirects=True,
    ) as client:
        yield client


def _token() -> str:
    """As the hub's own programs keep it (`hf auth login`)."""
    if token := os.environ.get("HF_TOKEN", "").strip():
        return token
    home = os.environ.get("HF_HOME") or str(
        Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "huggingface"
    )
    place = os.environ.get("HF_TOKEN_PATH") or str(Path(home) / "token")
    try:
        token = Path(place).expanduser().read_text(encoding="utf-8").strip()
    except (OSError, ValueError, RuntimeError):
        return ""
    return token if token.isascii() and token.isprintable() else ""


def listing(client: httpx.Client, repository: str) -> Listing:
    """The newest files of `repository`. Raises EngineError and its subclasses."""
    with explained(repository):
        answer = client.get(f"/api/models/{repository}/revision/main", params={"blobs": "true"})
        _check(repository, answer)
        try:
            return _listing(repository, answer.json())
        except (ValueError, KeyError, TypeError, RecursionError):
            raise EngineUnreachable(
                f"{one_line(url())} does not answer as a model hub does: check HF_ENDPOINT, then"
                " repeat the command"
            ) from None


def _listing(repository: str, answer: Any) -> Listing:
    files = []
    for each in answer["siblings"]:
        blob = (each.get("lfs") or {}).get("sha256") or each["blobId"]
        if not _SHA.fullmatch(blob) or not isinstance(each["size"], int) or each["size"] < 0:
            raise ValueError(blob)
        files.append(HubFile(str(each["rfilename"]), each["size"], blob))
    if not _SHA.fullmatch(answer["sha"]):
        raise ValueError(answer["sha"])
    return Listing(repository, answer["sha"], tuple(files))


def fetch(
    client: httpx.Client,
    listed: Listing,
    file: HubFile,
    partial: Path,
    got: Got,
    *,
    wait: float = 1.0,
) -> None:
    """Download `file` to `partial`, from where an earlier download stopped, and check it. What has
    arrived stays when this fails. Raises EngineError and its subclasses."""
    failures = 0
    while True:
        with explained(listed.repository), partial.open("ab") as out:
            before = out.tell()
            digest = _digest(file, partial, before)
            try:
                if before < file.size:
                    _rest(client, listed, file, out, digest, got)
                break
            except _broken(_Cut) as error:
                failures = 0 if out.tell() > before else failures + 1
                if failures == _RETRIES:
                    raise _gone(listed.repository, error) from error
                time.sleep(wait)
    if partial.stat().st_size != file.size or digest.hexdigest() != file.blob:
        partial.unlink()
        raise EngineUnreachable(
            f"{one_line(cut(file.path, 80))} of {listed.repository} arrived damaged: repeat the"
            " command to download it again"
        )


def _rest(
    client: httpx.Client, listed: Listing, file: HubFile, out: IO[bytes], digest: Any, got: Got
) -> None:
    """What is missing of `file`. Raises _Cut."""
    first = out.tell()
    path = f"/{listed.repository}/resolve/{listed.commit}/{quote(file.path)}"
    asked = {"range": f"bytes={first}-"} if first else {}
    with client.stream("GET", path, headers=asked) as answer:
        if answer.status_code in (408, 429, 500, 502, 503, 504):
            raise _Cut(f"HTTP {answer.status_code}")
        _check(listed.repository, answer)
        if first and answer.status_code != 206:  # it sends everything once more
            got(-first)
            out.truncate(0)
            raise _Cut("the server cannot resume")
        for piece in answer.iter_bytes():  # a size would hold back what a cut then loses
            out.write(piece)
            digest.update(piece)
            got(len(piece))
            if out.tell() > file.size:  # no more of what cannot be right
                return
    if out.tell() < file.size:
        raise _Cut("the connection ended early")


def _digest(file: HubFile, partial: Path, count: int) -> Any:
    """The checksum that names the content, of the first `count` bytes."""
    if len(file.blob) == 64:
        digest = hashlib.sha256()
    else:
        digest = hashlib.sha1(b"blob %d\0" % file.size, usedforsecurity=False)
    with partial.open("rb") as done:
        while count > 0 and (piece := done.read(min(count, _PIECE))):
            digest.update(piece)
            count -= len(piece)
    return digest


def _check(repository: str, answer: httpx.Response) -> None:
    status, headers = answer.status_code, answer.headers
    if status in (200, 206):
        return
    if headers.get("x-error-code") == "GatedRepo":
        raise AuthFailed(
            f"{repository} is gated: accept its terms on its page at huggingface.co, then run `hf"
            " auth login` (or set HF_TOKEN) and repeat the command"
        )
    if status in (401, 403, 404):
        raise ModelNotFound(
            f"the hub has no {repository}, or you have no access: check the id with `reviewer model"
            " list`; for a private model, run `hf auth login`"
        )
    raise _gone(repository, _Cut(f"HTTP {status}"))


@contextmanager
def explained(repository: str) -> Iterator[None]:
    """Turns what httpx and the disk raise into our errors."""
    try:
        yield
    except _broken() as error:
        raise _gone(repository, error) from error
    except OSError as error:
        raise EngineError(
            f"cannot write {repository}: {error.strerror or error}; set HF_HOME to a directory of"
            " yours with enough space"
        ) from error


def _broken(*more: type[Exception]) -> tuple[type[Exception], ...]:
    import httpx

    return (httpx.HTTPError, httpx.InvalidURL, *more)


def _gone(repository: str, error: Exception) -> EngineUnreachable:
    why = cut(one_line(str(error).strip().partition("\n")[0]) or type(error).__name__, 200)
    return EngineUnreachable(
        f"cannot reach the hub for {repository} ({why}): repeat the command when the network is"
        " back, to resume the download"
    )
