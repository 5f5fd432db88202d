from __future__ import annotations

from support.memory import opened
from support.repo import Repo, review

from reviewer import memory


def test_a_state_is_known_by_its_tree_in_its_repository(tmp_path):
    one, two = (Repo(tmp_path / name, tmp_path / "home") for name in ("one", "two"))
    for repo in (one, two):
        repo.commit({"a.py": "x = 1\n"})
        repo.write("a.py", "x = 2\n")
    seen = review(one)
    with opened(tmp_path) as store:
        memory.mark_seen(store, seen, "reviewed")
        assert memory.is_seen(store, review(one, "uncommitted"), "reviewed")
        assert not memory.is_seen(store, seen, "reminded")
        assert not memory.is_seen(store, review(two), "reviewed")
        one.write("a.py", "x = 3\n")
        assert not memory.is_seen(store, review(one), "reviewed")


def test_a_scope_of_some_paths_is_not_a_state(tmp_path):
    repo = Repo(tmp_path / "one", tmp_path / "home")
    repo.write("a.py", "x = 2\n")
    part = review(repo, paths=("a.py",))
    with opened(tmp_path) as store:
        memory.mark_seen(store, part, "reviewed")
        assert not memory.is_seen(store, part, "reviewed")
        assert not memory.is_seen(store, review(repo), "reviewed")
