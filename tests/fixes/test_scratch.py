from __future__ import annotations

from pathlib import Path

import pytest
from support.repo import Repo, review

from reviewer.fixes import scratch
from reviewer.types import Change


@pytest.fixture
def change(tmp_path: Path) -> Change:
    repo = Repo(tmp_path / "work", tmp_path / "home")
    repo.commit({"a.py": "a = 1\n", "run.sh": "#!/bin/sh\n"})
    (repo.path / "link").symlink_to("a.py")
    repo.write("a.py", "a = 2\n")
    return review(repo)


def test_the_reviewed_state_is_copied(change: Change, tmp_path: Path) -> None:
    (tmp_path / "copy").mkdir()
    scratch.copy(change, tmp_path / "copy", None)
    found = {each.name: each.read_bytes() for each in (tmp_path / "copy").iterdir()}
    assert found == {"a.py": b"a = 2\n", "run.sh": b"#!/bin/sh\n", "link": b"a = 2\n"}
    assert (tmp_path / "copy/link").is_symlink()


@pytest.mark.fault(
    "files",
    "a repository with `README` and `readme`, where case does not count",
    "its scratch copy is refused in one line, and no file takes another one's place",
)
def test_two_files_with_one_name_are_no_copy(change: Change, tmp_path: Path) -> None:
    """Here the other one stands there already."""
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy/run.sh").write_bytes(b"other")
    with pytest.raises(OSError, match=r"run\.sh and another file have one name here"):
        scratch.copy(change, tmp_path / "copy", None)
    assert (tmp_path / "copy/run.sh").read_bytes() == b"other"


def test_where_no_links_can_be_made_they_are_left_out(
    change: Change, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(self: Path, target: str) -> None:
        raise OSError(1314, "A required privilege is not held by the client")

    monkeypatch.setattr(Path, "symlink_to", refused)
    (tmp_path / "copy").mkdir()
    scratch.copy(change, tmp_path / "copy", None)
    assert sorted(each.name for each in (tmp_path / "copy").iterdir()) == ["a.py", "run.sh"]
