"""States of a repository and kinds of files: each is reviewed right, skipped, or named with its
reason."""

from __future__ import annotations

import hashlib
import os
import socket
from dataclasses import replace
from pathlib import Path

import pytest
from support.repo import Repo, added_lines, only, outcome, rebuilt, review

from reviewer.types import FileDiff, Skipped
from reviewer.workspace import Limits


def test_unborn_head_with_and_without_files(repo: Repo) -> None:
    assert outcome(review(repo)) == only()
    repo.write("staged", "a\n")
    repo.git("add", "-A")
    repo.write("untracked", "b\n")
    assert outcome(review(repo)) == only(files={"staged": "added", "untracked": "added"})
    assert outcome(review(repo, "staged")) == only(files={"staged": "added"})


def test_linked_worktree(repo: Repo, tmp_path: Path) -> None:
    repo.commit({"a": "1\n"})
    repo.git("worktree", "add", "-q", "-b", "feature", str(tmp_path / "linked"))
    linked = Repo(tmp_path / "linked", repo.home, init=False)
    linked.write("b", "1\n")
    change = review(linked)
    assert outcome(change) == only(files={"b": "added"})
    assert (change.root, change.common_dir) == (linked.path, repo.path / ".git")


def test_intent_to_add(repo: Repo) -> None:
    repo.commit({"a": "1\n"})
    repo.write("b", "1\n")
    repo.git("add", "-N", "b")
    before = (repo.path / ".git/index").read_bytes()
    assert outcome(review(repo, "staged")) == only()
    assert outcome(review(repo)) == only(files={"b": "added"})
    assert (repo.path / ".git/index").read_bytes() == before


def test_unmerged_paths_are_named(repo: Repo) -> None:
    repo.commit({"a": "1\n", "b": "1\n"})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"a": "2\n"})
    repo.git("checkout", "-q", "main")
    repo.commit({"a": "3\n", "b": "2\n"})
    repo.git("merge", "feature", check=False)
    repo.write("c", "1\n")
    for kind in ("all", "uncommitted"):
        assert outcome(review(repo, kind)) == only(
            files={"c": "added"}, unreviewed={"a": "unmerged"}
        )  # type: ignore[arg-type]
    assert outcome(review(repo, paths=("c",))) == only(files={"c": "added"})
    assert outcome(review(repo, "staged")) == only(unreviewed={"a": "unmerged"})
    (repo.path / "a").unlink()
    assert outcome(review(repo)) == only(files={"c": "added"}, unreviewed={"a": "unmerged"})


def test_files_that_git_was_told_not_to_look_at(repo: Repo) -> None:
    repo.commit(
        {
            name: f"{name}\n"
            for name in ("assumed", "assumed-same", "skipped", "skipped-same", "gone", "plain")
        }
    )
    repo.git("update-index", "--assume-unchanged", "assumed", "assumed-same", "gone")
    repo.git("update-index", "--skip-worktree", "skipped", "skipped-same")
    repo.write("assumed-same", "assumed-same\r\n")
    for name in ("assumed", "skipped", "plain"):
        repo.write(name, "changed\n")
    (repo.path / "gone").unlink()
    assert outcome(review(repo)) == only(
        files={"plain": "modified"},
        unreviewed=dict.fromkeys(("assumed", "gone", "skipped"), "not_visible"),
    )
    assert outcome(review(repo, "staged")) == only()


@pytest.mark.parametrize("sparse_index", ["--no-sparse-index", "--sparse-index"])
def test_sparse_checkout(repo: Repo, sparse_index: str) -> None:
    repo.commit({"in/a": "1\n", "out/deep/b": "1\n", "top": "1\n"})
    repo.git("sparse-checkout", "set", "--cone", sparse_index, "in")
    repo.write("in/a", "2\n")
    repo.write("in/new", "2\n")
    change = review(repo)
    assert outcome(change) == only(files={"in/a": "modified", "in/new": "added"})
    assert change.list_files("new") == ("in/a", "in/new", "out/deep/b", "top")


