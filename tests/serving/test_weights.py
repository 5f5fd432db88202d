import pytest
from support import gguf_files

from reviewer.errors import NoEngine
from reviewer.serving import bundled, weights

REPOSITORY = "google/gemma-4-E2B-it-qat-q4_0-gguf"


@pytest.fixture
def hub(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    return tmp_path


def test_a_file(tmp_path, monkeypatch):
    (tmp_path / "some.gguf").write_bytes(b"GGUF")
    monkeypatch.chdir(tmp_path)
    assert weights.file("some.gguf") == tmp_path / "some.gguf"
    assert weights.file("none.gguf") is None
    assert weights.file("e2b") is None


def test_what_was_pulled_without_its_projector(hub):
    assert weights.pulled(REPOSITORY) is None
    folder = hub / f"models--{REPOSITORY.replace('/', '--')}" / "snapshots" / "0123"
    gguf_files.gemma4(folder / "mmproj-model.gguf", architecture="clip")
    other = gguf_files.gemma4(folder / "another.gguf", architecture="gemma3")
    assert weights.pulled(REPOSITORY) == other
    model = gguf_files.gemma4(folder / "a-gemma-4-e2b-it-q4_0.gguf")
    assert weights.pulled(REPOSITORY) == model


def test_the_smoke_model_is_named_or_not_served(monkeypatch):
    monkeypatch.setattr(bundled, "bundled_smoke_model", lambda: None)
    with pytest.raises(NoEngine, match=r"^the smoke model is not installed; run: .*install"):
        weights.file("smoke")


def test_only_the_smoke_model_needs_a_chat_template(tmp_path):
    assert weights.template(gguf_files.gemma4(tmp_path / "a.gguf")) is None
    smoke = gguf_files.gemma4(tmp_path / "b.gguf", architecture="gemma3", size_label="270M")
    found = weights.template(smoke)
    assert found
    assert (found.name, found.is_file()) == ("gemma3.jinja", True)


@pytest.mark.parametrize(
    ("repository", "file"),
    [
        ("google/gemma-4-12B-it-qat-q4_0-gguf", "gemma-4-12B-it-qat-q4_0.gguf"),
        ("someone/Gemma-GGUF", "Gemma.gguf"),
        ("plain", "plain.gguf"),
    ],
)
def test_what_a_file_will_be_called(repository, file):
    assert str(weights.expected(repository)) == file
