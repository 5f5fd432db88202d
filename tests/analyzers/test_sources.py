"""Which files a compiler gets to see."""

from __future__ import annotations

from support.change import change

from reviewer.analyzers import sources
from reviewer.analyzers.base import Limits
from reviewer.analyzers.tree import Sides

BASE = {"a/b/x.go": b"old", "a/y.go": b"y", "a/b/c/z.go": b"z", "q/far.go": b"far", "n.md": b"n"}
HEAD = BASE | {"a/b/x.go": b"new", "a/b/added.go": b"added"}


def _go(path: str) -> bool:
    return path.endswith(".go")


def test_all_files_of_the_kind_on_both_sides() -> None:
    found = sources.gather(change(BASE, HEAD), _go, Limits(60))
    kept = {path: HEAD[path] for path in ("a/y.go", "a/b/c/z.go", "q/far.go")}
    assert found == sources.Sources(
        Sides({**kept, "a/b/x.go": b"old"}, {**kept, "a/b/x.go": b"new", "a/b/added.go": b"added"}),
        ("a/b/added.go", "a/b/x.go"),
        0,
    )


def test_where_there_are_too_many_the_nearest_are_kept() -> None:
    def kept(**limits: int) -> tuple[list[str], int]:
        found = sources.gather(change(BASE, HEAD), _go, Limits(60), **limits)
        assert found is not None
        return sorted(found.sides.new.keys() - set(found.changed)), found.left

    assert kept(max_files=1) == (["a/b/c/z.go"], 2)
    assert kept(max_files=2) == (["a/b/c/z.go", "a/y.go"], 1)
    assert kept(max_total=len(b"old" + b"new" + b"added")) == ([], 3)


def test_what_is_wanted_first_is_read_first() -> None:
    found = sources.gather(
        change(BASE, HEAD), _go, Limits(60), first=["q/far.go", "n.md", "a/b/x.go"], max_files=1
    )
    assert found is not None
    assert sorted(found.sides.new) == ["a/b/added.go", "a/b/x.go", "q/far.go"]


def test_nothing_of_the_kind_changed() -> None:
    assert sources.gather(change(BASE, BASE | {"n.md": b"m"}), _go, Limits(60)) is None
