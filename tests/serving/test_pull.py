"""Downloads, from a hub on loopback."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import hub as fake
from support.hub import COMMIT, Hub

from reviewer import disk
from reviewer.errors import (
    AuthFailed,
    EngineError,
    EngineUnreachable,
    ModelNotFound,
    ReviewerError,
    UsageError,
)
from reviewer.serving import hub as hub_module
from reviewer.serving import hub_cache, pull
from reviewer.serving.catalogue import GIB

ID = "google/gemma-4-12B-it-qat-w4a16-ct"
WEIGHTS = bytes(range(256)) * 2048  # half a MiB
FILES = {
    "model.safetensors": WEIGHTS,
    "config.json": b"{}",
    "README.md": b"read me",
    "pytorch_model.bin": b"a pickle",
    "modeling_x.py": b"code",
}


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    for name in [name for name in os.environ if name.startswith("HF_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    with fake.serve(Hub(FILES)) as served:
        monkeypatch.setenv("HF_ENDPOINT", served.url)
        yield served


def cache(tmp_path: Path) -> Path:
    return tmp_path / "hf/hub" / f"models--{ID.replace('/', '--')}"


def fails(name: str = ID) -> ReviewerError:
    with pytest.raises(ReviewerError) as caught:
        pull.pull(name, lambda line: None)
    assert "\n" not in caught.value.message
    return caught.value


def test_a_download(hub, tmp_path, capsys):
    said: list[str] = []
    folder = pull.pull(ID, said.append)
    assert folder == cache(tmp_path) / "snapshots" / COMMIT
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        "model.safetensors": WEIGHTS,
        "config.json": b"{}",
    }
    assert hub.got == [("config.json", 0), ("model.safetensors", 0)]
    free = shutil.disk_usage(tmp_path).free / GIB
    assert said == [f"{ID}: downloading 0.0 GiB to {tmp_path}/hf/hub, {free:.1f} GiB free."]
    assert capsys.readouterr().err == ""  # over before the first line


def test_the_hubs_own_library_finds_it(hub, tmp_path, monkeypatch):
    folder = pull.pull(ID, lambda line: None)
    script = (
        "import huggingface_hub as hub, sys;"
        "print(hub.snapshot_download(sys.argv[1], local_files_only=sys.argv[2] == 'offline',"
        " allow_patterns=['*.json', '*.safetensors']))"
    )
    for how in ("offline", "online"):
        found = subprocess.run(
            [sys.executable, "-c", script, ID, how], capture_output=True, text=True
        )
        assert found.stdout.strip() == str(folder), found.stderr
    assert len(hub.got) == 2  # it downloaded nothing


def test_a_gguf_comes_without_its_projector(hub):
    hub.files = {"gemma.gguf": WEIGHTS, "mmproj.gguf": WEIGHTS, "config.json": b"{}"}
    pull.pull("google/gemma-4-E2B-it-qat-q4_0-gguf", lambda line: None)
    assert [name for name, _ in hub.got] == ["gemma.gguf"]


def test_what_is_there_is_said(hub):
    pull.pull(ID, lambda line: None)
    said: list[str] = []
    pull.pull(ID, said.append)
    assert said == [f"{ID} is already downloaded."]
    assert len(hub.got) == 2


def test_what_is_there_needs_no_hub(hub):
    folder = pull.pull(ID, lambda line: None)
    hub.status = 503
    said: list[str] = []
    assert pull.pull(ID, said.append) == folder
    assert said == [f"{ID} is already downloaded (could not contact the hub)."]


@pytest.mark.fault(
    "files",
    "the connection ends in the middle of a model's file, again and again",
    "the download goes on from there; after five times without a byte, the same command does",
)
def test_a_file_that_is_cut_off_goes_on(hub, tmp_path, monkeypatch):
    hub.cut = 1 << 16
    pull.pull(ID, lambda line: None)
    firsts = [first for name, first in hub.got if name == "model.safetensors"]
    assert firsts == [number << 16 for number in range(8)]  # more often than it is tried in vain

    shutil.rmtree(cache(tmp_path))
    hub.cut, hub.got = 0, []
    said = fails().message
    assert said.startswith(f"cannot reach the hub for {ID} (")
    assert said.endswith("): repeat the command when the network is back, to resume the download")
    assert len(hub.got) == 5


def test_an_earlier_part_is_used(hub, tmp_path):
    place = hub_cache.partial(ID, fake_file("model.safetensors"))
    place.parent.mkdir(parents=True)
    place.write_bytes(WEIGHTS[:100_000])
    said: list[str] = []
    folder = pull.pull(ID, said.append)
    assert (folder / "model.safetensors").read_bytes() == WEIGHTS
    assert hub.got[-1] == ("model.safetensors", 100_000)
    assert "(0.0 GiB are there from before)" in said[0]


def test_a_server_that_cannot_resume_starts_again(hub, tmp_path):
    hub.ranges = False
    place = hub_cache.partial(ID, fake_file("model.safetensors"))
    place.parent.mkdir(parents=True)
    place.write_bytes(b"x" * 100)
    folder = pull.pull(ID, lambda line: None)
    assert (folder / "model.safetensors").read_bytes() == WEIGHTS


@pytest.mark.fault(
    "files",
    "a model's file arrives with another checksum than the hub names",
    "it is thrown away, and no snapshot is made of it",
)
@pytest.mark.parametrize("name", ["model.safetensors", "config.json"])
def test_a_damaged_file_is_not_kept(hub, tmp_path, name):
    place = hub_cache.partial(ID, fake_file(name))
    place.parent.mkdir(parents=True)
    place.write_bytes(b"x")
    assert fails().message == (
        f"{name} of {ID} arrived damaged: repeat the command to download it again"
    )
    assert not place.exists()
    assert not (cache(tmp_path) / "snapshots").exists()
    assert pull.pull(ID, lambda line: None).is_dir()


@pytest.mark.fault(
    "deadline",
    "Ctrl-C in the middle of a model's download",
    "it ends at once, and the same command goes on from there",
)
def test_an_interrupt_keeps_what_has_arrived(hub, tmp_path):
    hub.stall = 4 << 16
    process = subprocess.Popen(
        [sys.executable, "-m", "reviewer", "model", "pull", ID],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert hub.stalled.wait(60)
    part = hub_cache.partial(ID, fake_file("model.safetensors"))
    process.send_signal(signal.SIGINT)
    process.communicate()
    assert process.returncode == 130
    kept = part.stat().st_size
    hub.resume.set()
    pull.pull(ID, lambda line: None)
    assert hub.got[-1] == ("model.safetensors", kept)


def test_the_disk_is_checked_before_anything_is_fetched(hub, tmp_path, monkeypatch):
    monkeypatch.setattr(pull, "_SPARE", 1 << 60)
    message = fails().message
    assert message.startswith(
        f"{ID} needs 0.0 GiB in {tmp_path}/hf/hub and 1073741824 GiB to spare"
    )
    assert message.endswith("are free: free some space, or set HF_HOME to a larger disk")
    assert hub.got == []
    assert not (tmp_path / "hf").exists()


def test_two_downloads_of_the_same_model(hub):
    place = hub_cache.lock(ID)
    place.parent.mkdir(parents=True)
    with disk.locked(place):
        assert fails().message == (
            f"another `reviewer model pull` is downloading {ID}: wait for it, then repeat the"
            " command"
        )
    assert hub.got == []
    assert pull.pull(ID, lambda line: None).is_dir()


@pytest.mark.parametrize(
    ("status", "code", "kind", "says"),
    [
        (403, "GatedRepo", AuthFailed, "is gated: accept its terms on its page at huggingface.co"),
        (401, "RepoNotFound", ModelNotFound, f"the hub has no {ID}, or you have no access"),
        (404, "", ModelNotFound, f"the hub has no {ID}, or you have no access"),
        (502, "", EngineUnreachable, f"cannot reach the hub for {ID} (HTTP 502): repeat"),
    ],
)
def test_what_the_hub_refuses(hub, status, code, kind, says):
    hub.status, hub.code = status, code
    error = fails()
    assert type(error) is kind
    assert says in error.message
    assert pull.objection(ID) == error.message


def test_nothing_answers(hub, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:1")
    assert type(fails()) is EngineUnreachable
    assert pull.objection(ID).startswith(f"cannot reach the hub for {ID} (")


def test_it_is_no_hub(hub, monkeypatch):
    hub.files = {}
    monkeypatch.setattr(fake, "_json", lambda value: b"[]")
    assert fails().message == (
        f"{hub.url} does not answer as a model hub does: check HF_ENDPOINT, then repeat the command"
    )


def test_offline_by_the_environment(hub, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert fails().message == (
        f"{ID} is not on this machine, and HF_HUB_OFFLINE forbids downloads: unset it, or copy the"
        " hub cache from a machine that has the model"
    )


def test_a_full_disk(hub, monkeypatch):
    monkeypatch.setattr(hub_cache, "partial", lambda repository, file: Path("/dev/full"))
    error = fails()
    assert type(error) is EngineError
    assert error.message == (
        f"cannot write {ID}: No space left on device; set HF_HOME to a directory of yours with"
        " enough space"
    )


def test_a_repository_without_weights(hub):
    hub.files = {"README.md": b"", "config.json": b"{}"}
    assert fails().message == (
        f"{ID} has neither safetensors nor GGUF files: choose a model from `reviewer model list`"
    )


@pytest.mark.fault(
    "files",
    "a model's repository on the hub has files with paths that lead out of it",
    "they are not downloaded",
)
@pytest.mark.parametrize(
    "path",
    [
        "../x.json",
        "/x.json",
        "a/../../x.json",
        "a\\x.json",
        "c:x.json",
        "a\0.json",
        "a\ud800.json",
        "nul.json",
    ],
)
def test_paths_that_lead_elsewhere(hub, path):
    hub.files = {**FILES, path: b"{}"}
    pull.pull(ID, lambda line: None)
    assert len(hub.got) == 2


def test_a_name_is_quoted_in_its_address(hub):
    hub.files = {**FILES, "a#b %41.json": b"{}"}
    assert (pull.pull(ID, lambda line: None) / "a#b %41.json").is_file()


@pytest.mark.fault(
    "files",
    "the hub sends more than the file has, and does not stop",
    "the download ends at once; nothing of it is kept",
)
def test_a_file_that_is_too_long(hub, tmp_path):
    hub.files, hub.more = {"model.safetensors": WEIGHTS}, 64 << 20
    received: list[int] = []
    with hub_module.connected(ID) as client:
        listed = hub_module.listing(client, ID)
        with pytest.raises(EngineUnreachable, match="arrived damaged"):
            hub_module.fetch(client, listed, listed.files[0], tmp_path / "part", received.append)
    assert sum(received) < len(WEIGHTS) + (8 << 20)
    assert not (tmp_path / "part").exists()


@pytest.mark.fault(
    "files",
    "`model pull` is repeated where no links can be made",
    "the model stays; it is not fetched again",
)
def test_without_links_the_files_stay(hub, tmp_path, monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise OSError("the privilege is missing")

    monkeypatch.setattr(Path, "symlink_to", refuse)
    hub.files = {**FILES, "same.json": FILES["config.json"]}
    for _ in range(2):
        folder = pull.pull(ID, lambda line: None)
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
            "model.safetensors": WEIGHTS,
            "config.json": b"{}",
            "same.json": b"{}",
        }
    assert len([name for name, _ in hub.got if name == "model.safetensors"]) == 1


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("12b", "Gemma 4 12B is ambiguous"),
        ("gemma4:31b", "gemma4:31b is an Ollama tag: run `ollama pull gemma4:31b"),
        ("../../etc", "is not an id such as"),
        ("a/b/c", "is not an id such as"),
        ("-x/y", "is not an id such as"),
        ("justaname", "is not an id such as"),
        ("google/diffusiongemma-26B-A4B-it", "DiffusionGemma cannot review"),
    ],
)
def test_names_that_are_not_fetched(hub, name, message):
    error = fails(name)
    assert type(error) is UsageError
    assert message in error.message


def test_the_way_to_load_is_no_part_of_the_name(hub):
    folder = pull.pull("google/gemma-4-26B-A4B-it#int8", lambda line: None)
    assert folder.parents[1].name == "models--google--gemma-4-26B-A4B-it"


@pytest.mark.fault(
    "server",
    "the environment keeps `model pull` from the hub",
    "the variable is blamed, not the network",
)
@pytest.mark.parametrize(
    ("variables", "said"),
    [
        (
            {"HTTPS_PROXY": "socks5://127.0.0.1:1"},
            "HTTPS_PROXY names a SOCKS proxy, which needs the package socksio; install it (pip"
            " install socksio), or set NO_PROXY=huggingface.co to connect directly",
        ),
        (
            {"SSL_CERT_FILE": "/none"},
            "SSL_CERT_FILE names /none, which cannot be used (No such file or directory); set it to"
            " a file of PEM certificates, or unset it",
        ),
    ],
)
def test_what_the_environment_does_to_a_download(hub, monkeypatch, variables, said):
    for name in ("HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.delenv("HF_ENDPOINT")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    error = fails()
    assert (type(error), error.message) == (
        EngineUnreachable,
        f"cannot reach the hub for {ID}: {said}",
    )


def test_the_key_of_the_hub_is_sent(hub, monkeypatch, tmp_path):
    from reviewer.serving.hub import connected

    def key() -> str | None:
        with connected(ID) as client:
            return client.headers.get("authorization")

    assert key() is None
    (tmp_path / "hf").mkdir()
    (tmp_path / "hf/token").write_text("hf_file\n")
    assert key() == "Bearer hf_file"
    monkeypatch.setenv("HF_TOKEN", "hf_own")
    assert key() == "Bearer hf_own"


def fake_file(name: str) -> hub_cache.HubFile:
    data = FILES[name]
    return hub_cache.HubFile(name, len(data), fake._blob(data))
