"""Findings at several places: what is known, resolved and dismissed of them, on real changes."""

from __future__ import annotations

import json

import pytest
from support.memory import PLACE, dismissal, judged, opened, path_in, record, sibling
from support.repo import Repo, review

from reviewer import findings, memory
from reviewer.findings import Source, from_evidence
from reviewer.memory import ReplyCache, cache, dismissals, history, siblings
from reviewer.memory.listing import remembered
from reviewer.messages import Usage
from reviewer.types import Evidence

CODE = "def f():\n    return 1\n\n\ndef g():\n    return nane\n"
MENDED = CODE.replace("nane", "None")
LONG = CODE + "".join(f"\n\ndef more{n}():\n    return {n}\n" for n in range(20))


@pytest.fixture
def repo(tmp_path):
    made = Repo(tmp_path / "repo", tmp_path / "home")
    made.commit({"README": "read\n"})
    made.git("checkout", "-q", "-b", "work")
    return made


@pytest.fixture
def store(tmp_path):
    with opened(tmp_path / "state") as made:
        yield made


def hits(source):
    for file in source.change.files:
        for number, line in source.lines(file.path, "new").items():
            if b"nane" in line:
                hit = Evidence("ruff", "F821", file.path, number, number, "Undefined name")
                yield from_evidence(hit, "major", "functional_correctness", source)


def look(store, repo, *, lead="", apart=False, unreviewed=(), sources=("analyzer:ruff",)):
    """({places: state, or the reason why it was dismissed}, the paths of findings that are
    resolved). All hits are one finding, led by the one in the file `lead`, or each is one."""
    made = review(repo)
    source = Source(made)
    session = memory.begin(store, made, source, ReplyCache(store), model=None)
    known = {name: each.path for name, each in session.known.items()}
    found = sorted(hits(source), key=lambda each: (each.file_name != lead, each.file_name))
    if found and not apart:
        found = [findings.grouped(found[0], found[1:])]
    said = {}
    for each in found:
        dismissed = session.dismissed(each)
        each, reason = session.judge(each)
        assert dismissed == (reason is not None)
        said[" ".join(one.file_name for one in (each, *each.places))] = reason or each.state
    done = session.record(
        reviewed=[file.path for file in made.files if file.path not in unreviewed],
        sources=set(sources),
        complete=not unreviewed,
        seconds=1.0,
        usage=Usage(),
    )
    return said, sorted(known[name] for name in done.resolved)


def decide(store, repo, path, reason="fine"):
    key = memory.repository_key(repo.path / ".git")
    (one,) = [each for each in remembered(store, key) if each.finding.file_name == path]
    memory.dismiss(store, key, one.finding.id, reason)
    return one.finding.id


def reopen(store, repo, name):
    return memory.reopen(store, memory.repository_key(repo.path / ".git"), name)


def write(repo, **files):
    for name, data in files.items():
        repo.write(f"{name}.py", data)


def test_what_is_left_of_a_finding_is_still_open(store, repo):
    write(repo, a=CODE, b=CODE, c=CODE)
    assert look(store, repo) == ({"a.py b.py c.py": "new"}, [])
    assert look(store, repo, lead="b.py") == ({"b.py a.py c.py": "open"}, [])
    write(repo, b=MENDED)
    assert look(store, repo) == ({"a.py c.py": "open"}, [])
    write(repo, a=MENDED)
    assert look(store, repo) == ({"c.py": "open"}, [])
    write(repo, a=CODE)
    assert look(store, repo) == ({"a.py c.py": "open"}, [])
    write(repo, a=MENDED, c=MENDED)
    assert look(store, repo) == ({}, ["a.py"])
    assert look(store, repo) == ({}, [])


@pytest.mark.fault("verdict", "same cause, other place", "it is still open, not new")
def test_a_former_place_that_leads_is_not_new(store, repo):
    write(repo, a=CODE, b=CODE)
    look(store, repo)
    write(repo, a=MENDED)
    assert look(store, repo) == ({"b.py": "open"}, [])
    (only,) = remembered(store, memory.repository_key(repo.path / ".git"), every=True)
    assert (only.finding.file_name, only.state, only.places) == ("b.py", "open", ())


def test_findings_that_become_one_and_come_apart(store, repo):
    write(repo, a=CODE, b=CODE)
    assert look(store, repo, apart=True) == ({"a.py": "new", "b.py": "new"}, [])
    assert look(store, repo) == ({"a.py b.py": "open"}, [])
    assert look(store, repo, apart=True) == ({"a.py": "open", "b.py": "open"}, [])
    write(repo, a=MENDED, b=MENDED)
    assert look(store, repo) == ({}, ["a.py", "b.py"])


