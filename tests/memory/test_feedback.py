"""What became of findings: recorded where it happens, and counted by its last event."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from support.memory import PLACE, judged, opened, path_in, record, select
from support.memory import finding as made_finding
from support.repo import Repo, review

from reviewer import memory
from reviewer.findings import Source, from_evidence, quoted_code_stands
from reviewer.memory import dismissals, feedback, history
from reviewer.memory.feedback import Acceptance, Feedback
from reviewer.memory.listing import clear
from reviewer.memory.tables import APPLICATION_ID, MIGRATIONS
from reviewer.messages import Usage
from reviewer.types import Evidence

KEY = PLACE.repository


def name(number):
    return f"{number:012x}"


def run(store, *items, **fields):
    return history.record_run(store, PLACE, record(*items, **fields))


def events(store):
    return [
        (int(row[0], 16), row[1])
        for row in store.rows("SELECT finding, kind FROM feedback ORDER BY id")
    ]


def test_decisions_are_events(tmp_path):
    with opened(tmp_path) as store:
        run(store, judged(1, rule="S1", by="analyzer:ruff", source="analyzer:ruff"))
        dismissals.dismiss(store, KEY, name(1), "checked in parse()")
        dismissals.reopen(store, KEY, name(1))
        dismissals.dismiss(store, KEY, name(1), "checked in parse(), really")
        assert events(store) == [(1, "dismissed"), (1, "reopened"), (1, "dismissed")]
        assert feedback.standing(store, KEY) == {
            (KEY, name(1)): Feedback(
                name(1),
                "dismissed",
                1000.0,
                "analyzer:ruff",
                "S1",
                "security",
                "checked in parse(), really",
            )
        }
        assert feedback.standing(store, "other") == {}
        assert feedback.standing(store, None) == feedback.standing(store, KEY)


def test_what_is_gone_and_changed_was_fixed_by_hand(tmp_path):
    """Not when it was applied, dismissed, never shown, or when its lines are as they were; nor when
    its whole file is as it was at the base."""
    with opened(tmp_path) as store:
        numbers = range(1, 7)
        run(
            store,
            *(judged(number) for number in numbers),
            judged(7, "b.py"),
            shown={name(n) for n in (1, 2, 3, 5, 6, 7)},
        )
        feedback.record(store, KEY, "applied", [name(2)])
        dismissals.dismiss(store, KEY, name(3), "fine")
        feedback.record(store, KEY, "auto", [name(6)])
        done = run(
            store, reviewed=["a.py"], touched=["a.py"], stands=lambda body: f'"{name(5)}"' in body
        )
        assert set(done.resolved) == {name(number) for number in (*numbers, 7)}
        assert events(store) == [(2, "applied"), (3, "dismissed"), (6, "auto"), (1, "fixed")]


@pytest.mark.parametrize("kind", ["applied", "undone", "auto"])
def test_what_a_fix_of_another_finding_has_changed_was_not_fixed_by_hand(tmp_path, kind):
    """By its lines: 2 shares one with 1, 3 is elsewhere in the file, 4 in another file. What was
    written before the finding was there counts for nothing."""
    places = (1, 5, 6, "a.py"), (2, 6, 9, "a.py"), (3, 7, 9, "a.py"), (4, 5, 6, "b.py")
    found = [
        judged(number, path, start_line=first, end_line=last)
        for number, first, last, path in places
    ]
    with opened(tmp_path) as store:
        run(store, *found, reviewed=["a.py", "b.py"])
    with opened(tmp_path, now=2000.0) as store:
        feedback.record(store, KEY, kind, [name(1)])
        run(store, found[0], reviewed=["a.py", "b.py"])
        assert events(store) == [(1, kind), (3, "fixed"), (4, "fixed")]
    with opened(tmp_path, now=3000.0) as store:
        run(store, *found)
        run(store, found[0])
        assert events(store)[-4:] == [(3, "returned"), (4, "returned"), (2, "fixed"), (3, "fixed")]


def test_what_comes_back_was_not_fixed(tmp_path):
    with opened(tmp_path) as store:
        run(store, judged(1), judged(2), judged(3))
        feedback.record(store, KEY, "applied", [name(2)])
        run(store, stands=lambda body: name(3) in body)
        run(store, judged(1), judged(2), judged(3))
        run(store, judged(1), judged(2), judged(3))
        assert events(store) == [(2, "applied"), (1, "fixed"), (1, "returned"), (2, "returned")]
        run(store, judged(3))
        assert events(store)[4:] == [(1, "fixed"), (2, "fixed")]


def test_what_was_applied_by_itself_and_comes_back_is_undecided_again(tmp_path):
    """Else what is then fixed by hand, or not, would never count."""
    with opened(tmp_path) as store:
        run(store, judged(1))
        feedback.record(store, KEY, "auto", [name(1)])
        run(store)
        run(store, judged(1))
        run(store)
        assert events(store) == [(1, "auto"), (1, "returned"), (1, "fixed")]


def test_acceptance_is_counted_by_the_last_event(tmp_path):
    with opened(tmp_path) as store:
        run(
            store,
            judged(1),
            judged(2),
            judged(3, category="stability", by="model other"),
            judged(4),
            judged(5, rule="S1", by="analyzer:ruff"),
            judged(6),
        )
        for kind, *numbers in (
            ("applied", 1, 2, 3, 5),
            ("undone", 2),
            ("dismissed", 4),
            ("reopened", 4),
        ):
            feedback.record(store, KEY, kind, map(name, numbers))
        assert feedback.acceptance(store, KEY) == Acceptance(
            by_category={
                "security": {"applied": 2, "undone": 1, "reopened": 1},
                "stability": {"applied": 1},
            },
            by_rule={"ruff/S1": {"applied": 1}},
            by_model={"m": {"applied": 1, "undone": 1, "reopened": 1}, "other": {"applied": 1}},
        )
        assert feedback.decided({"applied": 2, "fixed": 1, "undone": 1, "reopened": 5}) == (3, 1)
        assert feedback.acceptance(store, "other") == Acceptance({}, {}, {})


def test_a_finding_of_a_report_that_the_memory_does_not_know(tmp_path):
    with opened(tmp_path) as store:
        feedback.record(
            store,
            KEY,
            "applied",
            [name(1), name(2), name(1)],
            findings=[made_finding(1, rule="R1")],
        )
        assert feedback.standing(store, KEY) == {
            (KEY, name(1)): Feedback(name(1), "applied", 1000.0, "model", "R1", "security"),
            (KEY, name(2)): Feedback(name(2), "applied", 1000.0, "", "", ""),
        }


def test_rows_that_make_no_sense(tmp_path):
    with opened(tmp_path) as store:
        run(store, judged(1), judged(2))
        feedback.record(store, KEY, "applied", [name(1), name(2)])
    with closing(sqlite3.connect(path_in(tmp_path))) as db, db:
        db.execute("UPDATE feedback SET category = 'evil', at = 5.0 WHERE finding = ?", (name(1),))
        db.execute("UPDATE feedback SET kind = 'praised' WHERE finding = ?", (name(2),))
    with opened(tmp_path) as store:
        assert feedback.standing(store, KEY) == {
            (KEY, name(1)): Feedback(name(1), "applied", 5.0, "model m", "", "")
        }


def test_it_is_forgotten_with_the_history_and_after_a_year(tmp_path):
    with opened(tmp_path) as store:
        run(store, judged(1))
        feedback.record(store, KEY, "applied", [name(1)])
        clear(store, KEY, decisions=False, replies=False)
        assert feedback.standing(store, None) == {}
        feedback.record(store, KEY, "applied", [name(1)])
    with opened(tmp_path, now=1001.0 + feedback.KEPT_SECONDS) as store:
        run(store)
        assert feedback.standing(store, None) == {}


def test_a_memory_that_cannot_be_used(tmp_path):
    (tmp_path / "memory").write_text("no directory")
    with opened(tmp_path) as store:
        feedback.record(store, KEY, "applied", [name(1)])
        assert feedback.standing(store, KEY) == {}


def test_a_file_of_the_first_version_is_taken_on(tmp_path):
    """With its decisions and findings, and no feedback."""
    opened(tmp_path).close()
    path_in(tmp_path).unlink()
    with closing(sqlite3.connect(path_in(tmp_path))) as db:
        for statement in MIGRATIONS[0]:
            db.execute(statement)
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute("PRAGMA user_version = 1")
        body = made_finding(1).model_dump_json(by_alias=True)
        db.execute(
            "INSERT INTO findings VALUES (?, ?, ?, ?, ?, 'model m', 'new', 1.0, 1.0, 1, 1, ?)",
            (PLACE.repository, PLACE.scope, name(1), name(9), b"a.py", body),
        )
        db.commit()
    path_in(tmp_path).chmod(0o600)
    with opened(tmp_path) as store:
        assert store.warning == ""
        assert feedback.standing(store, None) == {}
        run(store)
        assert events(store) == [(1, "fixed")]
    assert select(tmp_path, "PRAGMA user_version") == [(len(MIGRATIONS),)]


def test_whether_the_lines_of_a_finding_are_still_there(tmp_path):
    """Moved lines are the same lines; the line above or below is part of the place."""
    repo = Repo(tmp_path / "repo", tmp_path / "home")
    repo.commit({"a.py": "x = 1\n"})
    code = "def f(a):\n    b = a\n    return b / nane\n    # end\n"
    repo.write("a.py", code)
    source = Source(review(repo))
    finding = from_evidence(
        Evidence("ruff", "F821", "a.py", 3, 3, "Undefined"), "major", "stability", source
    )
    for written, stands in (
        (code, True),
        ("import os\n\n" + code, True),
        (code.replace("nane", "name"), False),
        (code.replace("    b = a\n", "    b = a or 1\n"), False),
        ("", False),
    ):
        repo.write("a.py", written)
        assert quoted_code_stands(finding, Source(review(repo))) is stands, written
    whole = from_evidence(
        Evidence("ruff", "E", "a.py", None, None, "Whole"), "major", "stability", source
    )
    assert quoted_code_stands(whole, source) is False


def test_a_session_tells_what_was_fixed_by_hand(tmp_path):
    """As the pipeline uses it: the model says nothing any more, once about the same lines, once
    about changed ones."""
    repo = Repo(tmp_path / "repo", tmp_path / "home")
    repo.commit({"README": "read\n"})
    key = memory.repository_key(repo.path / ".git")
    with opened(tmp_path / "state") as store:
        for text, said in (
            ("a = nane\n", True),
            ("a = nane\n", False),
            ("a = nane\n", True),
            ("a = 1\n", False),
        ):
            repo.write("a.py", text)
            source = Source(review(repo))
            session = memory.begin(
                store, source.change, source, memory.ReplyCache(store), model="m"
            )
            found = (
                [
                    from_evidence(
                        Evidence("x", "R", "a.py", 1, 1, "Bad"), "major", "stability", source
                    )
                ]
                if said
                else []
            )
            for each in found:
                session.judge(each)
            session.record(
                reviewed=["a.py"],
                sources={"analyzer:x"},
                complete=True,
                seconds=1.0,
                usage=Usage(),
                shown=[each.id for each in found],
            )
        assert [(row[0], row[1]) for row in store.rows("SELECT kind, rule FROM feedback")] == [
            ("fixed", "R")
        ]
        assert {where for where, _ in feedback.standing(store, None)} == {key}


def test_outcomes_of_twice_as_many_findings_take_twice_the_work(tmp_path):
    def ticks(count):
        """Hundreds of instructions that SQLite runs to record an outcome of each finding."""
        counted = [0]

        def tick():
            counted[0] += 1

        with opened(tmp_path / str(count)) as store:
            history.record_run(store, PLACE, record(*(judged(number) for number in range(count))))
            store._db.set_progress_handler(tick, 100)
            ids = [f"{number:012x}" for number in range(count)]
            feedback.record(store, PLACE.repository, "applied", ids)
            return counted[0]

    assert ticks(400) <= 2.5 * ticks(200)
