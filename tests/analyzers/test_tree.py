import asyncio
import os
import unicodedata

import pytest
from support.analyzed import hits
from support.change import change

from reviewer import analyzers
from reviewer.analyzers import registry, tree

LOST = b"def f():\n    return lost\n"
CAFE, CAFE_NFD = "caf\u00e9.py", unicodedata.normalize("NFD", "caf\u00e9.py")


def test_names_that_nothing_refuses_stay():
    paths = ["a.py", "d/ok name.py", ".hidden.py", "\u00e9/-x.py", "@a.py", "[x]/{y}.py"]
    assert tree.stand_ins(paths).of == {path: path for path in paths}


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("a:b.py", "a_b.py"),
        ("back\\slash.py", "back_slash.py"),
        ("d/test_a\nb.py", "d/test_a_b.py"),
        ("my:dir/a_\u202etest.py", "my_dir/a__test.py"),
        (".git/a.py", "_git/a.py"),
        ("../x.py", "_/x.py"),
        ("a//.venv/x.py", "a/_/_venv/x.py"),
        ("\udcff.py", "_.py"),
        ("test_" + "x" * 300 + "_test.py", "test_" + "x" * 45 + "_" + "x" * 42 + "_test.py"),
        ("y" * 100 + "/" + "z/" * 500 + ".github/workflows/a.yml", "_1/.github/workflows/a.yml"),
        (("é" * 60 + "/") * 8 + "a.py", "_1/" + ("é" * 60 + "/") * 2 + "a.py"),
        ("", "_"),
    ],
)
def test_a_stand_in_keeps_what_means_something(path, name):
    names = tree.stand_ins([path])
    assert (names.of, names.path) == ({path: name}, {name: path})


def test_stand_ins_are_different_names():
    paths = ["a:b.py", "a_b.py", "a?b.py", "A.py", "a.py", CAFE, CAFE_NFD]
    paths += ["STRASSE.py", "stra\u00dfe.py"]
    names = tree.stand_ins(paths).of
    assert names["a_b.py"] == "a_b.py"
    folded = {unicodedata.normalize("NFC", name).casefold() for name in names.values()}
    assert len(folded) == len(paths)


def test_a_folder_has_one_stand_in():
    names = tree.stand_ins(["a:b/x.py", "a:b/y.py", "a_b/z.py"])
    (first, second, third) = names.of.values()
    assert first.split("/")[0] == second.split("/")[0] == names.folder("a:b") != third.split("/")[0]
    assert names.folder("a_b") == "a_b"
    assert names.folder("") == ""


def test_many_odd_names_are_quick():
    paths = [f"{'?' * (n % 7 + 1)}:{n % 11}/x{n}:y.py" for n in range(20_000)]
    assert len(set(tree.stand_ins(paths).of.values())) == 20_000


@pytest.mark.fault(
    "verdict",
    "file names that analyzers refuse: `a:b.py`, `back\\slash.py`, control characters, very long,"
    " different only in case",
    "they are checked under other names, and reported under their own",
)
def test_odd_names_are_analyzed_and_reported_as_they_are():
    odd = [
        "a:b.py",
        "back\\slash.py",
        "a\nb.py",
        "\u202e.py",
        os.fsdecode(b"\xff.py"),
        "A.py",
        "a.py",
    ]
    odd += [f"d/{'long/' * 300}x.py", "n" * 255 + ".py", CAFE, CAFE_NFD, ".git/x.py"]
    head = dict.fromkeys(odd, LOST)
    scripts = {"x:y.sh": b"#!/bin/sh\ncd $1\n", "a\\b.js": b"f(\n", "C:c.js": b"f(\n"}
    workflow = b"on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: a/b@main\n"
    flows = {"o:p/.github/workflows/a:b.yml": workflow}
    results = asyncio.run(analyzers.run(change({}, {**head, **scripts, **flows}), timeout=60))
    assert [result.problem for result in results if result.problem] == []
    found = {result.analyzer: {hit.path for hit in result.evidence} for result in results}
    assert found["ruff"] == set(head)
    assert (found["shellcheck"], found["zizmor"]) == ({"x:y.sh"}, set(flows))
    assert found["astgrep"] == {"a\\b.js", "C:c.js"}


def test_imports_lead_through_folders_with_odd_names():
    base = {"my:lib/pkg/__init__.py": b"", "my:lib/pkg/core.py": b"def save(): ...\n"}
    base |= {"my:lib/pkg/use.py": b"from pkg.core import save\n\nsave()\n"}
    head = base | {"my:lib/pkg/core.py": b"def save(path): ...\n"}
    (result,) = asyncio.run(analyzers.run(change(base, head), names=["ty"]))
    assert [(hit.rule, hit.path, hit.start) for hit in result.evidence] == [
        ("missing-argument", "my:lib/pkg/use.py", 3)
    ]
    assert [place.path for hit in result.evidence for place in hit.related] == [
        "my:lib/pkg/core.py"
    ]


def test_a_test_is_one_under_its_stand_in_too():
    head = {"test_a:b.py": b"assert_it = lambda: eval(input())\n"}
    (result,) = asyncio.run(analyzers.run(change({}, head), names=["ruff"]))
    assert [hit.rule for hit in result.evidence if hit.rule.startswith("S")] == []


@pytest.mark.fault(
    "syntax",
    "a script that is renamed and rewritten in another language, or as prose",
    "it is no longer read as the language that it was in",
)
def test_what_was_a_script_is_not_read_as_one():
    old = {"run.py": b"def f():\n    return lost\n\n\nf()\n"}
    new = {"notes.txt": old["run.py"] + b"and some more words\n"}
    subject = change(old, new, renames={"notes.txt": "run.py"})
    assert tree.changed(subject, registry.ANALYZERS["ruff"].reads) == tree.Sides(old, {})
    assert hits("ruff", old, new, renames={"notes.txt": "run.py"}) == []
    moved = new | {"b.py": old["run.py"]}  # what the script had is no news elsewhere
    assert hits("ruff", old, moved, renames={"notes.txt": "run.py"}) == []


def test_what_did_not_parse_under_its_old_name_brings_no_news():
    old = {"a.sh": b"#!/bin/sh\ncd $1\nif true; then\n"}
    new = {"b.sh": old["a.sh"] + b"  cd $2\nfi\n"}
    assert hits("shellcheck", old, new, renames={"b.sh": "a.sh"}) == [("SC2164", "b.sh", 4)]


@pytest.mark.parametrize("name", ["../x.py", "/etc/x.py", "a/../../x.py", ".git/hooks/x.py"])
def test_nothing_is_written_outside_the_scratch_directory(tmp_path, name):
    names = tree.stand_ins([name, "fine.py"]).of
    tree.write(tmp_path / "in", {names[name]: b"x", names["fine.py"]: b"y"})
    files = [path.relative_to(tmp_path).parts for path in tmp_path.rglob("*") if path.is_file()]
    assert {parts[0] for parts in files} == {"in"}
    assert len(files) == 2


def test_a_scratch_directory_that_cannot_be_written_is_a_problem(tmp_path):
    (tmp_path / "in").write_bytes(b"")
    with pytest.raises(analyzers.AnalyzerError) as caught:
        tree.write(tmp_path / "in", {"a.py": b""})
    assert caught.value.hopeless
    assert caught.value.problem.startswith("cannot write a scratch copy: ")
