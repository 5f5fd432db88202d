"""A case becomes two commits and nothing else, whatever its source, and whatever its source
tries."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from support.eval_cases import RIGHT, WRONG, loaded, tree, write
from support.repo import Repo

from reviewer.lab.evals.load import load
from reviewer.lab.evals.matching import spans
from reviewer.lab.evals.materialize import CannotRun, changed, export, materialize

FIX = "def total(items):\n    return sum(items)  # the fix\n"


@pytest.fixture
def history(tmp_path):
    """A repository with a defect, its fix, and what came later."""
    repo = Repo(tmp_path / "clone", tmp_path / "home")
    repo.commit({"total.py": RIGHT, "doc.txt": "one\n"}, "first")
    wrong = repo.commit({"total.py": WRONG, "lib/old.py": "x = 1\n"}, "defect")
    repo.git("mv", "lib/old.py", "lib/new.py")
    fix = repo.commit(
        {"total.py": FIX, "doc.txt": "the fix is documented\n"}, "fix: SECRET OF THE ANSWER"
    )
    repo.commit({"later.txt": "later\n"}, "later")
    return repo, wrong, fix


def made(tmp_path, *cases):
    """The repository of the one case, as a Repo."""
    (only,) = loaded(tmp_path / "cases.jsonl", *cases)
    target = tmp_path / "made" / only.case.id
    materialize(only, target)
    return Repo(target, tmp_path / "home", init=False)


def clone(name, path, base, head, paths=(), file="total.py"):
    source = {"kind": "clone", "path": str(path), "base": base, "head": head, "paths": list(paths)}
    return tree(name, source=source, defects=[{"file": file, "start_line": 2, "end_line": 2}])


def everything(repo):
    """Every object that the repository has, as kinds in order, and whether it borrows."""
    listed = repo.git("cat-file", "--batch-all-objects", "--batch-check=%(objecttype)").split()
    return sorted(listed), (repo.path / ".git/objects/info/alternates").exists()


def files(repo, rev):
    return {
        name: repo.git("show", f"{rev}:{name}")
        for name in repo.git("ls-tree", "-r", "--name-only", rev).split()
    }


def test_a_tree_is_two_commits_and_the_change_is_checked_out(tmp_path):
    both = {"base": {"a.py": "1\n", "gone/b.py": "2\n"}, "head": {"a.py": "1\n2\n", "new.py": ""}}
    repo = made(
        tmp_path,
        tree(
            source={"kind": "tree", **both},
            defects=[{"file": "a.py", "start_line": 2, "end_line": 2}],
        ),
    )
    assert repo.git("log", "--all", "--format=%s %an%d", "--topo-order").splitlines() == [
        "change case (HEAD -> work)",
        "base case (base)",
    ]
    assert (files(repo, "base"), files(repo, "work")) == (both["base"], both["head"])
    assert repo.git("status", "--porcelain") == ""
    assert (repo.path / "a.py").read_text() == "1\n2\n"
    assert everything(repo) == (["blob"] * 4 + ["commit"] * 2 + ["tree"] * 3, False)
    assert spans(changed(repo.path)) == {"a.py": ((1, 0, 2, 1),), "gone/b.py": ((1, 1, 0, 0),)}


def test_the_same_case_has_the_same_commits(tmp_path):
    ids = [made(tmp_path / name, tree()).head() for name in ("one", "two")]
    assert ids[0] == ids[1]


def test_a_folder_keeps_modes_and_links(tmp_path):
    case = tmp_path / "case"
    for side, text in (("base", "1\n"), ("head", "2\n")):
        (case / side / "bin").mkdir(parents=True)
        (case / side / "total.py").write_text(text)
        (case / side / "bin/run").write_text("#!/bin/sh\n")
        (case / side / "bin/run").chmod(0o755)
        (case / side / "link").symlink_to("bin")
        (case / side / "out").symlink_to("/etc/passwd")
        (case / side / "loop").symlink_to("loop")
    values = {key: value for key, value in tree().items() if key != "source"}
    (case / "case.json").write_text(json.dumps(values))
    materialize(load(case)[0], tmp_path / "made")
    repo = Repo(tmp_path / "made", tmp_path / "home", init=False)
    assert [
        line.split()[0] + " " + line.split("\t")[1]
        for line in repo.git("ls-tree", "-r", "work").splitlines()
    ] == [
        "100755 bin/run",
        "120000 link",
        "120000 loop",
        "120000 out",
        "100644 total.py",
    ]
    assert repo.git("show", "work:out") == "/etc/passwd"  # the link, never what it points to
    (tmp_path / "copy").mkdir()
    export(tmp_path / "made/.git", "work", tmp_path / "copy")
    assert sorted(path.name for path in (tmp_path / "copy").iterdir()) == [
        "bin",
        "link",
        "loop",
        "total.py",
    ]
    assert os.access(tmp_path / "copy/bin/run", os.X_OK)


def test_a_clone_gives_the_two_states_and_no_history(tmp_path, history):
    repo, wrong, fix = history
    case = made(tmp_path, clone("pr", repo.path, wrong, fix))
    assert files(case, "base")["total.py"] == WRONG
    assert files(case, "work")["total.py"] == FIX
    assert everything(case)[0].count("commit") == 2
    assert "SECRET" not in case.git("log", "--all", "--format=%B")


def test_a_fix_is_turned_round_for_its_paths_only(tmp_path, history):
    repo, wrong, fix = history
    case = made(tmp_path, clone("back", repo.path, fix, wrong, ["total.py", "lib"]))
    assert files(case, "base") == {"doc.txt": "one\n", "lib/new.py": "x = 1\n", "total.py": FIX}
    assert files(case, "work") == {"doc.txt": "one\n", "lib/old.py": "x = 1\n", "total.py": WRONG}


def test_nothing_of_the_clone_shows_the_fix(tmp_path, history):
    """Neither the fix commit nor a later one, nor a file of them that is not part of the base."""
    repo, wrong, fix = history
    case = made(tmp_path, clone("back", repo.path, fix, wrong, ["total.py"]))
    for name in (fix, repo.head(), repo.head(f"{fix}:doc.txt"), repo.head("HEAD:later.txt")):
        assert case.git("cat-file", "-t", name, check=False) == ""
    assert everything(case) == (["blob"] * 4 + ["commit"] * 2 + ["tree"] * 3, False)


def test_a_partial_clone_does_not_come_along_whole(tmp_path, history):
    """git repacks packs with a promise as they are, with everything in them."""
    repo, wrong, fix = history
    repo.git("repack", "-a", "-d", "-q")
    for pack in (repo.path / ".git/objects/pack").glob("*.pack"):
        pack.with_suffix(".promisor").touch()
    case = made(tmp_path, clone("back", repo.path, fix, wrong, ["total.py"]))
    assert everything(case)[0].count("commit") == 2


def test_a_bare_clone_and_names_of_revisions_serve_as_well(tmp_path, history):
    repo, _, fix = history
    repo.git("clone", "-q", "--bare", str(repo.path), str(tmp_path / "bare.git"))
    case = made(tmp_path, clone("bare", "bare.git", "main~1", f"{fix}~1"))
    assert (files(case, "base")["total.py"], files(case, "work")["total.py"]) == (FIX, WRONG)


def test_a_bundle_serves_by_the_names_in_it(tmp_path, history):
    repo, wrong, fix = history
    repo.git("branch", "before", wrong)
    repo.git("tag", "fixed", fix)
    repo.git("bundle", "create", "-q", str(tmp_path / "it.bundle"), "before", "fixed")
    source = {"kind": "bundle", "path": "it.bundle", "base": "fixed", "head": "before"}
    case = made(tmp_path, tree(source=source))
    assert (files(case, "base")["total.py"], files(case, "work")["total.py"]) == (FIX, WRONG)
    assert everything(case)[0].count("commit") == 2


def test_a_submodule_stays_an_entry_without_files(tmp_path, history):
    repo, wrong, _ = history
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},vendored")
    repo.git("commit", "-q", "-m", "submodule")
    case = made(tmp_path, clone("sub", repo.path, wrong, "HEAD"))
    assert case.git("ls-tree", "work", "vendored").split() == [
        "160000",
        "commit",
        "1" * 40,
        "vendored",
    ]
    assert list((case.path / "vendored").iterdir()) == []


def test_what_the_clone_has_configured_is_not_run(tmp_path, history):
    repo, _, fix = history
    trace = tmp_path / "trace"
    evil = f"touch {trace}; cat"
    for key in (
        "core.fsmonitor",
        "filter.evil.smudge",
        "filter.evil.clean",
        "core.sshCommand",
        "core.pager",
    ):
        repo.git("config", key, evil)
    hook = repo.path / ".git/hooks/post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {trace}\n")
    hook.chmod(0o755)
    (tmp_path / "home/.gitconfig").write_text(
        f'[filter "evil"]\n\tsmudge = "{evil}"\n[core]\n\thooksPath = {hook.parent}\n'
    )
    repo.git("config", "--unset", "core.fsmonitor")
    head = repo.commit({".gitattributes": "*.py filter=evil\n", "total.py": WRONG}, "attributes")
    trace.unlink(missing_ok=True)
    repo.git("config", "core.fsmonitor", evil)
    made(tmp_path, clone("evil", repo.path, fix, head))
    assert not trace.exists()


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ({"kind": "clone", "path": "nowhere", "base": "a", "head": "b"}, r"no clone at .*/nowhere"),
        (
            {"kind": "clone", "path": "clone", "base": "HEAD", "head": "f" * 40},
            r"no commit f{40} in .*/clone/\.git",
        ),
        (
            {"kind": "clone", "path": "clone", "base": "--all", "head": "HEAD"},
            r"no commit --all in .*",
        ),
        (
            {"kind": "clone", "path": "clone", "base": "HEAD", "head": "HEAD"},
            "base and head are the same.*",
        ),
        (
            {"kind": "clone", "path": "clone", "base": "HEAD", "head": "HEAD~2", "paths": ["none"]},
            "none is in neither revision",
        ),
        (
            {"kind": "bundle", "path": "none.bundle", "base": "a", "head": "b"},
            r"no bundle at .*/none\.bundle",
        ),
        ({"kind": "bundle", "path": "n" * 300, "base": "a", "head": "b"}, "no bundle at .*/n{300}"),
        (
            {"kind": "bundle", "path": "cases.jsonl", "base": "a", "head": "b"},
            "git bundle failed: .*",
        ),
        (
            {"kind": "tree", "base": {}, "head": {"git~1/config": "x"}},
            "git cannot store 'git~1/config' beside .*",
        ),
        (
            {"kind": "tree", "base": {}, "head": {"b/.g\u200cit/x": "x"}},
            "git cannot store .* beside the other files",
        ),
        (
            {"kind": "tree", "base": {}, "head": {"a": "x", "a/b": "x"}},
            "git cannot store 'a' beside the other files",
        ),
        (
            {"kind": "tree", "base": {}, "head": {"other.py": "x"}},
            "a defect is in total.py, which exists on .*",
        ),
    ],
)
def test_what_cannot_be_made_is_said_in_one_line(tmp_path, history, source, why):
    with pytest.raises(CannotRun, match=rf"\A{why}\Z"):
        made(tmp_path, tree(source=source))


def test_a_clone_may_be_named_from_where_one_stands(tmp_path, history, monkeypatch):
    _, fault, fix = history
    monkeypatch.chdir(tmp_path)
    write(Path("cases.jsonl"), clone("near", "clone", fix, fault))
    (only,) = load(Path("cases.jsonl"))
    materialize(only, tmp_path / "made")
    assert (tmp_path / "made/total.py").is_file()
