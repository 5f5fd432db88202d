"""Machines to recommend a model for, as the drivers of such machines report them."""

from dataclasses import replace

from reviewer.serving.hardware import GIB, MIB, Device, Machine, make_device


def _cpu(name: str, gib: float, free: float, cores: int, *, avx512: bool | None = False) -> Device:
    return make_device("cpu", name, round(gib * GIB), round(free * GIB), cores=cores, avx512=avx512)


def _nvidia(name: str, mib: int, free: int, compute: tuple[int, int]) -> Device:
    return make_device("cuda", f"NVIDIA {name}", mib * MIB, free * MIB, compute=compute)


_RYZEN = _cpu("AMD Ryzen 7 7700X 8-Core Processor", 31.1, 26.4, 16, avx512=True)
_EPYC = _cpu("AMD EPYC 9354 32-Core Processor", 251.5, 240.2, 64, avx512=True)
_RTX_3090 = _nvidia("GeForce RTX 3090", 24576, 24115, (8, 6))
_GB10 = make_device(
    "cuda",
    "NVIDIA GB10",
    round(119.7 * GIB),
    round(112.4 * GIB),
    compute=(12, 1),
    shared=True,
)
# half a GiB set aside in the BIOS, as AMD advises, and Linux's default of half the rest
_HALO = make_device(
    "rocm",
    "AMD Radeon 8060S Graphics",
    512 * MIB + round(62.4 * GIB),
    round(62.2 * GIB),
    shared=True,
    carve_out=512 * MIB,
)


def _mac(name: str, gib: int, cores: int) -> Machine:
    cpu = make_device("cpu", name, gib * GIB, cores=cores)
    return Machine((make_device("apple", name, gib * GIB, shared=True),), cpu, "Darwin")


MACHINES: dict[str, Machine] = {
    "no_gpu_16": Machine((), _cpu("11th Gen Intel(R) Core(TM) i5-1135G7", 15.4, 11.2, 8)),
    "no_gpu_32": Machine((), _cpu("13th Gen Intel(R) Core(TM) i7-13700", 31.1, 26.8, 24)),
    "cuda_8": Machine((_nvidia("GeForce RTX 4060", 8188, 7371, (8, 9)),), _RYZEN),
    "cuda_12": Machine((_nvidia("GeForce RTX 3060", 12288, 11264, (8, 6)),), _RYZEN),
    "cuda_16": Machine((_nvidia("GeForce RTX 5060 Ti", 16311, 15360, (12, 0)),), _RYZEN),
    "cuda_24": Machine((_nvidia("GeForce RTX 4090", 24564, 22862, (8, 9)),), _RYZEN),
    "cuda_32": Machine((_nvidia("GeForce RTX 5090", 32607, 31215, (12, 0)),), _RYZEN),
    "cuda_48": Machine((_nvidia("RTX 6000 Ada Generation", 49140, 48518, (8, 9)),), _RYZEN),
    "cuda_80": Machine((_nvidia("H100 80GB HBM3", 81559, 80994, (9, 0)),), _EPYC),
    "cuda_2x24": Machine((_RTX_3090, replace(_RTX_3090, free=22862 * MIB)), _RYZEN),
    "amd_24": Machine(
        (make_device("rocm", "Radeon RX 7900 XTX", 24560 * MIB, 23296 * MIB),), _RYZEN
    ),
    "mac_16": _mac("Apple M2", 16, 8),
    "mac_64": _mac("Apple M4 Max", 64, 16),
    "mac_128": _mac("Apple M5 Max", 128, 18),
    "gb10": Machine((_GB10,), replace(_GB10, kind="cpu", name="Cortex-X925", compute=None)),
    "strix_halo": Machine((_HALO,), _cpu("AMD RYZEN AI MAX+ 395", 124.9, 118.2, 32, avx512=True)),
}
