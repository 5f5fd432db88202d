from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from support.repo import Repo

from reviewer.workspace import open_repository
from reviewer.workspace.invocation import limited_git
from reviewer.workspace.objects import contents, reader, sizes


@pytest.fixture
def commit(repo: Repo) -> str:
    repo.write("deep/er/file", "text\n")
    (repo.path / "link").symlink_to("deep")
    return repo.commit({"a": "1\n", "b": "b" * 100, "new\nline": "x\n"})


@pytest.mark.parametrize("packed", [False, True])
def test_reading_a_commit_and_a_tree(repo: Repo, commit: str, packed: bool) -> None:
    if packed:
        repo.commit({"deep/er/file": "text\nmore\n"})  # a delta of each other
        repo.git("gc", "-q", "--prune=now")
    opened = open_repository(repo.path, timeout=20)
    for name in (commit, repo.head(f"{commit}^{{tree}}")):
        read = reader(opened, name, 50)
        wanted = (
            "deep/er/file",
            "a",
            "new\nline",
            "link",
            "b",
            "deep",
            "nothing",
            "link/er/file",
            "../a",
        )
        assert [read(path) for path in wanted] == [
            b"text\n",
            b"1\n",
            b"x\n",
            b"deep",
            None,
            None,
            None,
            None,
            None,
        ]


def test_objects_that_are_missing_or_damaged(repo: Repo, commit: str) -> None:
    blob = repo.path / ".git/objects" / repo.head("HEAD:a")[:2] / repo.head("HEAD:a")[2:]
    other = repo.path / ".git/objects" / repo.head("HEAD:b")[:2] / repo.head("HEAD:b")[2:]
    blob.unlink()
    other.chmod(0o644)
    other.write_bytes(b"garbage")
    read = reader(open_repository(repo.path, timeout=20), commit, 1000)
    assert (read("a"), read("b"), read("deep/er/file")) == (None, None, b"text\n")
    assert reader(open_repository(repo.path, timeout=20), "1" * 40, 1000)("a") is None


def test_many_at_once(repo: Repo, commit: str) -> None:
    ask = limited_git(open_repository(repo.path, timeout=20), 20)
    a, b = repo.head("HEAD:a"), repo.head("HEAD:b")
    assert sizes(ask, [a, "1" * 40, b]) == {a: 2, b: 100}
    assert list(contents(ask, [b, a])) == [(b, b"b" * 100), (a, b"1\n")]
    assert list(contents(ask, [])) == []


def test_gitpython_starts_no_process_and_sees_no_git_variables(
    repo: Repo, commit: str, tmp_path: Path
) -> None:
    """In a process of its own, where GitPython is not imported yet; an audit hook sees every
    process that starts."""
    script = f"""
import sys
from pathlib import Path
from reviewer.workspace import open_repository
from reviewer.workspace.objects import reader

opened = open_repository(Path({str(repo.path)!r}))
assert "git" not in sys.modules
started = []
sys.addaudithook(lambda event, args: started.append(args[0]) if event in ("subprocess.Popen", "os.system") else None)
print(reader(opened, {commit!r}, 1000)("deep/er/file"), "git" in sys.modules, started)
"""  # noqa: E501
    env = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(tmp_path),
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "GIT_OBJECT_DIRECTORY": "/nowhere",
        "GIT_COMMON_DIR": "/nowhere",
        "GIT_PYTHON_REFRESH": "2",
    }
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script], env=env, capture_output=True, text=True
    )
    assert (done.stdout, done.stderr) == (
        "b'text\\n' True ['/dev/null']\n",
        "",
    )  # which cannot start
