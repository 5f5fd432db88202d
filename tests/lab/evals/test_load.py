"""Cases are read from lines and folders; what is wrong is said with its place."""

from __future__ import annotations

import json
import os

import pytest
from support.eval_cases import loaded, tree, write
from support.repo import Repo

from reviewer.errors import UsageError
from reviewer.lab.evals.load import load


def folder(path, name="sum", *, base=None, head=None, **fields):
    path.mkdir(parents=True)
    case = tree(name, **fields)
    del case["source"]
    (path / "case.json").write_text(json.dumps(case))
    for side, files in (("base", base), ("head", head)):
        for file, text in (files or {}).items():
            (path / side / file).parent.mkdir(parents=True, exist_ok=True)
            (path / side / file).write_text(text)
    return path


def test_lines_are_cases_in_their_order_with_their_place(tmp_path):
    path = tmp_path / "cases.jsonl"
    path.write_text(f"{json.dumps(tree('b'))}\n\n{json.dumps(tree('a', kind='clean'))}\n")
    found = load(path)
    assert [(each.case.id, each.case.kind, each.home, each.place) for each in found] == [
        ("b", "defect", tmp_path, f"{path}:1"),
        ("a", "clean", tmp_path, f"{path}:3"),
    ]


def test_folders_are_cases_sorted_by_name(tmp_path):
    folder(tmp_path / "set/z", "first-of-z", head={"a.py": "1\n"})
    folder(tmp_path / "set/a/deep", "deep", head={"case.json": "{}", "a.py": "2\n"})
    found = load(tmp_path / "set")
    assert [(each.case.id, each.home) for each in found] == [
        ("deep", tmp_path / "set/a/deep"),
        ("first-of-z", tmp_path / "set/z"),
    ]
    assert [each.case.id for each in load(tmp_path / "set/z")] == ["first-of-z"]


def test_links_to_folders_are_not_followed(tmp_path):
    folder(tmp_path / "elsewhere", "elsewhere", head={"a.py": "1\n"})
    folder(tmp_path / "set/own", "own", head={"a.py": "1\n"})
    (tmp_path / "set/link").symlink_to(tmp_path / "elsewhere")
    assert [each.case.id for each in load(tmp_path / "set")] == ["own"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "Invalid JSON: EOF while parsing an object at line 2 column 0"),
        (
            json.dumps({**tree(), "kind": "clean"}),
            "Value error, a defect case has defects, a clean case has none",
        ),
        (json.dumps({**tree(), "colour": 1}), "colour: Extra inputs are not permitted"),
        (
            json.dumps(tree("a b")),
            "id: String should match pattern '^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$'",
        ),
        (
            json.dumps({key: value for key, value in tree().items() if key != "source"}),
            "source is missing: only a case.json can have base and head folders beside it",
        ),
        (
            json.dumps(tree(source={"kind": "tree", "base": {}, "head": {"../x": ""}})),
            "'../x' is not a path inside a repository: use a relative path with /, without .. and"
            " .git",
        ),
        (
            json.dumps(tree(source={"kind": "tree", "base": {"a/.GIT/hooks/x": ""}, "head": {}})),
            (
                "'a/.GIT/hooks/x' is not a path inside a repository: use a relative path with /,"
                " without .. and .git"
            ),
        ),
        (
            json.dumps(tree(tests={"command": ["true"], "files": {"/etc/x": ""}})),
            "'/etc/x' is not a path inside a repository: use a relative path with /, without .."
            " and .git",
        ),
        (
            json.dumps(
                tree(
                    source={
                        "kind": "clone",
                        "path": ".",
                        "base": "a",
                        "head": "b",
                        "paths": ["a/../../b"],
                    }
                )
            ),
            "'a/../../b' is not a path inside a repository: use a relative path with /, without .."
            " and .git",
        ),
    ],
)
def test_an_invalid_case_is_said_with_file_and_line(tmp_path, line, said):
    path = tmp_path / "cases.jsonl"
    path.write_text(f"{json.dumps(tree('good'))}\n{line}\n")
    with pytest.raises(UsageError) as raised:
        load(path)
    assert raised.value.message == f"{path}:2: {said}"


def test_an_id_can_be_taken_once(tmp_path):
    with pytest.raises(UsageError) as raised:
        loaded(tmp_path / "c.jsonl", tree("a"), tree("b"), tree("a"))
    place = tmp_path / "c.jsonl"
    assert (
        raised.value.message
        == f"{place}:3: the id a is already used by {place}:1: give each case its own"
    )