def test_a_finding_is_not_resolved_while_a_place_was_not_looked_at(store, repo):
    write(repo, a=CODE, b=CODE)
    look(store, repo)
    write(repo, a=MENDED, b=MENDED)
    assert look(store, repo, unreviewed=["b.py"]) == ({}, [])
    assert look(store, repo, unreviewed=["a.py"]) == ({}, [])
    assert look(store, repo, sources=()) == ({}, [])
    assert look(store, repo) == ({}, ["a.py"])


@pytest.mark.fault("verdict", "a dismissed finding whose first place is mended", "stays dismissed")
def test_a_dismissal_holds_for_every_place_that_it_had(store, repo):
    write(repo, a=CODE, b=CODE)
    look(store, repo)
    decide(store, repo, "a.py")
    assert look(store, repo) == ({"a.py b.py": "fine"}, [])
    assert look(store, repo, lead="b.py") == ({"b.py a.py": "fine"}, [])
    write(repo, a=MENDED)
    assert look(store, repo) == ({"b.py": "fine"}, [])
    write(repo, a=CODE)
    assert look(store, repo, apart=True) == ({"a.py": "fine", "b.py": "fine"}, [])


@pytest.mark.fault("verdict", "a dismissed cause at a new place", "the new place is reported alone")
def test_a_dismissal_does_not_hide_a_place_that_came_later(store, repo):
    write(repo, a=CODE, c=CODE)
    look(store, repo)
    decide(store, repo, "a.py")
    write(repo, b=CODE, d=CODE)
    assert look(store, repo) == ({"b.py d.py": "new"}, [])
    key = memory.repository_key(repo.path / ".git")
    states = {
        " ".join(one.file_name for one in (each.finding, *each.finding.places)): each.state
        for each in remembered(store, key)
    }
    assert states == {"a.py c.py": "dismissed", "b.py d.py": "new"}
    assert look(store, repo, lead="d.py") == ({"d.py b.py": "open"}, [])
    decide(store, repo, "d.py", "also fine")
    assert look(store, repo) == ({"a.py b.py c.py d.py": "fine"}, [])


def test_a_place_that_was_dismissed_for_itself_is_left_out(store, repo):
    write(repo, a=CODE, b=CODE)
    look(store, repo, apart=True)
    name = decide(store, repo, "b.py")
    assert look(store, repo) == ({"a.py": "open"}, [])
    look(store, repo, lead="a.py")
    other = decide(store, repo, "a.py", "fine too")
    assert look(store, repo, apart=True) == ({"a.py": "fine too", "b.py": "fine"}, [])
    reopen(store, repo, other)
    assert look(store, repo, apart=True) == ({"a.py": "open", "b.py": "fine"}, [])
    reopen(store, repo, name)
    assert look(store, repo) == ({"a.py b.py": "open"}, [])


def test_any_place_reopens_the_whole(store, repo):
    write(repo, a=CODE, b=CODE)
    look(store, repo)
    name = decide(store, repo, "a.py")
    key = memory.repository_key(repo.path / ".git")
    own, other = sorted(dismissals.load(store, key), key=lambda entry: entry.origin or "")
    assert (own.id, own.origin, own.path) == (name, None, b"a.py")
    assert (other.origin, other.path, other.reason) == (name, b"b.py", "fine")
    assert (bool(own.code), other.category, other.code) == (True, "", "")
    assert reopen(store, repo, other.id) == other
    assert look(store, repo) == ({"a.py b.py": "open"}, [])


def test_an_ignore_comment_hides_its_own_place_only(store, repo):
    write(repo, a=LONG, b=LONG)
    look(store, repo, apart=True)
    key = memory.repository_key(repo.path / ".git")
    (name,) = [each.finding.id for each in remembered(store, key) if each.path == b"a.py"]
    ignored = LONG.replace("return nane", f"return nane  # reviewer: ignore[{name}] it is ours")
    write(repo, a=ignored)
    repo.commit()
    repo.git("checkout", "-q", "main")
    repo.git("merge", "-q", "work")
    repo.git("checkout", "-q", "-b", "later")
    write(repo, a="# a line above\n" + ignored, b="# a line above\n" + LONG)
    assert look(store, repo) == ({"b.py": "new"}, [])
    (repo.path / "b.py").unlink()
    assert look(store, repo) == ({"a.py": "by a comment in the file: it is ours"}, ["b.py"])


