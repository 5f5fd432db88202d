"""What a change altered, by name."""

from __future__ import annotations

from support.change import change

from reviewer.analyzers.tsc_altered import altered
from reviewer.types import Place

BASE = """\
import { old } from './old';
export class Pool {
  size = 1;
  insert(job: Job): void {
    this.size += 1;
  }
  take(): Job | undefined {
    return jobs.pop();
  }
}
export const limit = 3;
"""


def lines(base: str, head: str, path: str = "a.ts") -> dict[str, dict[str, int]]:
    before, after = ({path: text.encode()} for text in (base, head))
    found = altered(change(before, after), after)
    names = {"defined": found.defined, "removed": found.removed, "lost": found.lost}
    return {
        kind: {name: place.start for name, place in places.items()}
        for kind, places in names.items()
    }


def test_what_is_on_a_line_and_around_it_is_altered() -> None:
    head = BASE.replace("this.size += 1", "this.size += 2")
    assert lines(BASE, head) == {
        "defined": {"insert": 5, "Pool": 5},
        "removed": {"this": 5, "size": 5},
        "lost": {},
    }


def test_lines_that_replace_each_other_are_at_one_place() -> None:
    head = BASE.replace("size = 1", "length = 1").replace("insert(job", "add(job")
    found = lines(BASE, head)
    assert found["lost"] == {"size": 3, "insert": 4}
    assert found["defined"] == {"Pool": 3, "size": 3, "length": 3, "insert": 4, "add": 4}


def test_what_moves_is_not_lost() -> None:
    moved = "export const limit = 3;\n" + BASE.replace("export const limit = 3;\n", "")
    assert lines(BASE, moved)["lost"] == {}


def test_what_is_removed_at_the_end_is_at_the_last_line() -> None:
    head = BASE.replace("export const limit = 3;\n", "")
    found = altered(
        change({"a.ts": BASE.encode()}, {"a.ts": head.encode()}), {"a.ts": head.encode()}
    )
    assert found.lost == {"limit": Place("a.ts", 11, 11, "the change altered this")}


def test_tests_and_removed_files_alter_nothing() -> None:
    nothing = {"defined": {}, "removed": {}, "lost": {}}
    assert lines(BASE, BASE.replace("insert", "add"), "a.test.ts") == nothing
    assert altered(change({"a.ts": b"const a = 1;\n"}, {}), {}).defined == {}


def test_a_source_that_names_what_is_defined_otherwise() -> None:
    after = {"a.ts": BASE.replace("insert(", "add(").encode()}
    found = altered(change({"a.ts": BASE.encode()}, after), after)
    assert [found.is_in(text) for text in (b"pool.insert()", b"new Pool", b"x")] == [
        True,
        True,
        False,
    ]
