import os

import pytest
from support import fake_engines
from support.devices import CPU, RTX_4090
from support.doctor import shown

from reviewer.errors import NoEngine
from reviewer.serving.checks import servers
from reviewer.serving.hardware import Machine
from reviewer.serving.ollama import Ollama

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the stand-ins are shell scripts")

GPU = Machine((RTX_4090,), CPU)
NO_GPU = Machine((), CPU)
VULKAN = "  Vulkan0: NVIDIA GeForce RTX 4090 (24564 MiB, 22862 MiB free)"


def llama(machine, folder, **what):
    program = str(fake_engines.llama_server(folder, **what))
    return shown([servers.llama(machine, program)], {program: "PROGRAM"})[0]


def test_llama_server(tmp_path):
    assert shown([servers.llama(GPU, None)]) == ["skipped llama-server: not installed"]
    assert llama(GPU, tmp_path, devices=VULKAN) == ("ok llama-server: b10434 (Vulkan): PROGRAM")
    assert llama(NO_GPU, tmp_path, version="version: 1 (571d0d5)") == (
        "ok llama-server: of unknown build, for the CPU: PROGRAM"
    )


def test_llama_servers_that_are_of_no_use(tmp_path):
    assert llama(GPU, tmp_path) == (
        "warning llama-server: b10434, for the CPU: PROGRAM does not see the GPU -> reviewer setup"
    )
    assert llama(NO_GPU, tmp_path, version="version: 8000 (0123)") == (
        "warning llama-server: b8000, for the CPU: PROGRAM is too old for Gemma 4 -> update it to"
        " b8637 or newer"
    )
    assert llama(GPU, tmp_path, code=132) == (
        "failed llama-server: PROGRAM does not start -> run `PROGRAM --version` to see why"
    )


def test_ollama():
    def none():
        raise NoEngine("none")

    found = [
        servers.ollama_(find)
        for find in (
            none,
            lambda: Ollama("/bin/ollama", "0.31.0"),
            lambda: Ollama("/bin/ollama", ""),
            lambda: Ollama("/bin/ollama", "0.30.2"),
        )
    ]
    assert shown(found) == [
        "skipped ollama: not installed",
        "ok ollama: 0.31.0: /bin/ollama",
        "ok ollama: of unknown version: /bin/ollama",
        "warning ollama: 0.30.2: /bin/ollama is too old for some sizes of Gemma 4 -> update it to"
        " 0.30.5 or newer",
    ]