@pytest.mark.parametrize(
    "setting",
    [("core.splitIndex", "true"), ("index.version", "4"), ("core.untrackedCache", "true")],
)
def test_kinds_of_index(repo: Repo, setting: tuple[str, str]) -> None:
    repo.git("config", *setting)
    repo.commit({"a": "1\n", "b": "1\n"})
    repo.git("update-index", "--split-index" if setting[0] == "core.splitIndex" else "--refresh")
    repo.write("a", "2\n")
    repo.git("add", "a")
    repo.write("b", "2\n")
    before = sorted(
        (path.name, path.read_bytes()) for path in (repo.path / ".git").iterdir() if path.is_file()
    )
    assert outcome(review(repo)) == only(files={"a": "modified", "b": "modified"})
    assert outcome(review(repo, "staged")) == only(files={"a": "modified"})
    after = sorted(
        (path.name, path.read_bytes()) for path in (repo.path / ".git").iterdir() if path.is_file()
    )
    assert after == before


def test_racy_change_of_the_same_size(repo: Repo) -> None:
    """The index and the file have the same time stamp: only its content tells that the file has
    changed."""
    repo.commit({"a": "1\n"})
    stamp = (repo.path / ".git/index").stat().st_mtime_ns
    os.utime(repo.path / "a", ns=(stamp, stamp))
    repo.git("update-index", "--refresh")
    index = repo.path / ".git/index"
    os.utime(index, ns=(stamp, stamp))
    repo.write("a", "2\n")
    os.utime(repo.path / "a", ns=(stamp, stamp))
    assert outcome(review(repo)) == only(files={"a": "modified"})


def test_index_lock_of_another_git_is_left_alone(repo: Repo) -> None:
    repo.commit({"a": "1\n"})
    lock = repo.write(".git/index.lock", "")
    repo.write("a", "2\n")
    assert outcome(review(repo)) == only(files={"a": "modified"})
    assert lock.exists()


def test_submodule_pointers_are_skipped_and_not_entered(repo: Repo, tmp_path: Path) -> None:
    other = Repo(tmp_path / "other", repo.home)
    other.commit({"x": "1\n"})
    repo.commit({"a": "1\n"})
    repo.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(other.path), "sub")
    assert outcome(review(repo)) == only(
        files={".gitmodules": "added"}, skipped={"sub": "submodule"}
    )
    repo.commit()
    inside = Repo(repo.path / "sub", repo.home, init=False)
    inside.write("x", "dirty\n")
    assert outcome(review(repo)) == only()
    inside.commit()
    assert outcome(review(repo)) == only(skipped={"sub": "submodule"})
    change = review(inside)
    assert (outcome(change), change.root) == (only(files={"x": "modified"}), inside.path)


def test_a_deleted_submodule_is_still_a_submodule(repo: Repo) -> None:
    repo.commit({"a": "1\n"})
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{repo.head()},sub")
    repo.git("commit", "-q", "-m", "with a submodule")
    repo.git("rm", "-q", "--cached", "sub")
    assert outcome(review(repo)) == only(skipped={"sub": "submodule"})
    repo.git("commit", "-q", "-m", "without it")
    assert outcome(review(repo, "commit", rev="HEAD")) == only(skipped={"sub": "submodule"})


def test_embedded_repositories_are_skipped(repo: Repo) -> None:
    repo.commit({"a": "1\n"})
    Repo(repo.path / "nested", repo.home).commit({"x": "1\n"})
    repo.write("b", "1\n")
    assert outcome(review(repo)) == only(files={"b": "added"}, skipped={"nested": "submodule"})


def test_renames(repo: Repo) -> None:
    body = "".join(f"line {number}\n" for number in range(50))
    repo.commit({"old/a.py": body, "old/b.py": "b\n" * 9, "old/__init__.py": "", "e.py": ""})
    repo.git("mv", "old", "new")
    repo.write("new/a.py", body.replace("line 7\n", "line seven\n"))
    change = review(repo)
    assert outcome(change)["files"] == {
        "new/__init__.py": "renamed",
        "new/a.py": "renamed",
        "new/b.py": "renamed",
    }
    edited = change.files[1]
    assert (edited.old_path, edited.path, added_lines(edited)) == (
        "old/a.py",
        "new/a.py",
        [b"line seven"],
    )
    assert rebuilt(body.encode(), edited) == change.read("new/a.py", "new")
    assert change.files[0].old_path == "old/__init__.py"