def test_nothing_to_load_is_said(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty.jsonl").write_text("\n")
    for name in ("empty", "empty.jsonl"):
        with pytest.raises(UsageError, match=f"no case in .*/{name}: see `reviewer schema case`"):
            load(tmp_path / name)
    with pytest.raises(
        UsageError,
        match=r"no cases at .*/none: name a JSON-lines file, or a folder that contains case\.json",
    ):
        load(tmp_path / "none")


def test_a_folder_needs_sides_that_are_plain_files(tmp_path):
    folder(tmp_path / "none")
    with pytest.raises(
        UsageError, match=r"case\.json: the folders base and head beside it are empty"
    ):
        load(tmp_path / "none")
    folder(tmp_path / "git", head={"sub/.git/config": "[core]\n"})
    with pytest.raises(UsageError, match=r"'sub/\.git/config' is not a path inside a repository"):
        load(tmp_path / "git")
    os.mkfifo(folder(tmp_path / "fifo", head={"a.py": ""}) / "head/pipe")
    with pytest.raises(UsageError, match="pipe in head is not a readable file"):
        load(tmp_path / "fifo")
    (folder(tmp_path / "link", base={"a.py": ""}) / "head").symlink_to(tmp_path)
    with pytest.raises(UsageError, match=r"head is not a real folder \(a link\?\)"):
        load(tmp_path / "link")


def test_the_digest_is_that_of_the_case_and_its_trees_wherever_they_lie(tmp_path):
    def digest(name, **files):
        return load(folder(tmp_path / name, head=files))[0].digest

    first = digest("one", **{"a.py": "1\n"})
    assert first == digest("other", **{"a.py": "1\n"})
    assert first != digest("text", **{"a.py": "2\n"})
    assert first != digest("name", **{"b.py": "1\n"})
    runs = folder(tmp_path / "runs", head={"a.py": "1\n"})
    (runs / "head/a.py").chmod(0o755)
    assert first != load(runs)[0].digest


def test_the_digest_of_a_clone_is_its_revisions_not_its_place(tmp_path):
    def clone(name, path, head):
        source = {"kind": "clone", "path": path, "base": "a" * 40, "head": head * 40}
        return loaded(tmp_path / name, tree(source=source))[0].digest

    assert (
        clone("1.jsonl", "/here", "b")
        == clone("2.jsonl", "/there", "b")
        != clone("3.jsonl", "/here", "c")
    )


def test_the_digest_follows_a_name_that_moves(tmp_path):
    repo = Repo(tmp_path / "clone", tmp_path / "home")
    repo.commit({"a.py": "1\n"})
    repo.commit({"a.py": "2\n"})
    source = {"kind": "clone", "path": "clone", "base": "HEAD~1", "head": "HEAD"}
    write(tmp_path / "c.jsonl", tree(source=source))
    before = load(tmp_path / "c.jsonl")[0].digest
    assert load(tmp_path / "c.jsonl")[0].digest == before
    repo.commit({"a.py": "3\n"})
    after = load(tmp_path / "c.jsonl")[0].digest
    (tmp_path / "clone/.git").rename(tmp_path / "clone/gone")
    assert len({before, after, load(tmp_path / "c.jsonl")[0].digest}) == 3


def test_the_digest_of_a_bundle_is_that_of_its_bytes(tmp_path):
    source = {"kind": "bundle", "path": "one.bundle", "base": "base", "head": "head"}
    write(tmp_path / "c.jsonl", tree(source=source))
    missing = load(tmp_path / "c.jsonl")[0].digest
    (tmp_path / "one.bundle").write_bytes(b"1")
    one = load(tmp_path / "c.jsonl")[0].digest
    (tmp_path / "one.bundle").write_bytes(b"2")
    assert len({missing, one, load(tmp_path / "c.jsonl")[0].digest}) == 3


@pytest.mark.parametrize(
    "source",
    [
        {"kind": "clone", "path": "a\0b", "base": "a", "head": "b"},
        {"kind": "clone", "path": ".", "base": "a\0b", "head": "b"},
        {"kind": "bundle", "path": "a\0b", "base": "a", "head": "b"},
    ],
)
def test_what_no_program_can_be_given_is_refused(tmp_path, source):
    with pytest.raises(
        UsageError, match=r"c\.jsonl:1: source\.\w+\.\w+: String should match pattern"
    ):
        loaded(tmp_path / "c.jsonl", tree(source=source))
    with pytest.raises(
        UsageError, match=r"c\.jsonl:1: tests\.command\.1: String should match pattern"
    ):
        loaded(tmp_path / "c.jsonl", tree(tests={"command": ["true", "a\0b"]}))


def test_a_clone_of_a_user_that_there_is_not_is_said_when_it_is_run(tmp_path):
    source = {"kind": "clone", "path": "~no-such-user-here/x", "base": "a", "head": "b"}
    assert len(loaded(tmp_path / "c.jsonl", tree(source=source))) == 1


def test_a_name_that_is_too_long_is_no_case(tmp_path):
    with pytest.raises(UsageError, match=r"no cases at .*: name a JSON-lines file"):
        load(tmp_path / ("a" * 300))


def test_a_case_is_read_from_a_regular_file_only(tmp_path):
    for name in ("pipe", "link"):
        (tmp_path / name).mkdir()
    os.mkfifo(tmp_path / "pipe/case.json")
    (tmp_path / "link/case.json").symlink_to("/dev/zero")
    for name in ("pipe", "link"):
        with pytest.raises(
            UsageError, match=rf"cannot read .*{name}/case\.json: not a regular file"
        ):
            load(tmp_path / name)


def deep(top):
    """A file in a folder whose path is longer than the system takes at once."""
    here = os.open(top, os.O_RDONLY)
    for _ in range(20):
        os.mkdir("d" * 250, dir_fd=here)
        below = os.open("d" * 250, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(os.open("case.json", os.O_CREAT | os.O_WRONLY, dir_fd=here))
    os.close(here)


def test_a_folder_that_cannot_be_looked_into_is_not_passed_over(tmp_path):
    folder(tmp_path / "cases/sum", base={"a.py": "1\n"}, head={"a.py": "2\n"})
    (tmp_path / "cases/other").mkdir()
    deep(tmp_path / "cases/other")
    with pytest.raises(UsageError, match=r"cannot read .*: File name too long"):
        load(tmp_path / "cases")
    deep(tmp_path / "cases/sum/head")
    with pytest.raises(
        UsageError, match=r"sum/case\.json: d+ is not a readable folder: File name too long"
    ):
        load(tmp_path / "cases/sum")
