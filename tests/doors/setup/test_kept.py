"""What is kept on the disk, and what is removed of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from reviewer import config, memory, temporary
from reviewer.cli.clean import clean
from reviewer.doors.setup import kept
from reviewer.serving import gguf, hub_cache, registry

ID = "google/gemma-4-12B-it-qat-w4a16-ct"
OTHER = "someone/else"


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    state, cache = config.state_folder(os.environ), temporary.cache_dir()
    made = {
        "model": hub_cache.folder(ID) / "blobs/abc",
        "lock": hub_cache.folder(ID).parent / ".locks" / hub_cache.folder(ID).name / "abc.lock",
        "other model": hub_cache.folder(OTHER) / "blobs/abc",
        "smoke": gguf.models_dir() / kept.SMOKE,
        "own model": gguf.models_dir() / "mine.gguf",
        "checker": cache / "gocheck/gocheck-1",
        "their file": cache / "theirs/notes",
        "log": state / "servers/host-8000.log",
        "undo": state / "fixes/1/journal",
        "settings": config.user_file(),
    }
    for path in made.values():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * 1000)
    row = "INSERT INTO cache VALUES ('reply', 'k', 'b', 2000, 0, 0, 0, 0)"
    with memory.open_store(os.environ) as store:  # its log is gone once it is closed
        store.transaction(lambda execute: execute(row))
    return made | {"memory": store.path}


def run(*words: str) -> Result:
    return CliRunner().invoke(clean, words)


def left(places: dict[str, Path]) -> set[str]:
    return {name for name, path in places.items() if path.exists()}


OTHERS = {"other model", "own model", "settings", "their file"}


def test_it_is_shown(places, tmp_path):
    home = os.environ["HOME"]
    whole = sum(path.stat().st_size for path in places["memory"].parent.iterdir())
    memory_size = (whole - 2000) / 1000  # the replies have a line of their own
    done = run()
    assert done.exit_code == 0
    lines = done.stdout.replace(home, "~").replace(str(tmp_path), "TMP").splitlines()
    assert lines[:-1] == [
        "cache      1.0 kB  gocheck, can be made again",
        "                   ~/cache/gemma-reviewer/gocheck",
        "cache      2.0 kB  replies of models, in the memory",
        "                   ~/state/gemma-reviewer/memory/memory.sqlite3",
        "models     1.0 kB  the smoke model",
        "                   ~/cache/gemma-reviewer/models/gemma-3-270m-q4_k_m.gguf",
        f"models     1.0 kB  {ID}",
        "                   TMP/hub/models--google--gemma-4-12B-it-qat-w4a16-ct",
        "logs       1.0 kB  log of a server",
        "                   ~/state/gemma-reviewer/servers/host-8000.log",
        f"memory   {memory_size:5.1f} kB  findings, DISMISSALS, statistics, examples",
        "                   ~/state/gemma-reviewer/memory",
        "undo       1.0 kB  what `reviewer undo` needs",
        "                   ~/state/gemma-reviewer/fixes",
    ]
    assert left(places) == set(places)


@pytest.mark.parametrize(
    ("word", "gone"),
    [
        ("cache", {"checker"}),
        ("models", {"model", "lock", "smoke"}),
        ("logs", {"log"}),
        ("memory", {"memory"}),
        ("undo", {"undo"}),
        ("servers", set()),
    ],
)
def test_what_is_named_is_removed(places, word, gone):
    assert run(word, "--yes").exit_code == 0
    assert set(places) - left(places) == gone


def test_remembered_replies_are_part_of_the_cache(places):
    run("cache", "--yes")
    with memory.open_store(os.environ) as store:
        assert store.rows("SELECT * FROM cache") == []


@pytest.mark.fault(
    "files",
    "`reviewer clean --all` where others keep files in the same folders",
    "theirs stay: models not in the catalogue, GGUF files of the user, the settings, their caches",
)
def test_everything_but_what_others_own(places):
    assert run("--all", "--dry-run").exit_code == 0
    assert left(places) == set(places)
    assert run("--all", "--yes").exit_code == 0
    assert left(places) == OTHERS
    assert not config.state_folder(os.environ).exists()
    places["own model"].unlink()
    assert run("--all", "--yes").exit_code == 0
    assert run().stdout == "Nothing is kept.\n"


def test_nothing_is_removed_without_a_yes(places):
    done = run("cache")
    assert done.exception.message == (  # type: ignore[union-attr]
        "clean asks before it removes anything: repeat it with --yes"
    )
    assert left(places) == set(places)


def test_a_server_keeps_its_model(places, monkeypatch):
    server = registry.new(
        engine="vllm",
        model="gemma4",
        endpoint="http://127.0.0.1:8000",
        key="k",
        pid=os.getpid(),
        command=[],
        log=Path("log"),
        version="",
    )
    monkeypatch.setattr(registry, "running", lambda *where, **options: (server,))
    done = run("models", "--yes")
    assert done.exception.message == (  # type: ignore[union-attr]
        "a server is using the models (gemma4 at http://127.0.0.1:8000): name `servers` too, or run"
        " `reviewer serve stop` first"
    )
    stopped = []
    monkeypatch.setattr(
        registry, "stop", lambda server, where: stopped.append((server, places["model"].exists()))
    )
    assert run("models", "servers", "--yes").exit_code == 0
    assert stopped == [(server, True)]  # before its model was removed
    assert "model" not in left(places)


def test_links_are_removed_and_not_followed(places, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").touch()
    places["checker"].unlink()
    link = places["checker"].parent
    link.rmdir()
    link.symlink_to(outside)
    run("cache", "--yes")
    assert not link.is_symlink()
    assert (outside / "file").exists()


def test_json(places):
    import json

    rows = json.loads(run("logs", "--dry-run", "--format", "json").stdout)
    assert rows == [
        {"word": "logs", "what": "log of a server", "path": str(places["log"]), "bytes": 1000}
    ]