def test_untracked_target_of_a_rename(repo: Repo) -> None:
    body = "".join(f"line {number}\n" for number in range(50))
    repo.commit({"a.py": body})
    (repo.path / "a.py").rename(repo.path / "b.py")
    change = review(repo)
    assert [(file.old_path, file.path, file.status, file.hunks) for file in change.files] == [
        ("a.py", "b.py", "renamed", ())
    ]


def test_modes_links_and_kinds(repo: Repo) -> None:
    repo.commit({"mode": "1\n", "both": "1\n", "to-link": "text\n", "to-dir": "1\n"})
    (repo.path / "from-link").symlink_to("somewhere")
    repo.commit()
    for name in ("mode", "both"):
        (repo.path / name).chmod(0o755)
    repo.write("both", "2\n")
    for name in ("to-link", "to-dir", "from-link"):
        (repo.path / name).unlink()
    (repo.path / "to-link").symlink_to("/etc/passwd")
    repo.write("from-link", "somewhere")
    repo.write("to-dir/file", "2\n")
    change = review(repo)
    assert outcome(change) == only(
        files={
            "both": "modified",
            "from-link": "type_changed",
            "to-dir": "deleted",
            "to-dir/file": "added",
            "to-link": "type_changed",
        },
        skipped={"mode": "mode_only"},
    )
    by_path = {file.path: file for file in change.files}
    assert (by_path["both"].old_mode, by_path["both"].new_mode) == ("100644", "100755")
    link = by_path["to-link"]
    assert (link.old_mode, link.new_mode, added_lines(link)) == (
        "100644",
        "120000",
        [b"/etc/passwd"],
    )
    assert change.read("to-link", "new") == b"/etc/passwd"
    assert rebuilt(b"text\n", link) == b"/etc/passwd"
    assert by_path["from-link"].hunks == ()


def test_links_out_of_the_tree_are_not_followed(repo: Repo, tmp_path: Path) -> None:
    (tmp_path / "beside").write_text("hunter2\n")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/file").write_text("hunter2\n")
    repo.commit({"dir/file": "1\n", "a": "1\n"})
    (repo.path / "dir/file").unlink()
    (repo.path / "dir").rmdir()
    (repo.path / "dir").symlink_to(tmp_path / "outside")
    (repo.path / "link").symlink_to(tmp_path / "beside")
    (repo.path / "loop").symlink_to("loop")
    (repo.path / "dangling").symlink_to("nowhere")
    (repo.path / "zero").symlink_to("/dev/zero")
    change = review(repo)
    assert outcome(change)["files"] == {
        "dangling": "added",
        "dir": "added",
        "dir/file": "deleted",
        "link": "added",
        "loop": "added",
        "zero": "added",
    }
    seen = [line for file in change.files for line in added_lines(file)]
    seen += [
        change.read(path, "new") or b"" for path in ("dir/file", "link", "dir", "loop", "zero")
    ]
    assert not any(b"hunter2" in data for data in seen)
    assert change.read("zero", "new") == b"/dev/zero"
    assert change.grep(["hunter2"]) == ()


def test_special_files_are_never_opened(repo: Repo) -> None:
    repo.commit({"tracked": "1\n", "a": "1\n"})
    (repo.path / "tracked").unlink()
    os.mkfifo(repo.path / "tracked")
    os.mkfifo(repo.path / "untracked")  # git does not list it, it cannot be committed
    with socket.socket(socket.AF_UNIX) as listener:
        here = Path.cwd()
        os.chdir(repo.path)
        listener.bind("socket")
        os.chdir(here)
    repo.write("a", "2\n")
    change = review(repo)
    assert outcome(change) == only(files={"a": "modified"}, unreviewed={"tracked": "special_file"})
    assert (
        change.read("tracked", "new")
        is change.read("untracked", "new")
        is change.read("socket", "new")
        is None
    )
    assert change.grep(["1", "2"]) == ("a",)


