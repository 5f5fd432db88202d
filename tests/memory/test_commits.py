"""Which commits need not be searched for credentials again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.change import change
from support.memory import opened

from reviewer import memory
from reviewer.memory import commits
from reviewer.types import Commit, History, Scope

IDS = tuple(f"{number:040x}" for number in range(5))
CHANGE = replace(
    change({}, {"a.py": b"x\n"}),
    history=History(tuple(Commit(each, "subject", True) for each in IDS)),
)


@pytest.mark.parametrize("at_once", [2, 5, 500])
def test_clean_is_what_was_marked(tmp_path, monkeypatch, at_once):
    monkeypatch.setattr(commits, "_AT_ONCE", at_once)
    with opened(tmp_path) as store:
        assert memory.known_clean(store, CHANGE, "detector") == frozenset()
        memory.mark_clean(store, CHANGE, [IDS[0], IDS[4]], "detector")
        memory.mark_clean(store, CHANGE, [], "detector")
        assert memory.known_clean(store, CHANGE, "detector") == {IDS[0], IDS[4]}


def test_another_detector_or_other_paths_read_it_again(tmp_path):
    with opened(tmp_path) as store:
        memory.mark_clean(store, CHANGE, IDS, "detector", ("*.md",))
        assert memory.known_clean(store, CHANGE, "other", ("*.md",)) == frozenset()
        assert memory.known_clean(store, CHANGE, "detector", ()) == frozenset()
        part = replace(CHANGE, scope=Scope(paths=("src",)))
        assert memory.known_clean(store, part, "detector", ("*.md",)) == frozenset()
