import os
from dataclasses import replace
from pathlib import Path

import pytest
from support import fake_engines

from reviewer.errors import NoEngine
from reviewer.serving import elsewhere, llama_server
from reviewer.serving.embedded import cores
from reviewer.serving.llama_server import LlamaServer

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the stand-ins are shell scripts")

GPU = "  Vulkan0: NVIDIA GeForce RTX 3090 (24576 MiB, 23900 MiB free)"
NEW = frozenset(llama_server._OPTION.findall(fake_engines.NEW_OPTIONS))


@pytest.fixture
def path(tmp_path, monkeypatch):
    """An empty PATH in a folder outside of any repository."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "bin"


def test_it_is_asked_what_it_is(path):
    program = fake_engines.llama_server(path, devices=GPU)
    assert llama_server.find() == LlamaServer(
        str(program),
        10434,
        NEW,
        (("Vulkan", "NVIDIA GeForce RTX 3090 (24576 MiB, 23900 MiB free)"),),
    )
    assert (llama_server.find().version, llama_server.find().backends) == ("b10434", ("Vulkan",))


@pytest.mark.parametrize(
    ("said", "build"),
    [
        ("version: 9731 (b1a2c3d)", 9731),
        ("version: 0.1.0-dev (build 10434, commit 7e4c0a9)", 10434),
        ("version: 0.1.0-dev (build 1, commit 7e4c0a9)", 0),  # from a shallow clone
        ("version: 1 (571d0d5)", 0),
        ("something else", 0),
    ],
)
def test_the_build_where_it_is_a_real_one(tmp_path, said, build):
    assert llama_server.ask(str(fake_engines.llama_server(tmp_path, version=said))).build == build


def test_the_wheels_that_bring_it_call_it_otherwise(path):
    program = fake_engines.llama_server(path, name="llama-server-vulkan")
    assert llama_server.find().program == str(program)
    plain = fake_engines.llama_server(path)
    assert llama_server.find().program == str(plain)


@pytest.mark.fault(
    "server", "llama-server that does not start", "one line that names the command to see why"
)
def test_one_that_does_not_start(path):
    program = fake_engines.llama_server(path, code=132)  # built for another processor
    with pytest.raises(NoEngine) as caught:
        llama_server.find()
    assert caught.value.message == f"{program} does not start: run `{program} --version` to see why"


def test_without_one(path):
    with pytest.raises(NoEngine, match=r"^llama-server is not installed; .*: reviewer setup$"):
        llama_server.find()


@pytest.mark.fault(
    "code", "llama-server or ollama in the repository's folder", "it is not run, even from PATH"
)
def test_what_the_repository_brings_is_not_run(path, tmp_path, monkeypatch):
    repository = tmp_path / "repository"
    (repository / ".git").mkdir(parents=True)
    fake_engines.llama_server(repository / "bin")
    monkeypatch.chdir(repository / "bin")
    for entry in (str(repository / "bin"), ".", "", "bin"):
        monkeypatch.setenv("PATH", entry)
        assert elsewhere.program(llama_server.NAMES) is None
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(repository / "bin"))
    assert elsewhere.program(llama_server.NAMES) == str(repository / "bin" / "llama-server")


def test_a_home_folder_under_version_control_hides_no_program(path, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".git").mkdir()
    program = fake_engines.llama_server(path)
    assert elsewhere.program(llama_server.NAMES) == str(program)


def command(found, **more):
    made = llama_server.launch(
        found, Path("/models/gemma-4-12B.gguf"), port=8080, context=16384, parallel=2, **more
    )
    assert (made.engine, made.model, made.endpoint, made.key_variable) == (
        "llama-server",
        "gemma-4-12B",
        "http://127.0.0.1:8080",
        "LLAMA_API_KEY",
    )
    return " ".join(made.argv)


def test_the_command_line_of_a_new_build_with_a_gpu():
    found = LlamaServer("/bin/llama-server", 10434, NEW, (("Vulkan", "a card"),))
    assert command(found) == (
        "/bin/llama-server --model /models/gemma-4-12B.gguf --alias gemma-4-12B --host 127.0.0.1"
        " --port 8080 --ctx-size 32768 --parallel 2 --n-gpu-layers 99 --jinja --reasoning off"
        " --no-mmproj --flash-attn auto --ctx-checkpoints 8 --cache-ram 1024 --no-slots --no-webui"
        " --offline --cors-origins http://127.0.0.1"
    )


@pytest.mark.fault(
    "server",
    "llama-server on a machine with unequal GPUs, and a model that one of them holds",
    "it runs on that one, as the plan says, and is not spread over slower ones",
)
@pytest.mark.parametrize(
    ("card", "device"),
    [
        ("NVIDIA GeForce GTX 1060", "CUDA0"),
        ("NVIDIA GeForce RTX 3090", "CUDA1"),
        ("another name", "CUDA1"),  # the one with the most free memory
    ],
)
def test_one_of_several_gpus(card, device):
    cards = (
        ("CUDA", "NVIDIA GeForce GTX 1060 (6144 MiB, 6000 MiB free)"),
        ("CUDA", "NVIDIA GeForce RTX 3090 (24576 MiB, 23900 MiB free)"),
    )
    able = NEW | {"--device", "--split-mode"}
    found = LlamaServer("/bin/llama-server", 10434, able, cards)
    said = f"--n-gpu-layers 99 --split-mode none --device {device} --jinja"
    assert said in command(found, card=card)
    for other in (
        command(found),
        command(replace(found, options=NEW), card=card),
        command(replace(found, devices=cards[:1]), card=card),
    ):
        assert "--split-mode" not in other


def test_what_an_old_build_does_not_know_is_left_out():
    """It would end at once, with "invalid argument"."""
    old = frozenset(llama_server._OPTION.findall(fake_engines.OLD_OPTIONS))
    threads = max(1, cores() - 1)
    assert command(LlamaServer("/bin/llama-server", 0, old, ()), template=Path("/t.jinja")) == (
        "/bin/llama-server --model /models/gemma-4-12B.gguf --alias gemma-4-12B --host 127.0.0.1"
        f" --port 8080 --ctx-size 32768 --parallel 2 --n-gpu-layers 99 --threads {threads}"
        " --chat-template-file /t.jinja --jinja --no-mmproj --no-webui"
    )


@pytest.mark.fault(
    "server", "a llama-server without a backend for the GPU", "refused, instead of the CPU at work"
)
def test_a_build_that_would_leave_the_gpu_alone():
    found = LlamaServer("/bin/llama-server", 0, NEW, ())
    with pytest.raises(NoEngine, match=r"sees no AMD Radeon: .*, run: reviewer setup$"):
        llama_server.check_backend(found, "rocm", "AMD Radeon")
    llama_server.check_backend(found, "cpu", "a processor")
    with_gpu = LlamaServer("/bin/llama-server", 0, NEW, (("ROCm", "AMD Radeon"),))
    llama_server.check_backend(with_gpu, "rocm", "AMD Radeon")
