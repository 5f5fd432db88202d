from __future__ import annotations

from dataclasses import replace

import pytest
from support.memory import PLACE, dismissal, judged, opened, record
from support.repo import Repo, review

from reviewer.memory import dismissals, history
from reviewer.memory.listing import clear, remembered, stats
from reviewer.memory.records import HistoryKey, history_key
from reviewer.messages import Usage


def name(number):
    return f"{number:012x}"


def run(store, *args, place=PLACE, **fields):
    """({number: state}, resolved numbers) of a recorded run."""
    done = history.record_run(store, place, record(*args, **fields))
    return {int(key, 16): state for key, state in done.states.items()}, [
        int(each, 16) for each in done.resolved
    ]


def test_new_open_fixed_and_new_again(tmp_path):
    with opened(tmp_path) as store:
        assert run(store, judged(1), judged(2)) == ({1: "new", 2: "new"}, [])
        assert run(store, judged(2), judged(3)) == ({2: "open", 3: "new"}, [1])
        assert run(store, judged(2)) == ({2: "open"}, [3])
        assert run(store, judged(1), judged(2)) == ({1: "new", 2: "open"}, [])
        assert run(store) == ({}, [1, 2])
        assert run(store) == ({}, [])


def test_resolved_needs_a_full_look_at_the_file(tmp_path):
    """Not looked at, cut short, skipped, another source, another model, held back: none of that is
    a fix."""
    with opened(tmp_path) as store:
        run(store, judged(1), judged(2, "b.py"), judged(3, by="analyzer:ruff"))
        assert run(store, reviewed=["b.py"], touched=["a.py", "b.py"], sources=["model m"]) == (
            {},
            [2],
        )
        assert run(store, reviewed=["a.py"], sources=["model other"]) == ({}, [])
        assert run(store, reviewed=["a.py"], sources=[]) == ({}, [])
        assert run(store, present=[name(1)]) == ({}, [])
        assert run(store, reviewed=["a.py"], sources=["model m", "analyzer:ruff"]) == ({}, [1, 3])


def test_what_is_found_again_and_does_not_stand_is_closed_and_not_called_resolved(tmp_path):
    """A finding published unjudged, for lack of time, is disproved by the next run: its code is as
    it was, so nobody has fixed it."""
    with opened(tmp_path) as store:
        run(store, judged(1), judged(2), judged(3))
        assert run(store, judged(3), dropped=[name(1)]) == ({3: "open"}, [2])
        assert run(store, judged(3)) == ({3: "open"}, [])
        assert run(store, judged(1), judged(3)) == ({1: "new", 3: "open"}, [])
        assert sorted(
            (each.finding.id, each.state) for each in remembered(store, PLACE.repository)
        ) == [
            (name(1), "new"),
            (name(3), "open"),
        ]


def test_what_is_withheld_stays_open_although_it_is_dropped_too(tmp_path):
    with opened(tmp_path) as store:
        run(store, judged(1))
        assert run(store, present=[name(1)], dropped=[name(1)]) == ({}, [])
        assert run(store, judged(1)) == ({1: "open"}, [])


def test_a_file_that_is_not_in_the_change_any_more(tmp_path):
    """Reverted when the base is the one it was found against; else it may have become part of the
    base."""
    with opened(tmp_path) as store:
        run(store, judged(1), judged(2), judged(3))
        assert run(store, base="b2", reviewed=[], touched=["c.py"]) == ({}, [])
        assert run(store, base="b2", reviewed=[], touched=["c.py"]) == ({}, [])
        assert run(store, base="b1", reviewed=[], touched=["c.py"], complete=False) == ({}, [])
        assert run(store, base="b1", reviewed=[], touched=["a.py"]) == ({}, [])
        assert run(store, judged(3), base="b3") == ({3: "open"}, [1, 2])
        assert run(store, base="b3", reviewed=[], touched=[]) == ({}, [3])