def test_places_are_known_after_their_file_was_renamed(store, repo):
    write(repo, a=LONG, b=LONG)
    look(store, repo)
    write(repo, a=MENDED)
    (repo.path / "b.py").rename(repo.path / "new.py")
    assert look(store, repo) == ({"new.py": "open"}, [])
    write(repo, a=LONG)
    look(store, repo)
    decide(store, repo, "a.py")
    repo.commit()
    (repo.path / "new.py").rename(repo.path / "newer.py")
    assert look(store, repo) == ({"a.py newer.py": "fine"}, [])
    write(repo, new=LONG)  # another file under the old name
    assert look(store, repo, lead="newer.py") == ({"newer.py a.py new.py": "fine"}, [])
    write(repo, a=MENDED, other=LONG)
    assert look(store, repo) == ({"other.py": "new"}, [])


def test_a_finding_goes_on_with_the_oldest_of_what_it_takes_over(tmp_path):
    for now, items in ((1.0, [judged(2, "b.py")]), (2.0, [judged(2, "b.py"), judged(1)])):
        with opened(tmp_path, now=now) as store:
            history.record_run(store, PLACE, record(*items))
    with opened(tmp_path, now=3.0) as store:
        both = judged(1, places=[(2, "b.py")], earlier=(f"{2:012x}",))
        done = history.record_run(store, PLACE, record(both))
        assert (done.states, done.resolved) == ({f"{1:012x}": "open"}, ())
        (only,) = remembered(store, PLACE.repository, every=True)
        assert (only.finding, only.first_seen, only.places, only.ids) == (
            both.finding,
            1.0,
            (sibling(2, "b.py"),),
            (f"{1:012x}", f"{2:012x}"),
        )
        assert only.dismissed("why") == [
            dismissal(1, reason="why").model_copy(update={"at": 0.0}),
            dismissal(2, "b.py", "why", origin=f"{1:012x}").model_copy(
                update={"at": 0.0, "title": "Problem 1"}
            ),
        ]


def test_a_finding_is_not_resolved_while_a_place_was_only_withheld(tmp_path):
    with opened(tmp_path) as store:
        history.record_run(store, PLACE, record(judged(1, places=[(2, "b.py")])))
        for present, resolved in (((f"{2:012x}",), ()), ((), (f"{1:012x}",))):
            run = record(present=present, reviewed=["a.py", "b.py"], touched=["a.py", "b.py"])
            assert history.record_run(store, PLACE, run).resolved == resolved


def test_a_decision_about_a_place_alone_stays_as_it_was(tmp_path):
    own, place = f"{1:012x}", f"{2:012x}"
    with opened(tmp_path) as store:
        history.record_run(store, PLACE, record(judged(2, "b.py")))
        dismissals.dismiss(store, PLACE.repository, place, "first")
        history.record_run(store, PLACE, record(judged(1, places=[(2, "b.py")])))
        dismissals.dismiss(store, PLACE.repository, own, "second")
        reasons = {each.id: each.reason for each in dismissals.load(store, PLACE.repository)}
        assert reasons == {own: "second", place: "first"}


def test_a_run_that_is_remembered_keeps_the_places(tmp_path):
    made = judged(1, places=[(2, "b\udcff.py")], preexisting=True, severity="info").finding
    with opened(tmp_path) as store:
        cache.put_run(store, "key", [made, judged(3).finding], tokens=1, seconds=1.0)
        found = cache.get_run(store, "key")
        assert found is not None
        assert found[0] == [made, judged(3).finding]


@pytest.mark.parametrize(
    "damaged", ["nonsense", "[]", '[{"id":1}]', "[" * 10_000, '[{"id":"x","path":"zz"}]', b"\xff"]
)
def test_damaged_places_are_no_places(tmp_path, damaged):
    with opened(tmp_path) as store:
        history.record_run(store, PLACE, record(judged(1, places=[(2, "b.py")])))
        store.transaction(lambda run: run("UPDATE findings SET places = ?", damaged))
        (known,) = history.known(store, PLACE).values()
        assert known.places == ()


def test_places_as_they_are_stored(tmp_path):
    places = (sibling(2, "b\udcff.py"), sibling(3))
    assert siblings.parse(siblings.dump(places)) == places
    assert siblings.dump(()) == ""
    assert json.loads(siblings.dump(places))[0]["path"] == "62ff2e7079"
    assert not path_in(tmp_path).exists()
