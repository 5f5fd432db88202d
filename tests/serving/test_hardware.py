"""Detection with real programs on a PATH of their own, and a stand-in for NVML's module."""

import json
import os
from pathlib import Path
from types import SimpleNamespace

import pytest
from support.devices import host, program

from reviewer.serving import hardware
from reviewer.serving.hardware import GIB, MIB, Device

SMI = "NVIDIA GeForce RTX 4090, 24564, 23010, 8.9\n"


@pytest.fixture
def root(tmp_path):
    return host(tmp_path / "root", total_kib=32 << 20, free_kib=20 << 20)


def gpus(environ, root, system="Linux", seconds=10.0):
    return hardware.detect(environ, root, system, seconds).devices


def test_this_machine():
    machine = hardware.detect()
    assert machine.cpu.kind == "cpu"
    assert machine.cpu.memory > 0
    assert machine.cpu.cores == len(os.sched_getaffinity(0))
    assert machine.best in (*machine.devices, machine.cpu)


def test_nvidia_smi(tmp_path, root):
    environ = program(tmp_path / "bin", "nvidia-smi", SMI)
    assert gpus(environ, root) == (
        Device(
            "cuda",
            "NVIDIA GeForce RTX 4090",
            24564 * MIB,
            23010 * MIB,
            1008e9,
            "name",
            compute=(8, 9),
            index=0,
        ),
    )


def test_gpus_by_memory_and_unified_memory(tmp_path, root):
    lines = (
        "NVIDIA L4, 23034, 22000, 8.9\nNVIDIA GB10, [N/A], [N/A], 12.1\nUnheard Of 9000, 8192,"
        " 8000, 9.0\n"
    )
    found = gpus(program(tmp_path / "bin", "nvidia-smi", lines), root)
    assert [
        (
            gpu.name,
            gpu.memory,
            gpu.free,
            gpu.bandwidth_source,
            gpu.bandwidth / 1e9,
            gpu.shared,
        )
        for gpu in found
    ] == [
        ("NVIDIA GB10", 32 * GIB, 20 * GIB, "name", 273, True),
        ("NVIDIA L4", 23034 * MIB, 22000 * MIB, "name", 300, False),
        ("Unheard Of 9000", 8192 * MIB, 8000 * MIB, "estimate", 200, False),
    ]
    assert found[0].compute == (12, 1)


@pytest.mark.parametrize(
    "output",
    [
        "",
        "No devices were found\n",
        "a,b\n",
        "\n\n",
        "NVIDIA-SMI has failed because\nit could not\n",
    ],
)
def test_nonsense_is_no_gpu(tmp_path, root, output):
    assert gpus(program(tmp_path / "bin", "nvidia-smi", output), root) == ()


def test_a_driver_that_fails_is_no_gpu(tmp_path, root):
    assert gpus(program(tmp_path / "bin", "nvidia-smi", SMI, code=9), root) == ()


def test_a_program_that_floods_is_ended(tmp_path, root):
    environ = program(
        tmp_path / "bin", "nvidia-smi", SMI, before="yes '0123456789' | head -c 3000000"
    )
    assert gpus(environ, root) == ()


def test_a_program_that_hangs_is_ended(tmp_path, root):
    environ = program(tmp_path / "bin", "nvidia-smi", SMI, before="sleep 60")
    assert gpus(environ, root, seconds=0.3) == ()  # its answer would have come after the minute


def test_names_of_devices_are_made_safe(tmp_path, root):
    environ = program(
        tmp_path / "bin", "nvidia-smi", "Evil\x1b]0;x\x07" + "A" * 200 + ", 8192, 8000, 9.0\n"
    )
    (gpu,) = gpus(environ, root)
    assert "\x1b" not in gpu.name
    assert len(gpu.name) <= 81


def test_programs_of_the_current_directory_are_not_run(tmp_path, root, monkeypatch):
    """A relative entry of PATH would run what the repository under review brings."""
    environ = program(tmp_path / "repository/tools", "nvidia-smi", SMI)
    monkeypatch.chdir(tmp_path / "repository")
    cat = environ["PATH"].rpartition(":")[2]
    assert gpus({"PATH": f"tools:.::{cat}"}, root) == ()
    assert len(gpus({"PATH": f"{tmp_path}/repository/tools:{cat}"}, root)) == 1


