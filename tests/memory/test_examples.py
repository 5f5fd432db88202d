"""Questions whose answers led to findings: kept, bounded, forgotten, and never kept where replies
are not."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from support.memory import PLACE, opened, path_in, record
from support.repo import Repo

from reviewer import __version__
from reviewer.memory import examples, history
from reviewer.memory.examples import MAX_EXAMPLE, Example
from reviewer.memory.feedback import KEPT_SECONDS
from reviewer.memory.licence import licence
from reviewer.memory.listing import clear, stats

A, B = "00000000000a", "00000000000b"
GRANTED = "Permission is hereby granted, free of\ncharge,"


def example(user="question", *, reply=None, rejected=None, items=None, system="system"):
    return Example(
        system=system,
        user=user,
        reply=reply or {"checked": [], "findings": [{"n": 1}]},
        items=items or {A: [0]},
        repository_name="repo",
        commit="c1",
        licence="MIT",
        engine="vllm",
        model="m",
        tool_version=__version__,
        rejected=rejected or {},
    )


def keep(store, *kept, place=PLACE):
    history.record_run(store, place, record(examples=kept))


def kept(store, repository=PLACE.repository, since=0.0):
    return [each.user for each in examples.load(store, repository, since)]


def test_what_is_kept_comes_back(tmp_path):
    with opened(tmp_path) as store:
        keep(store, example(rejected={A: "refuted: no"}), example("other"))
        found = {each.user: each for each in examples.load(store, PLACE.repository)}
        extra = {"at": 1000.0, "repository": PLACE.repository}
        assert found == {
            "question": example(rejected={A: "refuted: no"}).model_copy(update=extra),
            "other": example("other").model_copy(update=extra),
        }
        assert (kept(store, "another"), len(kept(store, None))) == ([], 2)
        assert (stats(store, None).examples, stats(store, "another").examples) == (2, 0)


def test_the_same_again_keeps_its_date_and_takes_the_new_verdict(tmp_path):
    with opened(tmp_path) as store:
        keep(store, example())
    with opened(tmp_path, now=2000.0) as store:
        keep(store, example(rejected={A: "refuted: no"}), example(reply={"findings": []}))
        found = [(each.at, each.rejected) for each in examples.load(store, None)]
        assert found == [(1000.0, {A: "refuted: no"}), (2000.0, {})]
        assert kept(store, since=1500.0) == ["question"]


def test_lone_surrogates_of_a_model_are_replaced(tmp_path):
    odd = example(
        "a\udcff",
        reply={"findings": [{"quote": "\ud800", "fine": "\u2028é"}]},
        rejected={A: "refuted: \udfff"},
    )
    with opened(tmp_path) as store:
        keep(store, odd, example("two"))
        (kept_,) = [each for each in examples.load(store, None) if each.user != "two"]
        assert (kept_.user, kept_.reply, kept_.rejected) == (
            "a\ufffd",
            {"findings": [{"quote": "\ufffd", "fine": "\u2028é"}]},
            {A: "refuted: \ufffd"},
        )
        assert store.warning == ""


def test_too_large_an_example_is_not_kept(tmp_path):
    with opened(tmp_path) as store:
        keep(store, example("x" * MAX_EXAMPLE), example("small"))
        assert kept(store) == ["small"]


def test_the_oldest_go_when_there_is_no_room(tmp_path):
    for number in range(5):
        with opened(tmp_path, now=1000.0 + number) as store:
            keep(store, example(f"{number}" * 1000))
    with opened(tmp_path) as store:
        (size,) = {row[0] for row in store.rows("SELECT size FROM examples")}
        store.transaction(lambda run: examples.prune(run, 1000.0, max_bytes=5 * size))
        assert len(kept(store)) == 5
        store.transaction(lambda run: examples.prune(run, 1000.0, max_bytes=4 * size))
        assert [user[0] for user in kept(store)] == ["2", "3", "4"]  # a tenth is free again
        store.transaction(lambda run: examples.prune(run, 1004.0 + KEPT_SECONDS))
        assert [user[0] for user in kept(store)] == ["4"]


def test_clear(tmp_path):
    with opened(tmp_path) as store:
        keep(store, example())
        clear(store, "another", decisions=True, replies=False)
        assert kept(store) == ["question"]
        clear(store, "another", decisions=False, replies=True)
        assert kept(store) == []
        keep(store, example())
        clear(store, PLACE.repository, decisions=False, replies=False)
        assert kept(store) == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("body", "no JSON"),
        ("body", "[]"),
        ("rejected", '{"rejected": {"x": "y"}}'),
        ("at", -5.0),
        ("rejected", 5),
    ],
)
def test_a_row_that_makes_no_sense_is_ignored(tmp_path, column, value):
    with opened(tmp_path) as store:
        keep(store, example("one"), example("two"))
    with closing(sqlite3.connect(path_in(tmp_path))) as db, db:
        db.execute(f"UPDATE examples SET {column} = ? WHERE body LIKE '%\"one\"%'", (value,))
    with opened(tmp_path) as store:
        assert [each.user for each in examples.load(store, None, since=-10.0)] == ["two"]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (
            {"LICENSE": f"MIT License\n\nCopyright (c) X\n\n{GRANTED} to any person obtaining a"},
            "MIT",
        ),
        ({"LICENSE": f"{GRANTED} to any person or organization obtaining a copy"}, "BSL-1.0"),
        ({"LICENSE": "SPDX-License-Identifier: MIT AND GPL-3.0-only\n"}, "MIT AND GPL-3.0-only"),
        ({"LICENSE": "SPDX-License-Identifier: (MIT OR Apache-2.0) -->\n"}, "(MIT OR Apache-2.0)"),
        ({"COPYING": "   GNU GENERAL PUBLIC LICENSE\n      Version 3, 29 June 2007\n"}, "GPL-3.0"),
        ({"LICENSE": "      Apache License\n   Version 2.0, January 2004\n"}, "Apache-2.0"),
        ({"LICENCE.md": "SPDX-License-Identifier: EUPL-1.2\n"}, "EUPL-1.2"),
        ({"LICENSE": "All rights reserved.\n", "COPYING": "SPDX-License-Identifier: MIT"}, ""),
        ({}, ""),
    ],
)
def test_licence(tmp_path, files, expected):
    repo = Repo(tmp_path / "repo", tmp_path / "home")
    for path, said in files.items():
        repo.write(path, said)
    assert (
        licence(
            lambda path, side: (
                (repo.path / path).read_bytes() if (repo.path / path).exists() else None
            )
        )
        == expected
    )