@pytest.mark.skipif(os.geteuid() == 0, reason="root can read everything")
def test_unreadable_files_are_named(repo: Repo) -> None:
    repo.commit({"a": "1\n"})
    repo.write("a", "22\n").chmod(0)
    assert outcome(review(repo)) == only(unreviewed={"a": "unreadable"})


NAMES = [
    b"sp ace",
    b"tab\there",
    b"new\nline",
    b'quo"te',
    b"back\\slash",
    b"-n",
    b"--output=x",
    b":(glob)x",
    b"~",
    b"%s",
    b"$(x)",
    "\N{GRINNING FACE}".encode(),
    b"latin-\xe9",
    b"\xff\xfe",
    b"\x1b[31mred",
    "e\u0301".encode(),
    "\xe9".encode(),
    b"CON",
    b"aux.py",
    b"dot.",
    b"a" * 255,
    b"x" * 60 + b"/" + b"y" * 200,
    b"COM1/a",
    b"git~1",
    b"Upper",
    b"upper",
    b".gitx",
]


@pytest.mark.parametrize("kind", ["all", "staged", "commit"])
def test_names_of_every_kind(repo: Repo, kind: str) -> None:
    repo.commit({"first": ""})
    for name in NAMES:
        repo.write(name, b"content of " + name + b"\n")
    if kind != "all":
        repo.git("-c", "core.protectNTFS=false", "add", "-A")
    if kind == "commit":
        repo.git("-c", "core.protectNTFS=false", "commit", "-qm", "names")
    change = review(repo, kind)  # type: ignore[arg-type]
    wanted = sorted(NAMES)
    assert sorted(os.fsencode(file.path) for file in change.files) == wanted
    assert [change.read(os.fsdecode(name), "new") for name in wanted] == [
        b"content of " + name + b"\n" for name in wanted
    ]
    assert (change.skipped, change.unreviewed) == ((), ())


CONTENTS = {
    "latin-1": "caf\xe9\n".encode("latin-1"),
    "shift-jis": "日本\n".encode("shift-jis"),
    "bom": "\ufefftext\n".encode(),
    "separators": "a\u2028b\u2029c\x85d\x0be\x0cf\x1cg\x1dh\x1ei\rj\n".encode(),
    "forged": "x\u2028diff --git a/evil b/evil\u2028@@ -1 +1 @@\n".encode(),
    "header": b"diff --git a/evil b/evil\n--- a/evil\n+++ b/evil\n@@ -1 +1 @@\n-x\n+y\n",
    "no-newline": b"one\ntwo",
    "crlf": b"one\r\ntwo\r\nthree\n",
    "empty": b"",
    "blank": b"\n",
}


def test_contents_of_every_kind(repo: Repo) -> None:
    """`apply --numstat` of git's own patch, and the rebuilt file, agree with ours."""
    repo.commit({name: b"before\n" + data for name, data in CONTENTS.items() if name != "empty"})
    for name, data in CONTENTS.items():
        repo.write(name, data + b"after")
    change = review(repo)
    assert outcome(change) == only(
        files={name: "added" if name == "empty" else "modified" for name in sorted(CONTENTS)}
    )
    for file in change.files:
        old = b"" if file.path == "empty" else b"before\n" + CONTENTS[file.path]
        assert rebuilt(old, file) == CONTENTS[file.path] + b"after"
    counted = repo.git("diff", "--no-renames", "-z", "--numstat", "HEAD").split("\0")[:-1]
    ours = []
    for file in (file for file in change.files if file.path != "empty"):
        kinds = [line.kind for hunk in file.hunks for line in hunk.lines]
        ours.append(f"{kinds.count('added')}\t{kinds.count('removed')}\t{file.path}")
    assert ours == counted


