from __future__ import annotations

import gc
import threading
import time
import weakref
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace

from support.changes import change_of

from reviewer.context.index import FilesToSearch, index_of, module_words, once_per_change


def test_files_near_come_first_and_other_languages_do_not_count():
    files = {
        "a/b/x.py": b"total",
        "a/y.py": b"total()",
        "a/b/z.py": b"x.total",
        "c/w.py": b"total",
        "a/b/subtotal.py": b"subtotal totals",
        "a/b/x.js": b"total",
        "a/b/x.md": b"total",
    }
    index = index_of(change_of({}, files))
    assert index.files_with("total", "a/b/x.py") == FilesToSearch(
        ("a/b/x.py", "a/b/z.py", "a/y.py", "c/w.py"), 0
    )
    assert index.files_with("total", "q.ts").paths == ("a/b/x.js",)
    assert index.files_with("total", "a/b/x.md").paths == ("a/b/x.md",)


def test_many_words_are_found_in_one_pass():
    files = {f"f{number}.py": f"word{number} = same\n".encode() for number in range(100)}
    index = index_of(change_of({}, files))
    index.find_files([f"word{number}" for number in range(100)])
    assert [index.files_with(f"word{number}", "f0.py").paths for number in range(100)] == [
        (f"f{number}.py",) for number in range(100)
    ]


def test_a_common_word_is_looked_for_only_where_it_can_mean_the_definition():
    files = {f"app/n{number}.py": b"x.get()\n" for number in range(10_000)}
    files |= {
        "app/store.py": b"class Store:\n    def get(self): ...\n",
        "far/use.py": b"import store\nget\n",
    }
    files |= {f"other/p{number}.py": b"import app\napp.get()\n" for number in range(30)}
    index = index_of(change_of({}, files))
    found = index.files_with("get", "app/store.py", "app/store.py", ("Store",))
    assert found.paths[:2] == ("app/store.py", "far/use.py")
    assert (len(found.paths), found.more) == (12, 10_020)


def test_outlines_are_read_from_the_side_that_has_the_file():
    base = {
        "a.py": b"def old():\n    pass\n",
        "gone.py": b"def g():\n    pass\n",
        "big.py": b"#" * (1 << 21),
    }
    head = {"a.py": b"def new():\n    pass\n", "big.py": base["big.py"], "a.txt": b""}
    index = index_of(change_of(base, head))
    names = {
        at: [item.name for item in found.defs] if (found := index.outline(*at)) else None
        for at in [
            ("a.py", "new"),
            ("a.py", "old"),
            ("gone.py", "new"),
            ("big.py", "new"),
            ("a.txt", "new"),
            ("no.py", "new"),
        ]
    }
    assert names == {
        ("a.py", "new"): ["new"],
        ("a.py", "old"): ["old"],
        ("gone.py", "new"): ["g"],
        ("big.py", "new"): None,
        ("a.txt", "new"): None,
        ("no.py", "new"): None,
    }


def test_once_per_change_holds_the_latest_change_only():
    made = []
    get = once_per_change(lambda change: made.append(change.files) or len(made))
    first, second = change_of({}, {"a": b"1\n"}), change_of({}, {"b": b"1\n"})
    assert [get(first), get(first), get(second), get(second), get(first)] == [1, 1, 2, 2, 3]
    alive = weakref.ref(first)
    del first
    gc.collect()
    assert alive() is None


def test_words_of_a_module():
    assert module_words("a/b/c.py") == ("c", "b")
    assert module_words("a/b/__init__.py") == ("b", "a")
    assert module_words("c.py") == ("c", "")
    assert module_words("__init__.py") == ("__init__", "")
    assert module_words("a/__init__.js") == ("__init__", "a")
    assert module_words("a/.profile") == ("", "a")


def test_a_word_that_another_thread_looks_for_is_waited_for():
    """Units are rendered in threads: what one is shown must not depend on what the others ask at
    that moment."""
    searching, go_on = threading.Event(), threading.Event()

    def grep(words):
        searching.set()
        go_on.wait(5)
        return ("a.py", "b.py")

    index = index_of(replace(change_of({}, {"a.py": b"total", "b.py": b"total"}), grep=grep))
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(index.files_with, "total", "a.py")
        assert searching.wait(5)
        second = pool.submit(index.files_with, "total", "b.py")
        wait([second], 0.1)
        go_on.set()
        assert {*first.result().paths, *second.result().paths} == {"a.py", "b.py"}
        assert second.result().paths == ("b.py", "a.py")


def test_what_is_kept_for_a_change_is_made_once_by_many_threads():
    made = []

    @once_per_change
    def slow(change):
        time.sleep(0.05)
        made.append(change)
        return object()

    change = change_of({}, {})
    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(slow, [change] * 4))) == 1
    assert len(made) == 1