def test_only_what_is_needed_reaches_the_program(tmp_path, root):
    environ = program(tmp_path / "bin", "nvidia-smi", "", before=f"env > '{tmp_path}/seen'")
    gpus({**environ, "REVIEWER_API_KEY": "secret", "LD_PRELOAD": "", "HOME": "/root"}, root)
    names = {line.partition("=")[0] for line in (tmp_path / "seen").read_text().splitlines()}
    assert names - {"PWD", "SHLVL", "_", "OLDPWD"} == {"PATH", "HOME", "LC_ALL"}


def test_rocm_smi(tmp_path, root):
    cards = {
        "card0": {
            "Card Series": "AMD Radeon RX 7900 XTX",
            "Card Model": "0x744c",
            "VRAM Total Memory (B)": "25753026560",
            "VRAM Total Used Memory (B)": "1000000000",
        },
        "card1": {"Card Series": "No memory told"},
        "system": {"Driver version": "6.7"},
    }
    environ = program(tmp_path / "bin", "rocm-smi", "WARNING: no driver\n" + json.dumps(cards))
    assert gpus(environ, root) == (
        Device("rocm", "AMD Radeon RX 7900 XTX 0x744c", 25753026560, 24753026560, 960e9, "name"),
    )


@pytest.mark.parametrize("output", ["{", "[1]", "{}", '{"card0": 5}', "[" * 100_000])
def test_nonsense_of_rocm_smi(tmp_path, root, output):
    assert gpus(program(tmp_path / "bin", "rocm-smi", output), root) == ()


def test_apple(tmp_path, root):
    environ = program(tmp_path / "bin", "sysctl", "Apple M4 Pro\n51539607552\n")
    assert gpus(environ, root, "Darwin") == (
        Device("apple", "Apple M4 Pro", 48 * GIB, None, 273e9, "name", shared=True),
    )
    assert gpus(environ, root, "Linux") == ()


def test_the_memory_of_a_mac_tells_its_bandwidth(tmp_path, root):
    """Apple sells 64 GB with the wider of the two M4 Max only."""
    environ = program(tmp_path / "bin", "sysctl", f"Apple M4 Max\n{64 * GIB}\n")
    (gpu,) = gpus(environ, root, "Darwin")
    assert (gpu.name, gpu.bandwidth) == ("Apple M4 Max", 546e9)


def card(root, number, device, revision, *, vendor="0x1002", **sizes):
    """A GPU as the driver amdgpu shows it in /sys; sizes in MiB."""
    folder = root / f"sys/class/drm/card{number}/device"
    folder.mkdir(parents=True)
    for name, value in {"vendor": vendor, "device": device, "revision": revision}.items():
        (folder / name).write_text(f"{value}\n")
    for name, mib in sizes.items():
        (folder / f"mem_info_{name}").write_text(f"{mib * MIB}\n")


IDS = (
    "744C,\tC8,\tAMD Radeon RX 7900 XTX\n"
    "1586,\tC1,\tAMD Radeon 8060S Graphics\n"
    "15BF,\tC4,\tAMD Radeon 780M Graphics\n"
)


@pytest.fixture
def amd_ids(root):
    path = root / "usr/share/libdrm/amdgpu.ids"
    path.parent.mkdir(parents=True)
    path.write_text(f"# List of AMDGPU IDs\n1.0.0\n{IDS}")


def test_an_amd_card_is_seen_without_rocm(root, amd_ids):
    card(
        root,
        1,
        "0x744c",
        "0xc8",
        vram_total=24560,
        vram_used=1264,
        gtt_total=16000,
        gtt_used=90,
    )
    (root / "sys/class/drm/card1-HDMI-A-1").mkdir()
    assert gpus({"PATH": ""}, root) == (
        Device("rocm", "AMD Radeon RX 7900 XTX", 24560 * MIB, 23296 * MIB, 960e9, "name"),
    )


def test_strix_halo_is_its_carve_out_and_what_linux_maps(root, amd_ids):
    sizes = {"vram_total": 512, "vram_used": 100, "gtt_total": 16000, "gtt_used": 200}
    card(root, 0, "0x1586", "0xc1", **sizes)
    assert gpus({"PATH": ""}, root) == (
        Device(
            "rocm",
            "AMD Radeon 8060S Graphics",
            16512 * MIB,
            (412 + 15800) * MIB,
            256e9,
            "name",
            shared=True,
            carve_out=512 * MIB,
        ),
    )


def test_strix_halo_does_not_map_what_the_cpu_uses(root, amd_ids):
    sizes = {"vram_total": 512, "vram_used": 512, "gtt_total": 31000, "gtt_used": 0}
    card(root, 0, "0x1586", "0xc1", **sizes)
    assert gpus({"PATH": ""}, root)[0].free == 20 * GIB  # what is free of the host's memory


