"""Which level a patch gets, what withholds it, and what is said about it."""

from __future__ import annotations

import asyncio
import dataclasses
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from support.change import change
from support.fixes import built, git_apply, under_review
from support.repo import review

from reviewer import analyzers
from reviewer.analyzers import AnalyzerResult
from reviewer.events import Check, Patch
from reviewer.fixes import Built, Edit, Withheld, build, from_contents, prove, run_before
from reviewer.fixes.build import Patched
from reviewer.fixes.prove import level, patched_change
from reviewer.types import Change

PASSWORD = "kJ8x2LmQ" + "z7RtVw4"
PYTHON = f"{sys.executable} -B"


def proved(fix: Built, under: Change, **options: Any) -> Patch | Withheld:
    return asyncio.run(prove(fix, under, timeout=20, **options))


def said(done: Patch | Withheld) -> list[tuple[str, str, str]]:
    return [(check.name, check.status, check.detail) for check in done.checks]


def test_every_check_is_published() -> None:
    under = change(
        {}, {"a.py": b"def f(x):\n    return x\n", "t.py": b"from a import f\nassert f(1) == 2\n"}
    )
    fix = built(under, a_py=b"def f(x):\n    return x + 1\n")
    done = proved(fix, under, verify_command=f"{PYTHON} t.py")
    assert isinstance(done, Patch)
    assert (done.verification, done.diff, done.diff_base64) == (
        "tests_pass",
        fix.diff.decode(),
        None,
    )
    assert said(done) == [
        ("applies", "passed", "git apply gives exactly the lines that were meant"),
        ("parses", "passed", ""),
        ("analyzers", "passed", "nothing new"),
        ("verify", "passed", "the command passes; before the patch it did not"),
    ]
    assert all(check.duration_seconds > 0 for check in done.checks)


def test_the_patch_of_another_encoding_comes_in_base64_too(tmp_path: Path) -> None:
    import base64

    source = "x = 'größe'\n".encode("latin-1")
    repo, under = under_review(tmp_path, {"a.txt": source + b"end\n"})
    done = proved(built(under, a_txt=source + b"END\n"), under)
    assert isinstance(done, Patch)
    assert "gr\ufffd\ufffde" in done.diff
    assert done.diff_base64 is not None
    assert git_apply(repo, base64.b64decode(done.diff_base64)).returncode == 0
    assert (repo.path / "a.txt").read_bytes() == source + b"END\n"


@pytest.mark.fault(
    "patches",
    "a fix for a file that declares its encoding",
    "parsers and the user's command get the file in that encoding",
)
def test_a_declared_encoding_is_kept_in_every_copy(tmp_path: Path) -> None:
    source = "# coding: shift_jis\na = '返す'\n"
    repo, under = under_review(
        tmp_path, {"a.py": source.encode("cp932"), "b.py": source.encode("cp932")}
    )
    fix = built(under, a_py=(source + "b = 1\n").encode())
    check = "import a, b; assert a.a == b.a == chr(0x8fd4) + chr(0x3059)"
    done = proved(fix, under, verify_command=f'{PYTHON} -c "{check}"')
    assert isinstance(done, Patch)
    assert done.verification == "tests_pass", said(done)
    assert said(done)[1] == ("parses", "passed", "")
    assert git_apply(repo, fix.diff).returncode == 0
    assert (repo.path / "a.py").read_bytes() == (source + "b = 1\n").encode("cp932")


def test_an_encoding_that_is_not_declared_does_not_keep_python_from_parsing() -> None:
    source = "a = '返す'\n"
    under = change({}, {"a.py": source.encode()})
    under = dataclasses.replace(under, encodings={"a.py": "cp932"})
    done = proved(_whole(under, "a.py", source.replace("a", "b").encode()), under)
    assert isinstance(done, Patch)
    assert said(done)[1] == ("parses", "passed", "")


