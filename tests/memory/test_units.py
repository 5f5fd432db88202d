from __future__ import annotations

from dataclasses import replace

from support.change import change

from reviewer import memory
from reviewer.types import Unit

OLD = b"".join(b"line %d\n" % number for number in range(20))


def units(head):
    made = change({"a.py": OLD, "b.py": OLD}, {"a.py": head, "b.py": OLD + b"more\n"})
    return [Unit(file, file.hunks, at) for at, file in enumerate(made.files)]


def test_what_was_read_is_known_wherever_it_moves():
    one, two = units(OLD.replace(b"line 9\n", b"nine\n"))
    with memory.open_store({}) as store:
        memory.mark_read(store, [one], "model", "medium")
        assert memory.read_before(store, [one, two], "model", "medium") == {0}
        assert memory.read_before(store, [one, two], "other", "medium") == set()
        lower = replace(
            one,
            hunks=tuple(replace(hunk, new_start=hunk.new_start + 5) for hunk in one.hunks),
            ordinal=7,
        )
        assert memory.read_before(store, [lower], "model", "medium") == {7}
        assert (
            memory.read_before(
                store, units(OLD.replace(b"line 9\n", b"ten\n"))[:1], "model", "medium"
            )
            == set()
        )
        elsewhere = replace(one, file=replace(one.file, path="c.py"))
        assert memory.read_before(store, [elsewhere], "model", "medium") == set()
