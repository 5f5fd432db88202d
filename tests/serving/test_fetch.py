import pytest
from support import hub_files

from reviewer.errors import NoEngine
from reviewer.serving import fetch, pull

ID = "google/gemma-4-12B-it-qat-w4a16-ct"


@pytest.fixture
def hub(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    return tmp_path / "hub"


@pytest.fixture
def pulled(monkeypatch):
    """The ids that were downloaded."""
    found = []
    monkeypatch.setattr(pull, "pull", lambda name, say: found.append(name) or say("done"))
    return found


def test_a_path_is_taken_as_it_is(tmp_path, hub, pulled):
    assert fetch.ready(str(tmp_path), print) == tmp_path
    assert fetch.here(str(tmp_path / "none")) is None
    assert pulled == []


def test_what_the_cache_has_is_not_downloaded(hub, pulled):
    assert fetch.here(ID) is None
    folder = hub_files.snapshot(hub, ID)
    assert fetch.ready(ID, print, offline=True) == folder
    assert pulled == []


@pytest.mark.parametrize(
    ("there", "whole"), [(("a.safetensors", "b.safetensors"), True), (("a.safetensors",), False)]
)
def test_a_download_that_was_cut_off_goes_on(hub, pulled, there, whole):
    hub_files.sharded(hub, ID, ("a.safetensors", "b.safetensors"), there)
    fetch.ready(ID, print)
    assert pulled == ([] if whole else [ID])


def test_a_link_to_nothing_is_no_file(hub, pulled):
    folder = hub_files.snapshot(hub, ID)
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors").symlink_to(folder / "none")
    assert fetch.here(ID) is None


@pytest.mark.parametrize("commit", ["../../../etc", "", "ffff"])
def test_a_cache_that_names_another_place(hub, commit):
    hub_files.snapshot(hub, ID)
    (hub / f"models--{ID.replace('/', '--')}" / "refs" / "main").write_text(commit)
    assert fetch.here(ID) is None


def test_what_is_missing_is_downloaded_unless_that_is_forbidden(hub, pulled):
    said = []
    fetch.ready(ID, said.append)
    assert (pulled, said) == ([ID], ["done"])
    with pytest.raises(NoEngine) as caught:
        fetch.ready(ID, said.append, offline=True)
    assert caught.value.message == (
        f"{ID} is not on this machine, and --offline forbids its download; on a machine with a"
        f" network, run: reviewer model pull {ID}"
    )
    assert pulled == [ID]
