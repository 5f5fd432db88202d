from __future__ import annotations

import json
from dataclasses import replace

import pytest
from support.change import change
from support.memory import finding, opened, path_in, select

from reviewer.config import Settings
from reviewer.memory import cache
from reviewer.messages import Prompt
from reviewer.models.base import Schema
from reviewer.types import Scope, Skipped, Unreviewed

PROMPT = Prompt("rules", "code", 100)
SCHEMA = Schema("reply", {"type": "object"})


def body(store, key):
    hit = cache.get(store, "reply", key)
    return hit and hit.body


def test_a_key_is_the_same_for_the_same_parts_only():
    same = cache.key("a", {"x": 1, "y": [2]})
    assert same == cache.key("a", {"y": [2], "x": 1})
    others = [
        cache.key("a", {"x": 1, "y": [3]}),
        cache.key("a", "x"),
        cache.key("ax"),
        cache.key("a"),
        cache.key(),
        cache.key("a", None),
        cache.key("a", "None"),
        cache.key("a", 1),
        cache.key("a", "1"),
        cache.key("a", True),
        cache.key("\udcff"),
        cache.key("\ufffd"),
    ]
    assert len({same, *others}) == 1 + len(others)
    with pytest.raises(TypeError):
        cache.key(object())
    with pytest.raises(ValueError, match="not JSON compliant"):
        cache.key(float("nan"))


def test_whatever_could_change_a_reply_is_in_its_key():
    keys = [
        cache.reply_key(PROMPT, SCHEMA, "vllm", "gemma", 0),
        cache.reply_key(replace(PROMPT, system="rules2"), SCHEMA, "vllm", "gemma", 0),
        cache.reply_key(replace(PROMPT, user="code2"), SCHEMA, "vllm", "gemma", 0),
        cache.reply_key(Prompt("rulesc", "ode", 100), SCHEMA, "vllm", "gemma", 0),
        cache.reply_key(replace(PROMPT, max_tokens=101), SCHEMA, "vllm", "gemma", 0),
        cache.reply_key(PROMPT, Schema("reply", {"type": "array"}), "vllm", "gemma", 0),
        cache.reply_key(PROMPT, Schema("refutation", {"type": "object"}), "vllm", "gemma", 0),
        cache.reply_key(PROMPT, SCHEMA, "ollama", "gemma", 0),
        cache.reply_key(PROMPT, SCHEMA, "vllm", "gemma-2", 0),
        cache.reply_key(PROMPT, SCHEMA, "vllm", "gemma", 1),
    ]
    assert len(set(keys)) == len(keys)
    assert keys[0] == cache.reply_key(
        Prompt("rules", "code", 100), Schema("reply", {"type": "object"}), "vllm", "gemma", 0
    )


def test_whatever_could_change_a_finding_is_in_the_key_of_a_run():
    made = change({"a.py": b"x\n"}, {"a.py": b"y\n"})
    settings = Settings()

    def made_key(made, settings, *also, tree="t1"):
        return cache.run_key(made, settings, *also, tree=tree)

    keys = [
        made_key(made, settings, "vllm"),
        made_key(made, settings, "vllm", tree="t2"),
        made_key(replace(made, digest="sha256:1"), settings, "vllm"),
        made_key(replace(made, scope=Scope("staged")), settings, "vllm"),
        made_key(replace(made, scope=Scope("staged", paths=("a.py",))), settings, "vllm"),
        made_key(replace(made, skipped=(Skipped("\udcff.lock", "lockfile"),)), settings, "vllm"),
        made_key(made, Settings(profile="chill"), "vllm"),
        made_key(made, Settings(effort="high"), "vllm"),
        made_key(made, Settings(analyzers=()), "vllm"),
        made_key(made, settings, "ollama"),
    ]
    assert len({*keys} - {None}) == len(keys)
    how = Settings(timeout=5, concurrency=3, cache="fresh", fail_on="major", api_key="k")
    assert made_key(made, how, "vllm") == keys[0]


def test_a_run_that_looks_at_what_nobody_knows_is_not_remembered():
    made = change({"a.py": b"x\n"}, {"a.py": b"y\n"})
    assert cache.run_key(made, Settings(), tree="") is None
    assert cache.run_key(replace(made, scope=Scope(paths=("a.py",))), Settings(), tree="t") is None
    assert (
        cache.run_key(
            replace(made, unreviewed=(Unreviewed("b.py", "too_large"),)), Settings(), tree="t"
        )
        is None
    )


