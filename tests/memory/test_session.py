"""The memory as the pipeline uses it, on real changes: edit, review, decide, rename, edit again."""

from __future__ import annotations

import pytest
from support.change import change
from support.memory import opened
from support.repo import Repo, review

from reviewer import memory
from reviewer.findings import Source, from_evidence
from reviewer.memory import Baseline, ReplyCache, dump_baseline, parse_baseline
from reviewer.memory.listing import remembered
from reviewer.messages import Usage
from reviewer.types import Evidence

CODE = "def f():\n    return 1\n\n\ndef g():\n    return nane\n"
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


def undefined(source):
    """What an analyzer would say: every line of the new side with `nane` on it."""
    for file in source.change.files:
        for number, line in source.lines(file.path, "new").items():
            if b"nane" in line:
                yield from_evidence(
                    Evidence("ruff", "F821", file.path, number, number, "Undefined name"),
                    "major",
                    "functional_correctness",
                    source,
                )


def look(store, made, *, baseline=None, only=None, unreviewed=()):
    """A run: ({place: state, or the reason why it was dismissed}, number of findings that were
    resolved)."""
    source = Source(made)
    session = memory.begin(store, made, source, ReplyCache(store), model=None, baseline=baseline)
    said, ids = {}, []
    for finding in undefined(source):
        if only and finding.file_name != only:
            continue
        finding, reason = session.judge(finding)
        said[f"{finding.file_name}:{finding.start_line}"] = reason or finding.state
        ids.append(finding.id)
    reviewed = [file.path for file in made.files if file.path not in unreviewed]
    done = session.record(
        reviewed=reviewed,
        sources={"analyzer:ruff"},
        complete=not unreviewed,
        seconds=1.0,
        usage=Usage(),
    )
    assert list(done.states) == ids
    return said, len(done.resolved)


def decide(store, repo, path, reason):
    key = memory.repository_key(repo.path / ".git")
    (one,) = [each for each in remembered(store, key) if each.finding.file_name == path]
    memory.dismiss(store, key, one.finding.id, reason)
    return one.finding.id


def test_a_fix_loop(store, repo):
    repo.write("a.py", CODE)
    repo.write("b.py", CODE)
    assert look(store, review(repo)) == ({"a.py:6": "new", "b.py:6": "new"}, 0)
    assert look(store, review(repo)) == ({"a.py:6": "open", "b.py:6": "open"}, 0)
    repo.write("a.py", "# a line above\n" + CODE)
    assert look(store, review(repo)) == ({"a.py:7": "open", "b.py:6": "open"}, 0)
    repo.commit()
    repo.write("a.py", CODE.replace("nane", "None"))
    repo.write("c.py", CODE)
    assert look(store, review(repo)) == ({"b.py:6": "open", "c.py:6": "new"}, 1)
    (repo.path / "b.py").unlink()
    repo.write("c.py", CODE.replace("nane", "None"))
    assert look(store, review(repo)) == ({}, 2)
    assert look(store, review(repo)) == ({}, 0)


def test_a_dismissed_finding_stays_dismissed(store, repo):
    """When lines move, when it is committed, on another branch, when a new file is renamed before
    it is merged and when a merged file is renamed in a later change; not in another file, and not
    after it was reopened."""
    repo.write("a.py", LONG)
    look(store, review(repo))
    name = decide(store, repo, "a.py", "fine")
    repo.write("a.py", "import os\n\n\n" + LONG.replace("return 1", "return os"))
    repo.write("b.py", LONG)
    assert look(store, review(repo)) == ({"a.py:9": "fine", "b.py:6": "new"}, 0)
    (repo.path / "b.py").unlink()
    repo.commit()
    (repo.path / "a.py").rename(repo.path / "new.py")
    assert look(store, review(repo)) == ({"new.py:9": "fine"}, 1)
    repo.commit()
    repo.git("checkout", "-q", "main")
    repo.git("merge", "-q", "work")
    repo.git("checkout", "-q", "-b", "later")
    repo.git("mv", "new.py", "newer.py")
    repo.write("a.py", LONG)
    made = review(repo)
    assert [(file.path, file.status) for file in made.files] == [
        ("a.py", "added"),
        ("newer.py", "renamed"),
    ]
    assert look(store, made) == ({"a.py:6": "fine", "newer.py:9": "fine"}, 0)
    memory.reopen(store, memory.repository_key(repo.path / ".git"), name)
    assert look(store, review(repo)) == ({"a.py:6": "open", "newer.py:9": "open"}, 0)


def test_a_rename_is_no_fix(store, repo):
    repo.write("a.py", LONG)
    look(store, review(repo))
    (repo.path / "a.py").rename(repo.path / "b.py")
    assert look(store, review(repo)) == ({"b.py:6": "open"}, 0)
    repo.commit()
    repo.git("checkout", "-q", "main")
    repo.git("merge", "-q", "work")
    repo.git("checkout", "-q", "-b", "later")
    repo.write("b.py", "# edited\n" + LONG)
    assert look(store, review(repo)) == ({"b.py:7": "new"}, 0)
    repo.git("mv", "b.py", "c.py")
    assert look(store, review(repo)) == ({"c.py:7": "open"}, 0)
    assert look(store, review(repo), only="none", unreviewed=["c.py"]) == ({}, 0)
    assert look(store, review(repo), only="none") == ({}, 1)