def test_autocrlf_and_encodings_are_read_as_git_would_add_them(repo: Repo) -> None:
    repo.commit({".gitattributes": "*.u16 working-tree-encoding=UTF-16LE\n", "a.txt": "one\ntwo\n"})
    repo.git("config", "core.autocrlf", "true")
    repo.write("a.txt", b"one\r\ntwo\r\nthree\r\n")
    repo.write("b.u16", "text\n".encode("utf-16-le"))
    change = review(repo)
    assert {file.path: added_lines(file) for file in change.files} == {
        "a.txt": [b"three"],
        "b.u16": [b"text"],
    }


def test_wrong_encoding_attribute_of_the_change(repo: Repo) -> None:
    repo.commit({"a.txt": "one\n"})
    repo.write(".gitattributes", "* working-tree-encoding=nonsense\n")
    repo.write("a.txt", "two\n")
    (repo.path / "link").symlink_to("a.txt")
    change = review(repo)
    assert outcome(change) == only(
        files={".gitattributes": "added", "a.txt": "modified", "link": "added"}
    )
    assert (change.files[2].new_mode, added_lines(change.files[2])) == ("120000", [b"a.txt"])


POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 123\n"


def test_files_that_need_no_review(repo: Repo) -> None:
    generated = "# @generated by a tool\nx = 1\n"
    long_line = "var a=1;" * 1000 + "\n"
    repo.commit({"base_generated.py": generated, "dense.js": long_line, "data.lfs": POINTER})
    repo.write("base_generated.py", generated + "y = 2\n")
    repo.write("dense.js", long_line * 2)
    repo.write("data.lfs", POINTER.replace("123", "124"))
    for path, data in {
        "image.png": b"\x89PNG\0\0",
        "uv.lock": "x\n",
        "sub/package-lock.json": "{}\n",
        "api_pb2.py": "x = 1\n",
        "app.min.js": "x\n",
        "new.js": long_line,
        "data.py": "x = '" + "y" * 9000 + "'\n",
    }.items():
        repo.write(path, data)
    assert outcome(review(repo)) == only(
        files={"data.py": "added"},
        skipped={
            "image.png": "binary",
            "uv.lock": "lockfile",
            "sub/package-lock.json": "lockfile",
            "api_pb2.py": "generated",
            "app.min.js": "minified",
            "new.js": "minified",
            "base_generated.py": "generated",
            "dense.js": "minified",
            "data.lfs": "lfs_pointer",
        },
    )


def test_attributes_of_the_base_count(repo: Repo) -> None:
    rules = (
        "*.svg -diff\n*.gen linguist-generated\n*.big filter=lfs\n*_pb2.py"
        " -linguist-generated\n*.ipynb filter=strip\n"
    )
    repo.commit(
        {".gitattributes": rules, "deep/.gitattributes": "*.dat binary\n", "x.big": POINTER}
    )
    for path in ("a.svg", "a.gen", "x.big", "mine_pb2.py", "deep/a.dat", "a.dat", "n.ipynb"):
        repo.write(path, "text\n")
    change = review(repo)
    assert outcome(change) == only(
        files=dict.fromkeys(("a.dat", "mine_pb2.py", "n.ipynb"), "added"),
        skipped={
            "a.svg": "binary",
            "a.gen": "generated",
            "x.big": "lfs_pointer",
            "deep/a.dat": "binary",
        },
    )
    assert change.warnings == ("git filters are not run; files are reviewed as they are: strip",)


@pytest.mark.fault(
    "secrets",
    "a file that git-crypt, transcrypt or git-agecrypt encrypts when it is added",
    "no finding while only the worktree has it in clear text; one when it is staged so",
)
def test_what_git_encrypts_is_clear_in_the_worktree_only(repo: Repo) -> None:
    rules = {"a": "git-crypt", "b": "crypt-team", "c": "git-agecrypt", "d": "strip", "e": "crypto"}
    lines = "".join(f"*.{end} filter={name}\n" for end, name in rules.items())
    repo.commit({".gitattributes": lines})
    for name in "abcdef":
        repo.write(f"x.{name}", "text\n")
    repo.write("staged.a", "text\n")
    repo.git("add", "staged.a")
    assert review(repo).encrypted == {"x.a", "x.b", "x.c"}
    repo.write(".gitattributes", "* filter=git-crypt\n")  # the change cannot excuse itself
    assert review(repo).encrypted == {"x.a", "x.b", "x.c"}