@pytest.mark.usefixtures("go_checker")
@pytest.mark.parametrize(
    ("path", "old", "new", "expected"),
    [
        ("a.py", "x = 1\n", "x = 2\n", "clean"),
        ("a.json", '{"a": 1}\n', '{"a": 2}\n', "clean"),
        ("a.toml", "a = 1\n", "a = 2\n", "clean"),
        ("a.yaml", "a: 1\n", "a: 2\n", "clean"),
        ("a.ts", "let a: number = 1;\n", "let a: number = 2;\n", "clean"),
        ("a.go", "package a\n", "package b\n", "clean"),
        ("notes.md", "one\n", "two\n", "applies"),
        ("query.sql", "select 1;\n", "select 2;\n", "applies"),
        ("a.py", "def f(:\n    x = 1\n", "def f(:\n    x = 2\n", "applies"),
        ("a.js", "let x = (1;\n", "let y = (1;\n", "applies"),
        ("a.json", '{"a": 1\n', '{"b": 1\n', "applies"),
        ("a.py", "x = 1\n", "x = (1\n", "parses"),
        ("a.py", "x = 1\n", "x = 1\n  y = 2\n", "parses"),
        ("a.js", "f(1);\n", "f(1;\n", "parses"),
        ("a.c", "int x;\n", "int x = (1;\n", "parses"),
        ("a.json", '{"a": 1}\n', '{"a": 1,,}\n', "parses"),
        ("tests/bad.json", '{"a": 1}\n', '{"a": 1,,}\n', "parses"),
        ("a.toml", "a = 1\n", "a = \n", "parses"),
        ("a.yaml", "a: 1\n", "a: [1\n", "parses"),
        # Newer than the grammar, or broken: that cannot be told.
        (
            "a.cs",
            "class A { }\n",
            "class A { extension(string s) { public int N => 1; } }\n",
            "applies",
        ),
        ("a.c", "int x;\n", "int x = = 1;\n", "applies"),
        ("a.py", "x = 1\n", "x = undefined_name\n", "analyzers"),
        ("a.py", "x = 1\n", "x = '\u202e'\n", "analyzers"),
        ("notes.md", "one\n", "two\n<<<<<<< a\n=======\n>>>>>>> b\n", "analyzers"),
    ],
)
def test_the_level_is_the_strongest_check_passed(
    path: str, old: str, new: str, expected: str
) -> None:
    """For a patch that is withheld, `expected` is the check that it fails."""
    under = change({}, {path: old.encode()})
    done = proved(_whole(under, path, new.encode()), under)
    assert (done.checks[-1].name if isinstance(done, Withheld) else done.verification) == expected


@pytest.mark.fault(
    "patches",
    "a replacement in syntax that is newer than the grammar of its language",
    "it is not withheld; the patch says that it only applies, and why",
)
def test_a_patch_in_new_syntax_is_published_with_what_is_known_of_it() -> None:
    under = change({}, {"a.rs": b"fn f() {}\n", "b.rs": b"fn g() {}\n"})
    made = from_contents(
        {"a.rs": b"fn f() { g() become h(); }\n", "b.rs": b"fn g() -> u8 { 1 }\n"}, under
    )
    assert isinstance(made, Built)
    done = proved(made, under)
    assert isinstance(done, Patch)
    assert done.verification == "applies"
    assert said(done)[1] == (
        "parses",
        "skipped",
        "a.rs: line 1: The file does not parse. Or it is newer than the grammar that was asked.",
    )
    done = proved(_whole(under, "b.rs", b"fn g() -> u8 { 1 }\n"), under)
    assert isinstance(done, Patch)
    read = "b.rs: read by a grammar, not by the parser of rust itself"
    assert (done.verification, said(done)[1]) == ("clean", ("parses", "passed", read))


def _whole(under: Change, path: str, new: bytes) -> Built:
    made = from_contents({path: new}, under)
    assert isinstance(made, Built)
    return made


def test_a_patch_that_does_not_do_what_was_meant_is_withheld() -> None:
    under = change({}, {"a.py": b"x = 1\n"})
    fix = _whole(under, "a.py", b"x = 2\n")
    other = Built((Patched("a.py", b"x = 1\n", b"x = 3\n"),), fix.diff)
    done = proved(other, under)
    assert isinstance(done, Withheld)
    assert (
        done.reason
        == "The replacement fails the check `applies`: git apply gives other content than was meant"
    )
    assert isinstance(
        proved(Built((Patched("a.py", b"y\n", b"x = 2\n"),), fix.diff), under), Withheld
    )


def test_a_patch_that_breaks_another_file_is_withheld() -> None:
    files = {
        "shop/__init__.py": b"",
        "shop/a.py": b"def f(x):\n    return x\n",
        "b.py": b"from shop.a import f\n\nf(1)\n",
    }
    under = change({}, files)
    done = proved(_whole(under, "shop/a.py", b"def f(x, y):\n    return x\n"), under)
    assert isinstance(done, Withheld)
    assert "missing-argument at b.py:3" in done.reason


CAUSE = "import os\nimport sys\n\nprint(sys)\n"