def test_the_findings_of_a_run(tmp_path):
    with opened(tmp_path) as store:
        found = [finding(1), finding(2, "b\udcff.py", state="open")]
        cache.put_run(store, "k", found, tokens=30, seconds=1.5)
        again, hit = cache.get_run(store, "k")
        assert (again, hit.tokens, hit.seconds) == (found, 30, 1.5)
        assert again[1].file_name_base64 == "Yv8ucHk="
        cache.put_run(store, "clean", [], tokens=0, seconds=0.0)
        assert cache.get_run(store, "clean") == ([], cache.Hit("[]", 0, 0.0))
        assert cache.get_run(store, "other") is None


@pytest.mark.parametrize(
    "stored", ["", "{}", "[1]", "[{}]", '[{"type":"finding"}]', "[" * 5000, "null"]
)
def test_a_stored_run_that_makes_no_sense_is_no_clean_run(tmp_path, stored):
    with opened(tmp_path) as store:
        cache.put(store, "run", "k", stored, tokens=1, seconds=1.0)
        assert cache.get_run(store, "k") is None


def test_one_bad_finding_spoils_the_whole_run(tmp_path):
    with opened(tmp_path) as store:
        cache.put_run(store, "k", [finding(1), finding(2)], tokens=1, seconds=1.0)
        values = json.loads(cache.get(store, "run", "k").body)
        values[1]["severity"] = "harmless"
        cache.put(store, "run", "k", json.dumps(values), tokens=1, seconds=1.0)
        assert cache.get_run(store, "k") is None


def test_the_oldest_goes_first_when_there_is_too_much(tmp_path):
    for number in range(10):
        with opened(tmp_path, now=1000.0 + number) as store:
            cache.put(store, "reply", f"k{number}", "x" * 100, tokens=1, seconds=1.0)
    with opened(tmp_path, now=2000.0) as store:
        store.transaction(lambda run: cache.touch(run, "reply", ["k0", "k3"], 2000.0))
        store.transaction(lambda run: cache.prune(run, max_bytes=10 * (100 + cache.ROW_BYTES)))
        assert store.rows("SELECT COUNT(*) FROM cache") == [(10,)]
        store.transaction(lambda run: cache.prune(run, max_bytes=5 * (100 + cache.ROW_BYTES)))
        kept = [row[0] for row in store.rows("SELECT key FROM cache ORDER BY key")]
        assert kept == ["k0", "k3", "k8", "k9"]


def test_what_has_no_body_takes_room_too(tmp_path):
    """Else what was seen and read would never be forgotten."""
    for number in range(10):
        with opened(tmp_path, now=1000.0 + number) as store:
            cache.put(store, "seen", f"k{number}", "", tokens=0, seconds=0.0)
    with opened(tmp_path) as store:
        store.transaction(lambda run: cache.prune(run, max_bytes=5 * cache.ROW_BYTES))
        assert [row[0] for row in store.rows("SELECT key FROM cache ORDER BY key")] == [
            "k6",
            "k7",
            "k8",
            "k9",
        ]


def test_what_is_too_large_is_not_kept(tmp_path):
    with opened(tmp_path) as store:
        cache.put(store, "reply", "k", "x" * (cache.MAX_BODY + 1), tokens=1, seconds=1.0)
        assert body(store, "k") is None
        assert store.warning == ""


def test_the_last_one_counts(tmp_path):
    with opened(tmp_path) as store:
        cache.put(store, "reply", "k", "one", tokens=1, seconds=1.0)
        cache.put(store, "reply", "k", "two", tokens=2, seconds=2.0)
        assert cache.get(store, "reply", "k") == cache.Hit("two", 2, 2.0)


def test_the_file_gets_smaller_when_something_is_forgotten(tmp_path):
    with opened(tmp_path) as store:
        for number in range(50):
            cache.put(store, "reply", f"k{number}", "x" * 20_000, tokens=1, seconds=1.0)
    before = path_in(tmp_path).stat().st_size
    with opened(tmp_path) as store:
        store.transaction(lambda run: cache.prune(run, max_bytes=100_000))
        assert store.warning == ""
    assert before > 1_000_000 > 200_000 > path_in(tmp_path).stat().st_size
    assert select(tmp_path, "PRAGMA integrity_check") == [("ok",)]