@pytest.mark.fault(
    "verdict",
    "a text that belongs in LFS by its attributes, committed as it is",
    "it is reviewed",
)
def test_a_committed_text_is_no_pointer_whatever_its_attribute_says(repo: Repo) -> None:
    base = repo.commit({".gitattributes": "*.cfg filter=lfs\n"})
    repo.commit({"committed.cfg": "text\n"})
    repo.write("staged.cfg", "text\n")
    repo.git("add", "staged.cfg")
    repo.write("untracked.cfg", "text\n")
    assert outcome(review(repo, base=base)) == only(
        files=dict.fromkeys(("committed.cfg", "staged.cfg"), "added"),
        skipped={"untracked.cfg": "lfs_pointer"},
    )


def test_a_change_cannot_hide_its_files(repo: Repo) -> None:
    repo.commit(
        {
            ".gitignore": "*.log\n",
            "app.py": "x = 1\n",
            "keep.py": "y = 1\n",
            "sub/.gitignore": "old\n",
        }
    )
    repo.write(".gitattributes", "*.py -diff\napp.py linguist-generated binary filter=lfs\n")
    repo.write("app.py", "# @generated DO NOT EDIT\nx = 2\n")
    repo.write("new.py", "# Code generated by hand. DO NOT EDIT.\nx = 2\n")
    repo.write("keep.py", "y = 2 # \0\n")
    repo.write("app.log", "noise\n")
    repo.write("secret.py", "z = 1\n")
    repo.write("hidden/a.py", "z = 1\n")
    repo.write(".venv/lib.py", "z = 1\n")
    repo.write("sub/old", "z = 1\n")
    repo.write("sub/:(top)x", "z = 1\n")
    repo.write(".gitignore", "*.log\nsecret.py\nhidden/\n.venv/\n")
    repo.write("sub/.gitignore", "old\n:*\n")
    change = review(repo)
    assert outcome(change) == only(
        files={
            ".gitattributes": "added",
            ".gitignore": "modified",
            "app.py": "modified",
            "new.py": "added",
            "sub/.gitignore": "modified",
        },
        unreviewed=dict.fromkeys(
            ("keep.py", "secret.py", "hidden", "sub/:(top)x"), "hidden_by_change"
        ),
    )
    assert added_lines(change.files[2]) == [b"# @generated DO NOT EDIT", b"x = 2"]


def test_size_limits(repo: Repo) -> None:
    limits = Limits(max_file_bytes=1000, max_diff_bytes=1500)
    repo.commit(
        {
            "big": "x\n" * 600,
            "image": b"\0" * 2000,
            "deleted": "y\n" * 600,
            "gone-image": b"\0" * 2000,
        }
    )
    repo.write("big", "x\n" * 601)
    repo.write("image", b"\0" * 3000)
    (repo.path / "deleted").unlink()
    (repo.path / "gone-image").unlink()
    for name in ("a", "b", "c"):
        repo.write(name, f"{name}\n" * 250)
    with (repo.path / "sparse").open("wb") as file:
        file.truncate(3 << 30)
    with (repo.path / "text").open("wb") as file:
        file.write(b"text\n" * 2000)
    expected = only(
        files={"a": "added"},
        skipped=dict.fromkeys(("gone-image", "image", "sparse"), "binary"),
        unreviewed=dict.fromkeys(("b", "big", "c", "deleted", "text"), "too_large"),
    )
    assert outcome(review(repo, limits=limits)) == expected
    (repo.path / "sparse").unlink()
    repo.commit()
    del expected["skipped"]["sparse"]
    assert outcome(review(repo, "commit", rev="HEAD", limits=limits)) == expected