def test_a_finding_outlives_a_run_that_did_not_see_it(tmp_path):
    with opened(tmp_path) as store:
        run(store, judged(1))
        run(store, reviewed=[], complete=False)
        assert run(store, judged(1)) == ({1: "open"}, [])
        assert [(each.first_seen, each.state) for each in remembered(store, PLACE.repository)] == [
            (1000.0, "open")
        ]


def test_a_renamed_file_keeps_its_findings(tmp_path):
    with opened(tmp_path, now=1000.0) as store:
        run(store, judged(1))
    with opened(tmp_path, now=2000.0) as store:
        done = run(
            store,
            judged(7, "b.py", earlier=(name(1),)),
            reviewed=["a.py", "b.py"],
            touched=["a.py", "b.py"],
        )
        assert done == ({7: "open"}, [])
        (each,) = remembered(store, PLACE.repository, every=True)
        assert (each.finding.id, each.first_seen, each.last_seen, each.path) == (
            name(7),
            1000.0,
            2000.0,
            b"b.py",
        )


def test_a_decision_follows_the_file(tmp_path):
    with opened(tmp_path) as store:
        run(store, judged(1, "old.py"))
        dismissals.dismiss(store, PLACE.repository, name(1), "fine")
        (known,) = dismissals.load(store, PLACE.repository)
        moved = dismissal(7, "b\udcff.py", "fine", origin=known.id)
        run(
            store,
            judged(7, "b\udcff.py", earlier=(name(1),), followed=(moved,)),
            reviewed=["b\udcff.py"],
            touched=["b\udcff.py"],
        )
        again = dismissals.load(store, PLACE.repository)
        assert [(each.id, each.path, each.reason, each.origin) for each in again] == [
            (name(1), b"old.py", "fine", None),
            (name(7), b"b\xff.py", "fine", name(1)),
        ]
        assert dismissals.reopen(store, PLACE.repository, name(7)) == again[1]
        assert dismissals.load(store, PLACE.repository) == ()


def test_scopes_and_repositories_do_not_mix(tmp_path):
    other_scope, other = HistoryKey(PLACE.repository, "other"), HistoryKey("other", PLACE.scope)
    with opened(tmp_path) as store:
        run(store, judged(1))
        assert run(store, place=other_scope) == ({}, [])
        assert run(store, judged(1), place=other) == ({1: "new"}, [])
        assert run(store, judged(1)) == ({1: "open"}, [])


def test_only_so_many_runs_are_kept(tmp_path):
    with opened(tmp_path) as store:
        run(store, judged(1), judged(2))
        dismissals.dismiss(store, PLACE.repository, name(1), "fine")
        run(store, judged(1))
        for _ in range(history.KEPT_RUNS + 5):
            run(store, judged(3))
        assert stats(store, PLACE.repository).runs == history.KEPT_RUNS
        assert [each.finding.id for each in remembered(store, PLACE.repository, every=True)] == [
            name(3)
        ]
        assert [each.id for each in dismissals.load(store, PLACE.repository)] == [name(1)]


def test_what_is_very_old_is_forgotten(tmp_path):
    old = HistoryKey("old", "s")
    with opened(tmp_path, now=0.0) as store:
        run(store, judged(1), place=old)
    with opened(tmp_path, now=history.KEPT_SECONDS + 1) as store:
        run(store, judged(2))
        assert (remembered(store, "old", every=True), stats(store, "old").runs) == ([], 0)


def test_a_store_that_cannot_be_written_knows_no_fixes(tmp_path):
    (tmp_path / "memory").write_text("in the way")
    with opened(tmp_path) as store:
        assert run(store, judged(1)) == ({1: "new"}, [])


