import sys
from dataclasses import replace

import pytest
from support.devices import CPU, H100, RTX_4090, T4, program
from support.doctor import shown

from reviewer.analyzers import ANALYZERS
from reviewer.analyzers.registry import Tool
from reviewer.serving.catalogue import GIB
from reviewer.serving.checks import engines
from reviewer.serving.hardware import Machine
from reviewer.serving.installed import Vllm


def gpu(root, *devices):
    return shown([engines.gpu(Machine(devices, CPU), root)])[0]


def card(root, vendor, kind):
    folder = root / "sys/bus/pci/devices/0000:01:00.0"
    folder.mkdir(parents=True)
    (folder / "vendor").write_text(f"{vendor}\n")
    (folder / "class").write_text(f"{kind}\n")


def test_gpus(tmp_path):
    assert (
        gpu(tmp_path, H100, RTX_4090)
        == "ok gpu: NVIDIA H100 80GB HBM3 (N GiB), NVIDIA GeForce RTX 4090 (N GiB)"
    )
    assert gpu(tmp_path) == "ok gpu: none; AMD Ryzen 5 4600H (N GiB, 6 cores)"


def test_driver(tmp_path):
    (tmp_path / "proc/driver/nvidia").mkdir(parents=True)
    version = tmp_path / "proc/driver/nvidia/version"
    version.write_text(
        "NVRM version: NVIDIA UNIX x86_64 Kernel Module  580.65.06  Sun Jul 27 07:17:15 UTC 2025\n"
    )
    assert gpu(tmp_path, RTX_4090) == "ok gpu: NVIDIA GeForce RTX 4090 (N GiB), driver 580.65.06"
    version.write_text(
        "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.82.07  Release Build\n"
    )
    assert gpu(tmp_path, RTX_4090).endswith("driver 580.82.07")


def test_memory_that_others_hold():
    taken = replace(RTX_4090, free=5 * GIB)
    assert shown(
        [engines.gpu(Machine((taken,), CPU), serving=serving) for serving in (False, True)]
    ) == [
        "warning gpu: NVIDIA GeForce RTX 4090 (N GiB, 5.0 free): other programs hold most of its"
        " memory -> close them; nvidia-smi lists them",
        "ok gpu: NVIDIA GeForce RTX 4090 (N GiB, 5.0 free)",
    ]


def test_too_old_for_vllm(tmp_path):
    assert (
        gpu(tmp_path, T4)
        == "warning gpu: Tesla T4 (N GiB): compute capability 7.5 is too old for Gemma 4 in"
        " vLLM -> use llama.cpp or Ollama on it: `reviewer model list` shows what fits"
    )


@pytest.mark.parametrize(
    ("vendor", "kind", "status"),
    [
        ("0x10de", "0x030000", "warning"),
        ("0x10de", "0x030200", "warning"),
        ("0x10de", "0x040300", "ok"),
        ("0x8086", "0x030000", "ok"),
    ],
)
def test_a_card_without_a_driver(tmp_path, vendor, kind, status):
    card(tmp_path, vendor, kind)
    check = engines.gpu(Machine((), CPU), tmp_path)
    assert check.status == status
    if status == "warning":
        assert shown([check]) == [
            "warning gpu: this machine has an NVIDIA GPU, but its driver does not respond ->"
            " install the driver, or give the container access to the GPU, until `nvidia-smi` lists"
            " it"
        ]


def test_vllm():
    found = Vllm(("/venv/bin/vllm", "serve"), "vllm", "0.33.0")
    assert shown([engines.vllm(found), engines.vllm(None)]) == [
        "ok vllm: vllm 0.33.0: /venv/bin/vllm",
        "skipped vllm: not installed",
    ]


def test_llamacpp_is_really_loaded(tmp_path):
    pytest.importorskip("xllamacpp")
    assert shown([engines.llamacpp()])[0].startswith("ok llama.cpp: xllamacpp 20")
    program(tmp_path, "python", "", code=1, before="echo 'ImportError: libgomp.so.1' >&2")
    assert shown([engines.llamacpp(str(tmp_path / "python"))]) == [
        "failed llama.cpp: xllamacpp does not load: ImportError: libgomp.so.1 -> pip install"
        " --force-reinstall xllamacpp"
    ]


def test_packages_of_this_environment():
    checks = engines.packages(Machine((), CPU), lambda python: Vllm((sys.executable,), "vllm", ""))
    assert [check.name for check in checks] == [
        "vllm",
        "llama-server",
        "llama.cpp",
        "ollama",
        "smoke model",
    ]
    assert [check for check in checks if check.status not in ("ok", "skipped")] == []


def test_analyzers():
    check = engines.analyzer_tools()
    assert check.status in ("ok", "warning")
    assert check.detail.startswith("secrets, history, conflict, unicode")


def test_an_analyzer_that_comes_along_may_not_be_missing():
    gone = {name: ANALYZERS[name].tool for name in ("zizmor", "ty")}
    check = engines.analyzer_tools(lambda: gone)
    assert (check.status, check.fix) == ("failed", "pip install 'gemma-reviewer'")
    assert check.detail.startswith("secrets, history")
    assert check.detail.endswith("; missing: zizmor, ty")


def test_one_command_brings_all_that_is_missing_of_an_extra():
    gone = {name: ANALYZERS[name].tool for name in ("zizmor", "hadolint", "squawk")}
    check = engines.analyzer_tools(lambda: gone)
    assert (check.status, check.fix) == ("warning", "pip install 'gemma-reviewer[analyzers]'")
    assert check.detail.endswith("; not installed: zizmor, hadolint, squawk")


def test_a_compiler_that_the_user_does_not_have_is_named_and_no_fault():
    compiler = Tool("", "goc", get="install Go, see https://go.dev/dl")
    gone = {"one": compiler, "two": compiler}
    check = engines.analyzer_tools(lambda: gone)
    assert (check.status, check.fix) == ("ok", "")
    named = "; only with a compiler that is not here: goc (install Go, see https://go.dev/dl)"
    assert check.detail.endswith(named)
    check = engines.analyzer_tools(lambda: gone | {"zizmor": ANALYZERS["zizmor"].tool})
    assert (check.status, check.fix) == ("warning", "pip install 'gemma-reviewer[analyzers]'")
    assert check.detail.endswith(f"{named}; not installed: zizmor")