def test_large_text_in_the_place_of_a_large_binary_is_unreviewed(repo: Repo) -> None:
    """What it was before says nothing about what is there now."""
    repo.commit({"data": b"\0" * 2000, "image": b"\0" * 2000})
    repo.write("data", "text\n" * 400)
    repo.write("image", b"\0" * 2001)
    expected = only(skipped={"image": "binary"}, unreviewed={"data": "too_large"})
    limits = Limits(max_file_bytes=1000)
    assert outcome(review(repo, limits=limits)) == expected
    repo.commit()
    assert outcome(review(repo, "commit", rev="HEAD", limits=limits)) == expected


@pytest.mark.parametrize("size", [10, 1000], ids=["small", "over the limit"])
@pytest.mark.fault(
    "verdict",
    "a zero byte in a text, which makes it binary for git, small or large, changed or new",
    "the file is unreviewed, not skipped; what was binary before, or is no text, is skipped",
)
def test_a_zero_byte_hides_no_text(repo: Repo, size: int) -> None:
    text, spoilt = b"text\n" * size, b"x = 1 # \0\n" + b"text\n" * size
    image = b"\x89PNG\0\1\2" * size
    repo.commit({"changed": text, "image": image, "was-spoilt": spoilt, "to-image": text})
    files = {"changed": spoilt, "new": spoilt, "image": image[1:], "new-image": image}
    for name, data in (files | {"was-spoilt": b"y" + spoilt, "to-image": image}).items():
        repo.write(name, data)
    expected = only(
        skipped=dict.fromkeys(("image", "new-image", "was-spoilt"), "binary"),
        unreviewed=dict.fromkeys(("changed", "new", "to-image"), "hidden_by_change"),
    )
    limits = Limits(max_file_bytes=1000)
    assert outcome(review(repo, limits=limits)) == expected
    without = outcome(review(repo, limits=replace(limits, exclude=("/new",))))
    assert (without["skipped"]["new"], "new" in without["unreviewed"]) == ("excluded", False)
    repo.commit()
    assert outcome(review(repo, "commit", rev="HEAD", limits=limits)) == expected


def test_the_limit_on_all_hunks_together_is_what_still_fits(repo: Repo) -> None:
    repo.commit({"keep": ""})
    for name in ("a", "b"):
        repo.write(name, "one\ntwo\n")
    hunk = len("@@ -0,0 +1,2 @@\n+one\n+two\n")

    def reviewed(limit: int) -> dict[str, dict[str, str]]:
        return outcome(review(repo, limits=Limits(max_diff_bytes=limit)))

    assert reviewed(2 * hunk) == only(files={"a": "added", "b": "added"})
    assert reviewed(2 * hunk - 1) == only(files={"a": "added"}, unreviewed={"b": "too_large"})
    assert reviewed(hunk - 1) == only(unreviewed={"a": "too_large", "b": "too_large"})


@pytest.mark.parametrize(("between", "hunks"), [(6, 1), (7, 2)])
def test_hunks_join_where_their_context_meets_whatever_the_user_set(
    repo: Repo, between: int, hunks: int
) -> None:
    repo.git("config", "diff.interHunkContext", "20")
    repo.git("config", "diff.context", "9")
    lines = [f"line {number}\n" for number in range(30)]
    repo.commit({"a": "".join(lines)})
    lines[5] = lines[6 + between] = "changed\n"
    repo.write("a", "".join(lines))
    (file,) = review(repo).files
    assert [len(hunk.lines) for hunk in file.hunks] == ([16], [8, 8])[hunks - 1]


def test_out_of_time_is_named(repo: Repo) -> None:
    from reviewer.errors import GitFailed

    repo.commit({"a": "1\n"})
    with pytest.raises(GitFailed, match="no time left for git ls-files; try a longer --timeout"):
        review(repo, limits=Limits(timeout=0))


