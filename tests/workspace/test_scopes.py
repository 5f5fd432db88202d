"""Every scope on one repository in which each kind of change touches a file of its own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from support.repo import Repo, added_lines, only, outcome, rebuilt, review

from reviewer.errors import ConfigError, UsageError
from reviewer.types import Change, FileDiff, Hunk, Line, Scope
from reviewer.workspace import Limits, collect, open_repository, read_base, resolve
from reviewer.workspace.collect import _paths as paths_of


@pytest.fixture
def busy(repo: Repo) -> Repo:
    """main ← feature (committed), then staged, unstaged, and untracked changes."""
    repo.commit(
        {name: f"{name} 1\n" for name in ("committed", "staged", "unstaged", "gone", "both")}
    )
    repo.commit({".gitignore": "*.log\n"})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"committed": "committed 2\n", "both": "both 2\n"})
    repo.write("staged", "staged 2\n")
    repo.write("both", "both 3\n")
    repo.git("add", "-A")
    repo.write("unstaged", "unstaged 2\n")
    repo.write("both", "both 4\n")
    repo.write("dir/untracked", "untracked\n")
    repo.write("noise.log", "ignored\n")
    (repo.path / "gone").unlink()
    return repo


def news(change: Change) -> dict[str, list[bytes]]:
    return {file.path: added_lines(file) for file in change.files}


def test_all(busy: Repo) -> None:
    change = review(busy)
    assert news(change) == {
        "both": [b"both 4"],
        "committed": [b"committed 2"],
        "dir/untracked": [b"untracked"],
        "gone": [],
        "staged": [b"staged 2"],
        "unstaged": [b"unstaged 2"],
    }
    assert outcome(change) == only(
        files={
            "both": "modified",
            "committed": "modified",
            "dir/untracked": "added",
            "gone": "deleted",
            "staged": "modified",
            "unstaged": "modified",
        }
    )


def test_whole_change(busy: Repo) -> None:
    change = review(busy, "staged", paths=("staged",))
    old, new = busy.git("rev-parse", "HEAD:staged", ":staged").split()
    hunk = Hunk(
        1,
        1,
        1,
        1,
        b"",
        (Line("removed", 1, None, b"staged 1"), Line("added", None, 1, b"staged 2")),
    )
    head = busy.head()
    assert change == Change(
        scope=Scope("staged", paths=("staged",)),
        root=busy.path,
        common_dir=busy.path / ".git",
        current_branch="feature",
        base_branch="feature",
        base_commit=head,
        head_commit=head,
        files=(FileDiff("staged", "staged", "modified", "100644", "100644", old, new, (hunk,)),),
        skipped=(),
        unreviewed=(),
        warnings=(),
        digest=change.digest,
        read=change.read,
        grep=change.grep,
        list_files=change.list_files,
        tree=change.tree,
    )


@pytest.mark.parametrize(
    ("kind", "scope", "expected"),
    [
        ("staged", {}, {"both": [b"both 3"], "staged": [b"staged 2"]}),
        (
            "uncommitted",
            {},
            {
                "both": [b"both 4"],
                "dir/untracked": [b"untracked"],
                "gone": [],
                "staged": [b"staged 2"],
                "unstaged": [b"unstaged 2"],
            },
        ),
        ("committed", {}, {"both": [b"both 2"], "committed": [b"committed 2"]}),
        ("commit", {"rev": "HEAD"}, {"both": [b"both 2"], "committed": [b"committed 2"]}),
        ("commit", {"rev": "main"}, {".gitignore": [b"*.log"]}),
        ("range", {"rev": "feature..main"}, {"both": [b"both 1"], "committed": [b"committed 1"]}),
        (
            "range",
            {"rev": "main~1...feature"},
            {".gitignore": [b"*.log"], "both": [b"both 2"], "committed": [b"committed 2"]},
        ),
        (
            "all",
            {"base": "HEAD", "paths": ("dir", "both")},
            {"both": [b"both 4"], "dir/untracked": [b"untracked"]},
        ),
    ],
)
def test_narrower_scopes(
    busy: Repo, kind: str, scope: dict[str, object], expected: dict[str, list[bytes]]
) -> None:
    assert news(review(busy, kind, **scope)) == expected  # type: ignore[arg-type]


def test_root_commit_is_measured_against_the_empty_tree(busy: Repo) -> None:
    change = review(busy, "commit", rev="main~1")
    assert {file.status for file in change.files} == {"added"}
    assert (change.base_commit, len(change.files), change.read("both", "old")) == (None, 5, None)


@pytest.mark.parametrize(
    ("kind", "scope", "new", "old"),
    [
        ("all", {}, b"both 4\n", b"both 1\n"),
        ("uncommitted", {}, b"both 4\n", b"both 2\n"),
        ("staged", {}, b"both 3\n", b"both 2\n"),
        ("committed", {}, b"both 2\n", b"both 1\n"),
        ("commit", {"rev": "feature"}, b"both 2\n", b"both 1\n"),
        ("range", {"rev": "feature..main"}, b"both 1\n", b"both 2\n"),
    ],
)
def test_reading_both_sides(
    busy: Repo, kind: str, scope: dict[str, str], new: bytes, old: bytes
) -> None:
    change = review(busy, kind, **scope)  # type: ignore[arg-type]
    assert (change.read("both", "new"), change.read("both", "old")) == (new, old)
    for path in (
        "nothing",
        "dir",
        "",
        ".",
        "..",
        "../home/.gitconfig",
        ".git/config",
        "/etc/passwd",
        "a\0b",
        "both/x",
    ):
        assert (change.read(path, "new"), change.read(path, "old")) == (None, None)
    for file in change.files:
        assert rebuilt(change.read(file.path, "old") or b"", file) == (
            change.read(file.path, "new") or b""
        )


def test_listing_and_searching_the_worktree(busy: Repo) -> None:
    change = review(busy)
    base = (".gitignore", "both", "committed", "gone", "staged", "unstaged")
    assert change.list_files("old") == base
    assert change.list_files("new") == (
        ".gitignore",
        "both",
        "committed",
        "dir/untracked",
        "staged",
        "unstaged",
    )
    assert change.grep(["untracked", "unst"]) == ("dir/untracked",)
    assert change.grep(["4"]) == ("both",)
    assert change.grep(["ignored"]) == change.grep([]) == change.grep(["", "a\nb"]) == ()


def test_listing_and_searching_a_commit(busy: Repo) -> None:
    change = review(busy, "committed")
    assert change.list_files("new") == (
        ".gitignore",
        "both",
        "committed",
        "gone",
        "staged",
        "unstaged",
    )
    assert change.grep(["2", "gone"]) == ("both", "committed", "gone")
    assert change.grep(["-e", "--open-files-in-pager=touch x", "^"]) == ()
    assert review(busy, "staged").grep(["3"]) == ("both",)


def test_paths_are_relative_to_where_the_user_stands(busy: Repo) -> None:
    assert list(news(review(busy, below="dir", paths=("untracked",)))) == ["dir/untracked"]
    assert list(news(review(busy, below="dir", paths=("../staged", str(busy.path / "gone"))))) == [
        "gone",
        "staged",
    ]
    assert len(review(busy, below="dir", paths=("..",)).files) == 6
    assert list(news(review(busy, below="dir", paths=(".",)))) == ["dir/untracked"]


def test_paths_are_literal(busy: Repo) -> None:
    busy.write(":(glob)*", "x\n")
    busy.write("*", "x\n")
    assert list(news(review(busy, paths=(":(glob)*",)))) == [":(glob)*"]
    assert list(news(review(busy, paths=("*",)))) == ["*"]


def test_paths_elsewhere(busy: Repo, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"not inside the repository: \.\./x"):
        review(busy, paths=("../x",))
    with pytest.raises(UsageError, match="not inside the repository"):
        review(busy, paths=("/etc",))
    (tmp_path / "link").symlink_to(busy.path)
    assert list(news(review(busy, paths=(str(tmp_path / "link" / "gone"),)))) == ["gone"]
    with pytest.raises(UsageError, match="no such file or directory: nowhere; "):
        review(busy, paths=("nowhere",))
    assert review(busy, paths=("gone",)).warnings == ()


def test_include_and_exclude(busy: Repo) -> None:
    assert outcome(
        review(busy, limits=Limits(include=("*staged", "dir/"), exclude=("un*",)))
    ) == only(
        files={"staged": "modified"},
        skipped=dict.fromkeys(
            ("both", "committed", "gone", "unstaged", "dir/untracked"), "excluded"
        ),
    )


@pytest.mark.parametrize("glob", ["!", "[z-a]"])
def test_bad_glob(glob: str) -> None:
    with pytest.raises(
        ConfigError, match=r"include or exclude has a bad glob: .*; write it as in \.gitignore"
    ):
        Limits(exclude=(glob,)).excluded("x")


def test_nothing_changed(repo: Repo) -> None:
    repo.commit({"a": "1\n"})
    change = review(repo)
    assert outcome(change) == only()
    assert change.base_commit == repo.head()


def test_read_base(busy: Repo) -> None:
    opened = open_repository(busy.path, timeout=20)
    base = resolve(opened, Scope())
    assert read_base(opened, base, "both") == b"both 1\n"
    assert read_base(opened, base, "both", limit=3) is None
    for path in ("dir/untracked", "nowhere", "x missing", "x blob 5", "../both", ".git/config", ""):
        assert read_base(opened, base, path) is None


def test_digest_follows_what_is_reviewed(busy: Repo) -> None:
    first = review(busy).digest
    assert first == review(busy).digest
    busy.write("noise.log", "more\n")
    assert first == review(busy).digest
    (busy.path / "staged").chmod(0o755)
    second = review(busy).digest
    busy.write("unstaged", "unstaged 3\n")
    assert len({first, second, review(busy).digest, review(busy, "staged").digest}) == 4


def test_one_repository_serves_several_changes(busy: Repo) -> None:
    opened = open_repository(busy.path, timeout=20)
    staged = collect(opened, resolve(opened, Scope("staged")), Scope("staged"))
    every = collect(opened, resolve(opened, Scope()), Scope())
    assert (staged.grep(["3"]), every.grep(["4"]), staged.grep(["4"])) == (("both",), ("both",), ())
    assert "dir/untracked" not in staged.list_files("new")


@pytest.mark.fault("scale", "more paths than one command takes", "exit 2, and what to name instead")
def test_more_paths_than_one_command_takes(repo: Repo) -> None:
    repo.commit({"a": "1\n"})
    paths = (f"{'x' * 100_000}{number}" for number in range(100))
    with pytest.raises(UsageError) as caught:
        review(repo, "staged", paths=tuple(paths))
    assert caught.value.message == (
        "too many paths for one git command; name the folder that holds them, or use --include"
    )


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("src\\a.py", ["sub/src/a.py"]),
        ("..\\src/a.py", ["src/a.py"]),
        ("C:\\work\\repo\\src", ["src"]),
        ("c:/Work/Repo/src", ["src"]),
        ("C:\\work\\repo", []),
        ("..", []),
    ],
)
def test_paths_as_windows_writes_them(repo: Repo, given: str, found: list[str]) -> None:
    place = replace(open_repository(repo.path), root="C:\\work\\repo", prefix="sub/")  # type: ignore[arg-type]
    assert paths_of(place, [given], "win32") == found


@pytest.mark.parametrize("given", ["D:\\work\\repo\\a", "C:\\work\\repository", "..\\..\\a"])
def test_paths_outside_as_windows_writes_them(repo: Repo, given: str) -> None:
    place = replace(open_repository(repo.path), root="C:\\work\\repo", prefix="sub/")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="not inside the repository"):
        paths_of(place, [given], "win32")