def test_the_hit_that_it_is_for_has_to_be_gone() -> None:
    under = change({}, {"a.py": CAUSE.encode()})
    (hit,) = [hit for result in asyncio.run(analyzers.run(under)) for hit in result.evidence]
    gone = proved(_whole(under, "a.py", b"import sys\n\nprint(sys)\n"), under, cause=hit)
    assert isinstance(gone, Patch)
    assert said(gone)[-1] == ("analyzers", "passed", "nothing new, and ruff F401 at a.py:1 is gone")
    stays = proved(
        _whole(under, "a.py", CAUSE.replace("print(sys)", "print(sys, 1)").encode()),
        under,
        cause=hit,
    )
    assert isinstance(stays, Withheld)
    assert (
        stays.reason
        == "The replacement fails the check `analyzers`: ruff F401 at a.py:1 is still reported"
    )


def test_another_hit_of_the_same_rule_does_not_count_as_the_one_that_is_gone() -> None:
    """The patch removes one unused import, the finding is about the other one."""
    under = change({}, {"a.py": b"import os\nimport sys\n\nprint(1)\n"})
    hits = [hit for result in asyncio.run(analyzers.run(under)) for hit in result.evidence]
    first, second = sorted(hits, key=lambda hit: hit.start or 0)
    assert (first.rule, first.start, second.rule, second.start) == ("F401", 1, "F401", 2)
    fix = _whole(under, "a.py", b"import os\n\nprint(1)\n")
    assert isinstance(proved(fix, under, cause=second), Patch)
    other = proved(fix, under, cause=first)
    assert isinstance(other, Withheld)
    assert other.reason.endswith("ruff F401 at a.py:1 is still reported")


def test_without_analyzers_nothing_is_clean() -> None:
    under = change({}, {"a.py": b"x = 1\n"})
    fix = _whole(under, "a.py", b"x = 2\n")

    def answering(*results: AnalyzerResult) -> Any:
        async def analyze(
            change: Change, *, names: Sequence[str] | None, timeout: float
        ) -> tuple[AnalyzerResult, ...]:
            return results

        return analyze

    stopped = AnalyzerResult("ty", problem="ty: stopped after 20 s", files=("a.py",))
    elsewhere = AnalyzerResult("ty", problem="ty: names", files=("b.py",))
    levels = {
        "none in force": proved(fix, under, names=()),
        "one gave up": proved(fix, under, analyze=answering(AnalyzerResult("ruff"), stopped)),
        "one gave up on another file": proved(
            fix, under, analyze=answering(AnalyzerResult("ruff"), elsewhere)
        ),
    }
    assert {
        name: done.verification for name, done in levels.items() if isinstance(done, Patch)
    } == {
        "none in force": "parses",
        "one gave up": "parses",
        "one gave up on another file": "clean",
    }
    assert said(levels["one gave up"])[-1] == ("analyzers", "skipped", "ty: stopped after 20 s")


def test_the_level_needs_each_step_below_clean() -> None:
    def checks(**status: str) -> list[Check]:
        return [
            Check(name=name, status=value, duration_seconds=0, detail="")
            for name, value in status.items()
        ]  # type: ignore[arg-type]

    assert level(checks(applies="passed", parses="skipped", analyzers="passed")) == "applies"
    assert level(checks(applies="passed", parses="passed", analyzers="skipped")) == "parses"
    assert (
        level(checks(applies="passed", parses="passed", analyzers="passed", verify="skipped"))
        == "clean"
    )
    assert (
        level(checks(applies="passed", parses="skipped", analyzers="skipped", verify="passed"))
        == "tests_pass"
    )


# The command


def test_a_command_that_passed_has_to_pass_still() -> None:
    under = change({}, {"a.txt": b"one\n"})
    fix = _whole(under, "a.txt", b"two\n")
    done = proved(fix, under, verify_command="echo so 'it is'; grep -q one a.txt")
    assert isinstance(done, Withheld)
    assert (
        done.reason
        == "The replacement fails the check `verify`: the command passed before the patch and does"
        " not now: exit code 1, so it is"
    )


def test_a_command_that_fails_either_way_proves_nothing() -> None:
    under = change({}, {"a.txt": b"one\n"})
    done = proved(_whole(under, "a.txt", b"two\n"), under, verify_command="echo no; exit 7")
    assert isinstance(done, Patch)
    assert (done.verification, said(done)[-1]) == (
        "applies",
        (
            "verify",
            "skipped",
            "the command passes neither before nor after the patch: exit code 7, no",
        ),
    )