def test_missing_objects_of_a_partial_clone(repo: Repo, tmp_path: Path) -> None:
    repo.git("config", "uploadpack.allowFilter", "true")
    repo.commit({"a": "1\n", "b": "b\n", "gone": "gone\n" * 50})
    repo.commit({"a": "2\n"})
    (repo.path / "gone").unlink()
    repo.commit({"come": "gone\n" * 49})
    repo.git("clone", "-q", "--filter=blob:none", f"file://{repo.path}", str(tmp_path / "clone"))
    clone = Repo(tmp_path / "clone", repo.home, init=False)
    assert outcome(review(clone, "commit", rev="HEAD~1")) == only(unreviewed={"a": "unreadable"})
    change = review(clone, "commit", rev="HEAD")
    assert outcome(change) == only(files={"come": "added"}, unreviewed={"gone": "unreadable"})
    assert change.read("gone", "old") is None
    clone.write("b", "2\n")
    assert outcome(review(clone)) == only(files={"b": "modified"})


def test_names_that_no_checkout_can_have(repo: Repo) -> None:
    blob = repo.git("hash-object", "-w", "--stdin", stdin=b"[core]\n").strip()
    tree = b"".join(
        b"100644 " + name + b"\0" + bytes.fromhex(blob) for name in (b"..", b".GIT", b".git", b"ok")
    )
    name = repo.git("hash-object", "-t", "tree", "-w", "--literally", "--stdin", stdin=tree).strip()
    commit = repo.git("commit-tree", name, "-m", "nasty").strip()
    change = review(repo, "commit", rev=commit)
    assert outcome(change) == only(
        files={"ok": "added"}, unreviewed=dict.fromkeys(("..", ".GIT", ".git"), "special_file")
    )
    assert change.read(".git", "new") is None


def test_merge_commit_against_its_first_parent(repo: Repo) -> None:
    repo.commit({"a": "1\n"})
    repo.git("checkout", "-q", "-b", "side")
    repo.commit({"side": "1\n"})
    repo.git("checkout", "-q", "main")
    repo.commit({"a": "2\n"})
    repo.git("merge", "-q", "-m", "merge", "side")
    assert outcome(review(repo, "commit", rev="HEAD")) == only(files={"side": "added"})


def test_file_diff_of_an_untracked_file(repo: Repo) -> None:
    repo.commit({"a": ""})
    repo.write("b", "")
    assert review(repo).files == (FileDiff("b", None, "added", None, "100644", None, None, ()),)


def test_the_reports_of_this_run_are_no_part_of_the_change(repo: Repo) -> None:
    repo.commit({"tracked.json": "{}\n"})
    reports = [
        repo.write(name, "[]\n")
        for name in ("tracked.json", "review.json", "out/review.html", "ignored.json")
    ]
    repo.write(".gitignore", "ignored.json\n")
    limits = Limits(reports=frozenset(str(path.resolve()) for path in reports))
    assert outcome(review(repo, limits=limits)) == only(
        files={"tracked.json": "modified", ".gitignore": "added"},
        skipped={"review.json": "excluded", "out/review.html": "excluded"},
    )


@pytest.mark.fault(
    "files",
    "a report of an earlier run lies in the worktree, perhaps ignored since",
    "it is skipped as such; one that was edited, moved or committed is reviewed like any file",
)
def test_the_reports_of_earlier_runs_are_no_part_of_the_change(repo: Repo) -> None:
    report = "<!doctype html>\n"
    repo.commit({"kept.html": ""})
    for name in ("kept.html", "report.html", "edited.html", "moved.html", "ignored.html"):
        repo.write(name, report)
    repo.write("edited.html", report + "<!-- mine -->\n")
    repo.path.joinpath("link.html").symlink_to("report.html")
    repo.write(".gitignore", "ignored.html\n")
    names = ("kept.html", "report.html", "edited.html", "ignored.html", "gone.html")
    digest = hashlib.sha256(report.encode()).hexdigest()
    written = {str((repo.path / name).resolve()): frozenset({digest}) for name in names}
    change = review(repo, limits=Limits(written=written))
    assert outcome(change) == only(
        files={
            ".gitignore": "added",
            "edited.html": "added",
            "kept.html": "modified",
            "link.html": "added",
            "moved.html": "added",
        },
        skipped={"report.html": "excluded"},
    )
    assert change.skipped == (Skipped("report.html", "excluded", "written by reviewer"),)
