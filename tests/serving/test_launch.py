import os
import shlex
import sys
from pathlib import Path

import pytest
from support import gguf_files

from reviewer.errors import UsageError
from reviewer.serving import bundled, launch, registry

pytestmark = pytest.mark.skipif(
    os.name != "posix", reason="servers are started on POSIX systems only"
)


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
