"""Which changes of a repository are looked at, and what of its states goes into a case."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.repo import Repo

from reviewer.lab.evals.history import (
    MAX_LINES,
    MAX_SIDE,
    State,
    Step,
    is_code,
    opened,
    states,
    steps,
)


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Repo(tmp_path / "app", tmp_path / "home")


def test_changes_newest_first_with_the_lines_that_they_added(repo: Repo) -> None:
    first = repo.commit({"a.py": "1\n2\n3\n", "b.py": "1\n"}, "first")
    files = {"a.py": "1\nx\n3\ny\n", "b.py": "", "test_a.py": "1\n", "c.txt": "1\n"}
    second = repo.commit(files, "second\x1b[0m\n\nmore")
    repo.commit({"c.txt": "2\n", "tests/data.py": "1\n"}, "no code")
    history = opened(repo.path)
    assert (history.name, history.git_dir, history.head) == ("app", repo.path / ".git", repo.head())
    (step,) = steps(history, None, 50, ())
    assert (step.commit, step.parent, step.lines) == (second, first, {"a.py": frozenset({2, 4})})
    assert "\x1b" not in step.subject
    assert steps(history, None, 1, ()) == []  # the last one changes no code
    assert steps(history, second, 50, ()) == []
    assert steps(history, first, 50, ("a.py",)) == [step]
    assert steps(history, first, 50, ("b.py",)) == []


def test_a_merge_is_one_change(repo: Repo) -> None:
    first = repo.commit({"a.py": "1\n"}, "first")
    repo.git("checkout", "-q", "-b", "side")
    repo.commit({"a.py": "1\n2\n"}, "one")
    repo.commit({"a.py": "1\n2\n3\n"}, "two")
    repo.git("checkout", "-q", "main")
    repo.git("merge", "-q", "--no-ff", "-m", "Merge side", "side")
    assert steps(opened(repo.path), None, 50, ()) == [
        Step(repo.head(), first, "Merge side", {"a.py": frozenset({2, 3})})
    ]


def test_a_change_that_nobody_reviews_whole_is_none(repo: Repo) -> None:
    repo.commit({"a.py": "1\n"}, "first")
    repo.commit({"a.py": "1\n" + "2\n" * (MAX_LINES - 1), "b.txt": "1\n"}, "as much as fits")
    assert len(steps(opened(repo.path), None, 1, ())) == 1
    repo.commit({"a.py": "1\n", "b.txt": "2\n"}, "one more")
    assert steps(opened(repo.path), None, 1, ()) == []


def test_states_are_texts_with_the_tests_apart(repo: Repo) -> None:
    first = repo.commit(
        {
            "a.py": "1\n",
            "gone.py": "x\n",
            "tests/test_a.py": "old\n",
            b"\xff.py": "1\n",
            "logo.bin": b"a\0b",
            "latin.txt": b"\xe4\n",
            "b.py": "2\r\n",
        }
    )
    (repo.path / "gone.py").unlink()
    (repo.path / "link.py").symlink_to("a.py")
    second = repo.commit({"a.py": "1\n\u00e4\n", "tests/test_a.py": "new\n"})
    assert states(opened(repo.path), [first, second], ["a.py"]) == [
        State({"a.py": "1\n", "b.py": "2\r\n", "gone.py": "x\n"}, {"tests/test_a.py": "old\n"}),
        State({"a.py": "1\n\u00e4\n", "b.py": "2\r\n"}, {"tests/test_a.py": "new\n"}),
    ]


def test_what_does_not_fit_is_left_out_from_the_far_end(repo: Repo) -> None:
    third = "x" * (MAX_SIDE // 3)
    names = ("notes.md", "far.py", "app/core/near.py", "app/core/a.py")
    made = repo.commit(
        {**dict.fromkeys(names, third), "pyproject.toml": "", "tests/test_a.py": "1\n"}
    )
    (state,) = states(opened(repo.path), [made], ["app/core/a.py"])
    assert sorted(state.code) == ["app/core/a.py", "app/core/near.py", "far.py", "pyproject.toml"]
    assert state.tests == {"tests/test_a.py": "1\n"}


def test_code_goes_before_data_and_pages_come_last(repo: Repo) -> None:
    """How the project is run is known first, whatever else there is no room for."""
    half = "x" * (MAX_SIDE // 2)
    order = ("tox.ini", "b.py", "z.js", "a.css", "a.html", "a.md")
    repo.commit(dict.fromkeys(("c.py", *order), half))
    for kept in order:
        (state,) = states(opened(repo.path), [repo.head()], ["c.py"])
        assert sorted(state.code) == sorted(("c.py", kept))
        (repo.path / kept).unlink()
        repo.commit()


def test_what_says_how_to_run_a_project_goes_before_code(repo: Repo) -> None:
    files = {"c.py": "x" * (MAX_SIDE - 20_000), "tsconfig.build.json": "{}", "z/package.json": "{}"}
    made = repo.commit(files | {"big.json": "x" * 20_000, "z/b.py": "x" * 20_000})
    (state,) = states(opened(repo.path), [made], ["c.py"])
    assert sorted(state.code) == ["c.py", "tsconfig.build.json", "z/package.json"]


def test_tests_that_do_not_fit_stay_where_they_are(repo: Repo) -> None:
    made = repo.commit({"a.py": "1\n", "tests/test_a.py": "1\n", "tests/test_b.py": "x" * MAX_SIDE})
    assert states(opened(repo.path), [made], ["a.py"]) == [
        State({"a.py": "1\n", "tests/test_a.py": "1\n"}, {})
    ]


@pytest.mark.parametrize(
    ("path", "paths", "expected"),
    [
        ("src/a.py", (), True),
        ("src/a.py", (".",), True),
        ("src/a.py", ("src",), True),
        ("src/a.py", ("src/a.py",), True),
        ("src/a.py", ("sr", "lib"), False),
        ("src/a.pyi", (), False),
        ("src/a.js", (), True),
        ("src/a.tsx", (), True),
        ("src/a.d.ts", (), False),
        ("src/a.rs", (), False),
        ("a/b.go", (), True),
        ("a/b_test.go", (), False),
        ("tests/a.py", (), False),
        ("test_a.py", (), False),
        ("conftest.py", (), False),
        ("\udcff.py", (), False),
    ],
)
def test_code(path: str, paths: tuple[str, ...], expected: bool) -> None:
    assert is_code(path, paths) is expected


def test_what_the_clone_does_not_have_is_left_out(repo: Repo) -> None:
    made = repo.commit({"a.py": "1\n", "b.py": "2\n"})
    blob = repo.head("HEAD:b.py")
    (repo.path / ".git/objects" / blob[:2] / blob[2:]).unlink()
    assert states(opened(repo.path), [made], ["a.py"]) == [State({"a.py": "1\n"}, {})]