def test_a_finding_that_was_merged_or_left_out_is_not_fixed(store, repo):
    repo.write("a.py", CODE)
    assert look(store, review(repo, "uncommitted")) == ({"a.py:6": "new"}, 0)
    repo.commit()
    repo.write("b.py", "x = 1\n")
    assert look(store, review(repo, "uncommitted")) == ({}, 0)
    assert look(store, review(repo, "uncommitted")) == ({}, 0)
    assert look(store, review(repo)) == ({"a.py:6": "new"}, 0)
    assert look(store, review(repo, paths=("b.py",))) == ({}, 0)
    assert look(store, review(repo)) == ({"a.py:6": "open"}, 0)


def test_a_comment_counts_from_the_base_only(store, repo):
    """A change cannot silence its own review, and the comment may stand on the line itself."""
    repo.write("a.py", LONG)
    source = Source(review(repo))
    (found,) = undefined(source)
    said = LONG.replace("nane", f"nane  # reviewer: ignore[{found.id}] set by the loader")
    repo.write("a.py", said)
    assert look(store, review(repo)) == ({"a.py:6": "new"}, 0)
    repo.commit()
    repo.git("checkout", "-q", "main")
    repo.git("merge", "-q", "work")
    repo.git("checkout", "-q", "-b", "later")
    repo.write("a.py", "# edited\n" + said)
    assert look(store, review(repo)) == (
        {"a.py:7": "by a comment in the file: set by the loader"},
        0,
    )
    repo.git("mv", "a.py", "b.py")
    assert look(store, review(repo)) == (
        {"b.py:7": "by a comment in the file: set by the loader"},
        0,
    )


def test_a_baseline_file_holds_for_whoever_has_it(store, repo, tmp_path):
    repo.write("a.py", LONG)
    look(store, review(repo))
    decide(store, repo, "a.py", "fine")
    key = memory.repository_key(repo.path / ".git")
    data = dump_baseline(each.dismissal for each in remembered(store, key) if each.dismissal)
    (repo.path / "a.py").rename(repo.path / "b.py")
    with opened(tmp_path / "colleague") as other:
        assert look(other, review(repo)) == ({"b.py:6": "new"}, 0)
        assert look(other, review(repo), baseline=parse_baseline(data)) == ({"b.py:6": "fine"}, 0)
        assert look(other, review(repo), baseline=Baseline()) == ({"b.py:6": "open"}, 0)


def test_a_patch_without_a_repository_has_no_history(store):
    made = change({}, {"a.py": CODE.encode()})
    assert look(store, made) == ({"a.py:6": "new"}, 0)
    assert look(store, made) == ({"a.py:6": "new"}, 0)
    assert store.rows("SELECT COUNT(*) FROM runs") == [(0,)]


def test_a_copy_is_not_its_original(store):
    """The same code in a second file, and a second equal line, are findings of their own."""
    made = change({}, {"a.py": CODE.encode(), "b.py": (CODE + "    return nane\n").encode()})
    source = Source(made)
    ids = [finding.id for finding in undefined(source)]
    assert len(set(ids)) == 3
    session = memory.begin(store, made, source, ReplyCache(store), model=None)
    assert [session.judge(finding)[1] for finding in undefined(source)] == [None, None, None]
    assert [each.path for each in session.judged.values()] == ["a.py", "b.py", "b.py"]


def test_two_runs_at_once(store, repo, tmp_path):
    """Both began before either ended: both are recorded, neither takes away from the other."""
    repo.write("a.py", CODE)
    made = review(repo)
    with opened(tmp_path / "state") as second:
        sessions = [
            memory.begin(each, made, Source(made), ReplyCache(each), model=None)
            for each in (store, second)
        ]
        for session in sessions:
            assert [session.judge(finding)[0].state for finding in undefined(session.source)] == [
                "new"
            ]
        for session in sessions:
            done = session.record(
                reviewed=["a.py"],
                sources={"analyzer:ruff"},
                complete=True,
                seconds=1,
                usage=Usage(),
            )
            assert done.resolved == ()
    assert look(store, made) == ({"a.py:6": "open"}, 0)
    assert store.rows("SELECT COUNT(*) FROM runs") == [(3,)]


def test_the_first_of_two_findings_with_one_id_is_kept(store, repo):
    repo.write("a.py", CODE)
    source = Source(review(repo))
    session = memory.begin(store, source.change, source, ReplyCache(store), model=None)
    (found,) = undefined(source)
    session.judge(found)
    session.judge(found.model_copy(update={"title": "said again"}))
    session.record(
        reviewed=["a.py"], sources={"analyzer:ruff"}, complete=True, seconds=1.0, usage=Usage()
    )
    (kept,) = remembered(store, memory.repository_key(repo.path / ".git"))
    assert (kept.finding, kept.state) == (found, "new")


def test_another_model_that_finds_nothing_has_fixed_nothing(store, repo):
    repo.write("a.py", CODE)
    source = Source(review(repo))
    (found,) = undefined(source)
    told = found.model_copy(update={"source": "model", "rule": None})
    for model, said, expected in (("one", [told], 0), ("two", [], 0), ("one", [], 1)):
        session = memory.begin(store, source.change, source, ReplyCache(store), model=model)
        [session.judge(each) for each in said]
        done = session.record(
            reviewed=["a.py"], sources={"model"}, complete=True, seconds=1.0, usage=Usage()
        )
        assert len(done.resolved) == expected


def test_many_findings_in_one_file(store, repo):
    repo.write("a.py", "".join(f"def f{n}():\n    return nane + {n}\n\n\n" for n in range(300)))
    source = Source(review(repo))
    session = memory.begin(store, source.change, source, ReplyCache(store), model=None)
    assert {session.judge(each)[0].state for each in undefined(source)} == {"new"}
    done = session.record(
        reviewed=["a.py"], sources={"analyzer:ruff"}, complete=True, seconds=1.0, usage=Usage()
    )
    assert (len(done.states), set(done.states.values()), done.resolved) == (300, {"new"}, ())