def test_rows_that_make_no_sense_are_no_findings(tmp_path):
    with opened(tmp_path) as store:
        run(store, judged(1), judged(2), judged(3))
        store.transaction(lambda go: go("UPDATE findings SET body = '{}' WHERE id = ?", name(1)))
        store.transaction(
            lambda go: go("UPDATE findings SET path = 'text', state = '?' WHERE id = ?", name(2))
        )
        assert [each.finding.id for each in remembered(store, PLACE.repository)] == [name(3)]
        assert list(history.known(store, PLACE)) == [name(1), name(3)]
        assert run(store) == ({}, [1, 3])


def test_stats(tmp_path):
    usage = Usage(2, 100, 50, 10)
    with opened(tmp_path) as store:
        run(store, judged(1), judged(2, severity="minor"), usage=usage, misses=2)
        dismissals.dismiss(store, PLACE.repository, name(2), "fine")
        run(
            store,
            judged(2, severity="minor"),
            hits=2,
            saved_tokens=220,
            saved_seconds=3.5,
            complete=False,
        )
        run(store, judged(9), place=HistoryKey("other", "s"))
        mine, everything = stats(store, PLACE.repository), stats(store, None)
    assert (
        mine.runs,
        mine.complete_runs,
        mine.calls,
        mine.prompt_tokens,
        mine.completion_tokens,
    ) == (2, 1, 2, 100, 10)
    assert (mine.hits, mine.misses, mine.saved_tokens, mine.saved_seconds, mine.seconds) == (
        2,
        2,
        220,
        3.5,
        4.0,
    )
    assert mine.by_state == {"fixed": 1, "dismissed": 1}
    assert mine.by_severity == {"major": 1, "minor": 1}
    assert (mine.by_source, mine.dismissed_by_source) == ({"model": 2}, {"model": 1})
    assert (everything.runs, everything.findings) == (3, 3)


def test_clear(tmp_path):
    other = HistoryKey("other", "s")
    with opened(tmp_path) as store:
        run(store, judged(1), judged(2))
        run(store, judged(1), place=other)
        store.transaction(lambda go: dismissals.insert(go, PLACE.repository, dismissal(1)))
        assert clear(store, PLACE.repository, decisions=False, replies=False) == 2
        assert remembered(store, PLACE.repository, every=True) == []
        assert len(dismissals.load(store, PLACE.repository)) == 1
        assert clear(store, PLACE.repository, decisions=True, replies=True) == 0
        assert dismissals.load(store, PLACE.repository) == ()
        assert len(remembered(store, "other")) == 1


@pytest.fixture
def repo(tmp_path):
    made = Repo(tmp_path / "repo", tmp_path / "home")
    made.commit({"a.py": "a = 1\n"})
    made.git("checkout", "-q", "-b", "work")
    made.write("a.py", "a = 2\n")
    return made


def test_whose_history_it_is(repo, tmp_path):
    """One history for a branch as it grows; another one for another branch, scope, path or commit;
    one repository for all its worktrees, whatever path leads to it."""
    first = history_key(review(repo))
    repo.commit()
    assert history_key(review(repo)) == first
    (tmp_path / "link").symlink_to(repo.path)
    assert history_key(review(Repo(tmp_path / "link", tmp_path / "home", init=False))) == first
    repo.git("worktree", "add", "-q", str(tmp_path / "tree"), "-b", "tree")
    tree = Repo(tmp_path / "tree", tmp_path / "home", init=False)
    others = [
        history_key(review(tree)),
        history_key(review(repo, "uncommitted")),
        history_key(review(repo, paths=("a.py",))),
        history_key(review(repo, base="work")),
        history_key(review(repo, "commit", rev="HEAD")),
    ]
    repo.commit({"a.py": "a = 3\n"})
    others.append(history_key(review(repo, "commit", rev="HEAD")))
    repo.git("checkout", "-q", "-b", "other")
    others.append(history_key(review(repo)))
    assert {each.repository for each in others} == {first.repository}
    assert len({first.scope, *(each.scope for each in others)}) == 1 + len(others)
    assert history_key(replace(review(repo), common_dir=None)) is None