def test_what_it_did_before_is_asked_once() -> None:
    under = change({}, {"a.txt": b"one\n"})
    before = asyncio.run(run_before(under, "true", 10))
    assert before.passed
    done = proved(
        _whole(under, "a.txt", b"two\n"), under, verify_command="grep -q two a.txt", before=before
    )
    assert isinstance(done, Patch)
    assert said(done)[-1] == ("verify", "passed", "the command passes; before the patch it did too")


def test_the_copy_is_the_whole_repository_and_never_the_worktree(tmp_path: Path) -> None:
    repo, _ = under_review(
        tmp_path, {"run": "#!/bin/sh\necho ran > out\n", "d/big.txt": "x" * 2_000_000}
    )
    repo.commit()
    repo.write("a.txt", "a\n")
    (repo.path / "run").chmod(0o755)
    (repo.path / "plain").write_text("echo\n")
    (repo.path / "in").symlink_to("d/big.txt")
    (repo.path / "out_of_it").symlink_to("/etc/passwd")
    (repo.path / "up").symlink_to("../githome/.gitconfig")
    under = review(repo)
    before = {path: path.lstat() for path in repo.path.rglob("*") if ".git" not in path.parts}
    command = (
        "./run && test -f out && test ! -x plain && test $(wc -c < d/big.txt) = 2000000 && test -L"
        ' in && test ! -e out_of_it && test ! -e up && test ! -e .git && test "$(cat README)" = x'
        " && grep -q b a.txt && pwd"
    )
    done = proved(built(under, a_txt=b"b\n"), under, verify_command=command)
    assert isinstance(done, Patch)
    assert done.verification == "tests_pass", said(done)
    assert {
        path: path.lstat() for path in repo.path.rglob("*") if ".git" not in path.parts
    } == before


def test_nothing_of_an_earlier_run_is_left_in_the_copy() -> None:
    under = change({}, {"a.txt": b"one\n"})
    done = proved(
        _whole(under, "a.txt", b"two\n"),
        under,
        verify_command="test ! -e left && touch left $HOME/left",
    )
    assert isinstance(done, Patch)
    assert said(done)[-1][2] == "the command passes; before the patch it did too"


def test_the_fix_as_a_change_of_its_own() -> None:
    under = change({"a.py": b"zero\n"}, {"a.py": b"one\n", "b.py": b"one\n", "c.py": b"two\n"})
    after = patched_change(_whole(under, "a.py", b"two\n"), under)
    assert [(file.path, file.status, file.old_mode) for file in after.files] == [
        ("a.py", "modified", "100644")
    ]
    assert (after.read("a.py", "old"), after.read("a.py", "new")) == (b"one\n", b"two\n")
    assert (after.read("b.py", "old"), after.read("b.py", "new")) == (b"one\n", b"one\n")
    assert sorted(after.grep(["two"])) == ["a.py", "c.py"]
    assert after.grep(["one"]) == ("b.py",)
    assert after.grep([]) == ()
    assert after.list_files("old") == ("a.py", "b.py", "c.py")


@pytest.mark.parametrize(
    ("source", "path"), [("history", "b.py"), ("secrets", "yarn.lock")], ids=["commit", "skipped"]
)
@pytest.mark.fault(
    "patches",
    "a commit of the branch or a skipped file has a credential, and another finding has a fix",
    "only what the fix itself brings counts against it: its patch is published",
)
def test_what_else_the_change_brings_does_not_withhold_a_fix(
    tmp_path: Path, source: str, path: str
) -> None:
    repo, _ = under_review(tmp_path, {"a.py": "x = 1\n"})
    secret = f'password = "{PASSWORD}"\n'
    if source == "history":
        repo.commit({path: secret})
        repo.commit({path: "password = ask()\n"})
    else:
        repo.write(path, secret)
    under = review(repo)
    (kept,) = asyncio.run(analyzers.run(under, names=(source,)))
    assert [hit.path for hit in kept.evidence] == [path]
    done = proved(built(under, a_py=b"x = 2\n"), under)
    assert isinstance(done, Patch), done
    assert done.verification == "clean"


def test_the_whole_way_from_the_model_to_git(tmp_path: Path) -> None:
    repo, under = under_review(tmp_path, {"a.py": "def f(x):\r\n    return x\r\n"})
    made = build([Edit("a.py", 2, ("return x",), ("return x + 1",))], under)
    assert isinstance(made, Built)
    done = proved(made, under)
    assert isinstance(done, Patch)
    assert done.verification == "clean"
    assert git_apply(repo, done.diff.encode(), "--check").returncode == 0
    assert git_apply(repo, done.diff.encode()).returncode == 0
    assert (repo.path / "a.py").read_bytes() == b"def f(x):\r\n    return x + 1\r\n"
