from dataclasses import replace
from pathlib import Path

import pytest
from support import gguf_files
from support.machines import MACHINES

from reviewer.errors import NoEngine, UsageError
from reviewer.serving import gguf, select
from reviewer.serving.fit import Want

WANT = Want()
ALL = ("vllm", "llama-server", "llamacpp", "ollama")


@pytest.fixture
def here(monkeypatch, tmp_path):
    """Says which programs are installed."""
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))

    def only(*names):
        found = {name: lambda name=name: name in names for name in ALL}
        monkeypatch.setattr(select, "INSTALLED", found)

    only(*ALL)
    return only


@pytest.mark.parametrize(
    ("machine", "model", "program"),
    [
        ("cuda_24", "google/gemma-4-12B-it-qat-w4a16-ct", "vllm"),
        ("cuda_24", "google/gemma-4-12B-it-qat-q4_0-gguf", "llama-server"),
        ("cuda_24", "gemma4:12b-it-qat", "ollama"),
        ("cuda_24", "someone/gemma-4-GGUF", "llama-server"),
        ("cuda_24", "someone/gemma-4-awq", "vllm"),
        ("cuda_24", "some:tag", "ollama"),
        ("cuda_24", "./folder", "vllm"),
        ("cuda_24", "12b", "vllm"),
        ("amd_24", "12b", "llama-server"),
        ("mac_64", "12b", "llamacpp"),
        ("no_gpu_32", "12b", "llamacpp"),
        ("no_gpu_32", "x.gguf", "llamacpp"),
        ("no_gpu_32", "/models/folder", "vllm"),
        ("cuda_24", "smoke", "llama-server"),
    ],
)
def test_what_serves_a_model_that_is_named(here, machine, model, program):
    assert select.program(model, WANT, MACHINES[machine]) == program


def test_a_program_that_is_missing_is_not_chosen(here):
    here("ollama")
    assert select.program("12b", WANT, MACHINES["cuda_24"]) == "ollama"
    here("llama-server")
    assert select.program("x.gguf", WANT, MACHINES["no_gpu_32"]) == "llama-server"
    here("vllm")  # there is a build for CPUs
    assert select.program(None, WANT, MACHINES["no_gpu_32"]) == "vllm"


@pytest.mark.parametrize(
    ("machine", "model", "named"),
    [
        ("amd_24", None, "llama-server or ollama"),
        ("no_gpu_16", None, "llamacpp or ollama"),
        ("cuda_24", "./folder", "vllm"),
        ("mac_64", "x.gguf", "llamacpp"),
    ],
)
def test_with_nothing_installed_the_error_names_one_command(here, machine, model, named):
    here()
    with pytest.raises(NoEngine) as caught:
        select.program(model, WANT, MACHINES[machine])
    assert caught.value.message == (
        f"found no {named} to run a model; to install what fits, run: reviewer setup"
    )


def test_the_file_is_the_recommended_one_else_the_best_that_is_here(here, tmp_path, monkeypatch):
    machine = MACHINES["no_gpu_16"]
    monkeypatch.setattr(gguf, "models_dir", lambda environ: tmp_path / "models")
    expected, first = select.gguf_of(None, "llamacpp", WANT, machine)
    assert (expected.is_absolute(), first[:3]) == (False, ("reviewer", "model", "pull"))
    other = gguf_files.gemma4(tmp_path / "models" / "mine-it.gguf")
    assert select.gguf_of(None, "llamacpp", WANT, machine) == (other, ())
    folder = tmp_path / "hub" / f"models--{first[3].replace('/', '--')}" / "snapshots" / "0"
    pulled = gguf_files.gemma4(folder / "a-it.gguf")
    assert select.gguf_of(None, "llamacpp", WANT, machine) == (pulled, ())
    assert select.gguf_of(str(other), "llamacpp", WANT, machine) == (other, ())


def test_a_file_that_is_named(here, tmp_path):
    machine = MACHINES["amd_24"]
    repository = "google/gemma-4-12B-it-qat-q4_0-gguf"
    missing = (Path("gemma-4-12B-it-qat-q4_0.gguf"), ("reviewer", "model", "pull", repository))
    assert select.gguf_of("12b", "llama-server", WANT, machine) == missing
    assert select.gguf_of(repository, "llama-server", WANT, machine) == missing
    folder = tmp_path / "hub" / f"models--{repository.replace('/', '--')}" / "snapshots" / "0"
    pulled = gguf_files.gemma4(folder / "a-it.gguf")
    assert select.gguf_of("12b", "llama-server", WANT, machine) == (pulled, ())
    assert select.gguf_of("someone/x-gguf", "llama-server", WANT, machine) == (
        Path("x.gguf"),
        ("reviewer", "model", "pull", "someone/x-gguf"),
    )
    for name in ("none.gguf", "/none/at.gguf", "../../etc", "a/b/c"):
        with pytest.raises(UsageError) as caught:
            select.gguf_of(name, "llama-server", WANT, machine)
        assert caught.value.message == (
            f"--model {name}: there is no such file; give a GGUF file, or a name from `reviewer"
            " model list`"
        )


def test_what_does_not_fit_is_refused_before_it_is_downloaded(here):
    with pytest.raises(
        NoEngine, match=r"^Gemma 4 31B \(q4_0\) does not fit .*; add --anyway to try it, or"
    ):
        select.gguf_of("31b", "llama-server", WANT, MACHINES["cuda_8"])
    path, _ = select.gguf_of("31b", "llama-server", WANT, MACHINES["cuda_8"], anyway=True)
    assert str(path) == "gemma-4-31B-it-qat-q4_0.gguf"
    # The embedded llama.cpp does not use that card.
    with pytest.raises(NoEngine, match=r"does not fit AMD Ryzen 7"):
        select.gguf_of("31b", "llamacpp", WANT, MACHINES["cuda_24"])


def test_the_tag_for_ollama(here):
    machine = MACHINES["cuda_24"]
    assert select.tag_of("12b", WANT, machine) == "gemma4:12b-it-qat"
    assert select.tag_of(None, WANT, machine).startswith("gemma4:")
    assert select.tag_of("some:tag", WANT, machine) == "some:tag"
    with pytest.raises(UsageError, match=r"^--model someone/model: name a size, or a tag"):
        select.tag_of("someone/model", WANT, machine)
    with pytest.raises(NoEngine, match=r"^Gemma 4 31B .* does not fit NVIDIA GeForce RTX 4060"):
        select.tag_of("31b", WANT, MACHINES["cuda_8"])


def test_the_one_of_several_gpus_that_holds_the_model():
    file = Path("gemma-4-12B-it-qat-q4_0.gguf")
    big, small = MACHINES["cuda_24"], MACHINES["cuda_8"]
    both = replace(big, devices=(small.best, big.best))
    assert select.card_of(file, WANT, both) == big.best.name
    assert select.card_of(file, WANT, big) == ""  # no choice
    assert select.card_of(Path("mine.gguf"), WANT, both) == ""  # no plan
    lesser = replace(small, devices=(small.best, small.best))
    assert select.card_of(file, WANT, lesser) == ""  # it takes both