def test_strix_halo_that_libdrm_does_not_know_yet(root):
    card(root, 0, "0x1586", "0xc1", vram_total=512, vram_used=0, gtt_total=16000, gtt_used=0)
    (gpu,) = gpus({"PATH": ""}, root)
    assert (gpu.name, gpu.bandwidth, gpu.shared) == ("AMD GPU 0x1586", 256e9, True)


@pytest.mark.parametrize(
    ("device", "vendor", "vram"),
    [
        ("0x15bf", "0x1002", 2048),  # an integrated GPU reads the memory of the CPU, not faster
        ("0x744c", "0x8086", 24560),  # not AMD's
    ],
)
def test_what_is_no_card_of_its_own(root, amd_ids, device, vendor, vram):
    sizes = {"vram_total": vram, "vram_used": 0, "gtt_total": 8000, "gtt_used": 0}
    card(root, 0, device, "0xc4", vendor=vendor, **sizes)
    assert gpus({"PATH": ""}, root) == ()


def test_an_amd_card_that_nobody_has_heard_of(root):
    card(root, 0, "0x9999", "0x00", vram_total=16000, vram_used=0, gtt_total=8000, gtt_used=0)
    (gpu,) = gpus({"PATH": ""}, root)
    assert (gpu.name, gpu.memory, gpu.bandwidth_source) == (
        "AMD GPU 0x9999",
        16000 * MIB,
        "estimate",
    )


def test_a_driver_without_sizes_is_no_card(root, amd_ids):
    card(root, 0, "0x744c", "0xc8", vram_total=24560)
    assert gpus({"PATH": ""}, root) == ()


def test_an_intel_mac_has_its_cpu(tmp_path, root):
    environ = program(tmp_path / "bin", "sysctl", "Intel(R) Core(TM) i7\n17179869184\n")
    assert hardware.detect(environ, root, "Darwin").best.kind == "cpu"


def test_cpu(root):
    cpu = hardware.detect({"PATH": ""}, root, "Linux").cpu
    assert cpu == Device(
        "cpu",
        "Test CPU",
        32 * GIB,
        20 * GIB,
        40e9,
        "estimate",
        cores=len(os.sched_getaffinity(0)),
        avx512=False,
    )


def test_avx512_is_seen(tmp_path):
    root = host(
        tmp_path / "xeon", total_kib=1 << 20, free_kib=1 << 19, flags="fpu avx2 avx512f avx512bw"
    )
    assert hardware.detect({"PATH": ""}, root, "Linux").cpu.avx512 is True


def test_a_container_has_less_memory_than_its_host(root):
    limit = root / "sys/fs/cgroup/memory.max"
    limit.parent.mkdir(parents=True)
    limit.write_text(f"{8 * GIB}\n")
    cpu = hardware.detect({"PATH": ""}, root, "Linux").cpu
    assert (cpu.memory, cpu.free) == (8 * GIB, 8 * GIB)
    limit.write_text("max\n")
    assert hardware.detect({"PATH": ""}, root, "Linux").cpu.memory == 32 * GIB


def test_without_proc_the_system_is_asked(tmp_path):
    cpu = hardware.detect({"PATH": ""}, tmp_path, "FreeBSD").cpu
    assert cpu.memory == os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    assert (cpu.free, cpu.avx512) == (None, None)


@pytest.mark.parametrize(
    ("kind", "name", "gbps"),
    [
        ("cuda", "NVIDIA GeForce RTX 3090 Ti", 1008),
        ("cuda", "NVIDIA GeForce RTX 3090", 936),
        ("cuda", "NVIDIA GeForce RTX 4090 Laptop GPU", 576),
        ("cuda", "NVIDIA GeForce RTX 3060 Laptop GPU", None),
        ("cuda", "NVIDIA A100-SXM4-80GB", 2039),
        ("cuda", "NVIDIA A100 80GB PCIe", 1935),
        ("cuda", "NVIDIA A100-PCIE-40GB", 1555),
        ("cuda", "NVIDIA H100 80GB HBM3", 3350),
        ("cuda", "NVIDIA H100 PCIe", 2000),
        ("cuda", "NVIDIA H200", 4800),
        ("cuda", "NVIDIA GH200 480GB", 4000),
        ("cuda", "NVIDIA L40S", 864),
        ("cuda", "NVIDIA L4", 300),
        ("cuda", "NVIDIA A10G", 600),
        ("cuda", "NVIDIA A1000", None),
        ("cuda", "NVIDIA RTX PRO 6000 Blackwell Workstation Edition", 1792),
        ("cuda", "NVIDIA RTX 6000 Ada Generation", 960),
        ("cuda", "Tesla T4", 320),
        ("cuda", "T400 4GB", None),
        ("rocm", "AMD Instinct MI300X", 5300),
        ("rocm", "AMD Radeon(TM) 8060S Graphics", 256),
        ("rocm", "Radeon RX 7900 XT", 800),
        ("apple", "Apple M4 Max", 410),
        ("apple", "Apple M4 Max 64 GiB", 546),
        ("apple", "Apple M5 Max", 460),
        ("apple", "Apple M5 Max 128 GiB", 614),
        ("apple", "Apple M5 Pro", 307),
        ("apple", "Apple M5", 153),
        ("apple", "Apple M1", 68),
        ("cpu", "Intel Xeon", None),
    ],
)
def test_known_bandwidth(kind, name, gbps):
    assert hardware.known_bandwidth(kind, name) == (None if gbps is None else gbps * 1e9)


