import os
import shlex
import sys

import pytest
from support import gguf_files
from support.machines import MACHINES

from reviewer.serving import hardware, installed, launch, llama_server, ollama, registry
from reviewer.serving import plan as planning
from reviewer.serving.fit import Want

pytestmark = pytest.mark.skipif(
    os.name != "posix", reason="servers are started on POSIX systems only"
)


def test_llamacpp_takes_a_file_and_reads_its_key_from_one(tmp_path):
    pytest.importorskip("xllamacpp")
    model = tmp_path / "gemma-4-e2b.gguf"
    model.write_bytes(b"GGUF")
    made = launch.llamacpp(model, port=8080, context=4096, parallel=2, where=tmp_path)
    key = tmp_path / f"{registry.stem('http://127.0.0.1:8080')}.key"
    assert made.argv == (
        sys.executable,
        "-P",
        "-m",
        "reviewer.serving.embedded",
        "--model",
        str(model),
        "--name",
        "gemma-4-e2b",
        "--context",
        "4096",
        "--parallel",
        "2",
        "--port",
        "8080",
        "--key-file",
        str(key),
        "--stay",
    )
    assert (made.engine, made.model, made.endpoint) == (
        "llamacpp",
        "gemma-4-e2b",
        "http://127.0.0.1:8080",
    )
    assert made.line() == shlex.join(made.argv)


@pytest.fixture
def programs(monkeypatch, tmp_path):
    """All engines are installed, and nothing is downloaded."""
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    server = llama_server.LlamaServer(
        "/bin/llama-server", 10434, frozenset({"--jinja"}), (("Vulkan", "a card"),)
    )
    found = installed.Vllm(("/venv/bin/vllm", "serve"), "vllm", "0.33.0")
    monkeypatch.setattr(llama_server, "find", lambda: server)
    monkeypatch.setattr(ollama, "find", lambda: ollama.Ollama("/bin/ollama", "0.31.0"))
    monkeypatch.setattr(installed, "find_vllm", lambda python: found)
    monkeypatch.setattr(launch, "_version", lambda distribution: "2026.10")


def planned(machine, program):
    best = planning.best(planning.plans(MACHINES[machine].best, Want(), engines=(program,)))
    assert best
    return best


@pytest.mark.parametrize(
    ("machine", "program", "endpoint", "starts"),
    [
        ("cuda_24", "vllm", "http://127.0.0.1:8000", "/venv/bin/vllm serve "),
        ("amd_24", "llama-server", "http://127.0.0.1:8080", "/bin/llama-server --model "),
        ("mac_64", "llamacpp", "http://127.0.0.1:8080", f"{sys.executable} -P -m reviewer."),
        ("cuda_24", "ollama", "http://127.0.0.1:11434", "/bin/ollama serve"),
    ],
)
def test_the_launch_of_a_plan(programs, monkeypatch, tmp_path, machine, program, endpoint, starts):
    monkeypatch.setattr(hardware, "detect", lambda: MACHINES[machine])
    made = launch.of_plan(planned(machine, program), where=tmp_path)
    assert (made.engine, made.endpoint) == (program, endpoint)
    assert shlex.join(made.argv).startswith(starts)
    assert launch.of_plan(planned(machine, program), where=tmp_path, port=9).endpoint.endswith(":9")


@pytest.mark.parametrize(
    ("machine", "program"), [("amd_24", "llama-server"), ("mac_64", "llamacpp")]
)
def test_the_weights_of_a_plan_are_those_that_were_pulled(programs, tmp_path, machine, program):
    plan = planned(machine, program)
    assert launch.of_plan(plan, where=tmp_path).first == tuple(plan.get_command)
    given = gguf_files.gemma4(tmp_path / "given-it.gguf")
    made = launch.of_plan(plan, where=tmp_path, weights=given)
    assert (made.model, made.first) == ("given-it", ())
    folder = tmp_path / "hub" / f"models--{plan.model.replace('/', '--')}" / "snapshots" / "0"
    gguf_files.gemma4(folder / "pulled-it.gguf")
    made = launch.of_plan(plan, where=tmp_path)
    assert (made.model, made.first) == ("pulled-it", ())