class NvmlError(Exception):
    pass


def nvml(devices, *, fail=""):
    """What the module pynvml offers, over `devices`: name, memory, clock (MHz), bus (bits),
    capability."""
    closed = []

    def say(field):
        def get(handle, *_):
            if devices[handle][field] is None:
                raise NvmlError
            return devices[handle][field]

        return get

    def start():
        if fail:
            raise NvmlError(fail)

    module = SimpleNamespace(
        NVMLError=NvmlError,
        NVML_CLOCK_MEM=2,
        nvmlInit=start,
        nvmlShutdown=lambda: closed.append(True),
        nvmlDeviceGetCount=lambda: len(devices),
        nvmlDeviceGetHandleByIndex=lambda index: index,
        nvmlDeviceGetName=say("name"),
        nvmlDeviceGetMemoryInfo=say("memory"),
        nvmlDeviceGetMaxClockInfo=say("clock"),
        nvmlDeviceGetMemoryBusWidth=say("bus"),
        nvmlDeviceGetCudaComputeCapability=say("compute"),
    )
    return module, closed


def test_nvml():
    memory = SimpleNamespace(total=24 * GIB, free=20 * GIB)
    module, closed = nvml(
        [
            {
                "name": "NVIDIA GeForce RTX 4090",
                "memory": memory,
                "clock": 10501,
                "bus": 384,
                "compute": (8, 9),
            },
            {
                "name": b"Brand New 9090",
                "memory": memory,
                "clock": 10501,
                "bus": 384,
                "compute": (13, 0),
            },
            {"name": "NVIDIA GB10", "memory": None, "clock": None, "bus": None, "compute": (12, 1)},
        ]
    )
    assert hardware.nvml_devices(module, hardware.make_device("cpu", "ARM", 128 * GIB, 100)) == [
        Device(
            "cuda",
            "NVIDIA GeForce RTX 4090",
            24 * GIB,
            20 * GIB,
            1008e9,
            "name",
            compute=(8, 9),
            index=0,
        ),
        Device(
            "cuda",
            "Brand New 9090",
            24 * GIB,
            20 * GIB,
            1008.096e9,
            "driver",
            compute=(13, 0),
            index=1,
        ),
        Device(
            "cuda",
            "NVIDIA GB10",
            128 * GIB,
            100,
            273e9,
            "name",
            compute=(12, 1),
            shared=True,
            index=2,
        ),
    ]
    assert closed == [True]


@pytest.mark.parametrize(
    ("clock", "bus", "name"),
    [
        (10501, 384, "RTX 4090"),
        (6251, 192, "L4"),
        (2619, 5120, "H100 80GB HBM3"),
        (1593, 5120, "A100-SXM4-80GB"),
        (5001, 256, "T4"),
        (9751, 384, "RTX 3090"),
    ],
)
def test_the_table_agrees_with_clock_and_bus(clock, bus, name):
    assert hardware.known_bandwidth("cuda", name) == pytest.approx(
        2 * clock * 1e6 * bus / 8, rel=0.01
    )


def test_nvml_without_a_driver():
    module, closed = nvml([], fail="Driver Not Loaded")
    assert hardware.nvml_devices(module, hardware.make_device("cpu", "x86", GIB)) == []
    assert closed == []


def test_every_entry_of_the_table_finds_itself():
    import tomllib

    table = tomllib.loads((Path(hardware.__file__).parent / "bandwidth.toml").read_text("utf-8"))
    assert set(table) == {"cuda", "rocm", "apple"}
    for kind, entries in table.items():
        for name, gbps in entries.items():
            assert hardware.known_bandwidth(kind, name) == gbps * 1e9
            assert 60 <= gbps <= 10_000
