import pytest
from support.analyzed import analyzed, hits
from support.change import change

from reviewer.analyzers import Limits, bash_syntax, external, own_parsers, shellcheck
from reviewer.analyzers.tree import Sides
from reviewer.fixes.parsing import Problems, problems
from reviewer.languages import SHELL, all_languages, by_name

bash = pytest.mark.skipif(external.on_path("bash") is None, reason="needs bash")
OLD = "package a\n"
NEWER = "package a\n\nfunc f() { some ?? syntax }\n"


@pytest.mark.parametrize("language", [each for each in all_languages() if each.syntax.parser])
def test_every_parser_that_a_language_names_can_be_asked(language):
    path = f"a{language.suffixes[0]}"
    data = {"go": b"package a\n"}.get(language.name, b"")
    assert own_parsers.parses(language, data, path, Limits(20), None) in (True, None)
    assert own_parsers.parses(language, data, path, Limits(0), None) is None


def test_a_language_without_one():
    assert own_parsers.parses(by_name("rust"), b"", "a.go", Limits(20), None) is None


@bash
@pytest.mark.parametrize(
    ("script", "answer"),
    [
        ("if a; then b; fi\n", True),
        ("#!/bin/sh\ncase $x in @(a|b)) ;; esac\n", True),
        ("", True),
        ("if a; then\n", False),
        ("#!/bin/bash\n(a\n", False),
        ("#!/bin/sh\n(a\n", False),
        ("#!/bin/zsh\n(a\n", None),
        ("#!/usr/bin/env ksh\n(a\n", None),
        ("x=${ a; }\n(b\n", None),  # an older bash may stumble over the former
        ("(a\0", None),
    ],
)
def test_bash(script, answer):
    assert bash_syntax.parses(script.encode(), "a.sh", Limits(20)) is answer


@bash
def test_an_old_bash_may_not_know_what_it_refuses(monkeypatch):
    monkeypatch.setattr(bash_syntax, "_is_modern", lambda program, limits: False)
    assert bash_syntax.parses(b"(a\n", "a.sh", Limits(20)) is None
    assert bash_syntax.parses(b"(a)\n", "a.sh", Limits(20)) is True


@bash
def test_bash_runs_nothing(tmp_path):
    mark = tmp_path / "ran"
    script = f"touch {mark}\n$(touch {mark})\n: ${{x:=$(touch {mark})}}\ntrap 'touch {mark}' EXIT\n"
    assert bash_syntax.parses(script.encode(), "a.sh", Limits(20)) is True
    assert not mark.exists()


def test_a_bash_of_the_repository_is_not_asked(tmp_path, monkeypatch):
    program = tmp_path / "bash"
    program.write_text("#!/bin/sh\nexit 0\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert bash_syntax.parses(b"(a\n", "a.sh", Limits(20), tmp_path) is None


@bash
def test_what_shellcheck_cannot_read_and_bash_can_is_no_finding(monkeypatch):
    body = "#!/bin/bash\nif x; then\n"
    assert hits("shellcheck", {}, {"a.sh": body}) == [("syntax-error", "a.sh", 2)]
    monkeypatch.setattr(own_parsers, "parses", lambda *args: True)
    assert hits("shellcheck", {}, {"a.sh": body}) == []
    monkeypatch.setattr(own_parsers, "parses", lambda *args: None)
    assert hits("shellcheck", {}, {"a.sh": body}) == [("parse-error", "a.sh", 2)]


@pytest.mark.fault(
    "syntax",
    "code that the grammar cannot read, and the language's own parser can, or cannot either",
    "what the parser says counts, for findings and for patches",
)
@pytest.mark.parametrize(
    ("answer", "rules", "proof"),
    [
        (True, [], Problems()),
        (False, ["syntax-error"], Problems(unknown={"a.go": "it did not parse before either"})),
        (
            None,
            ["parse-error"],
            Problems(
                unknown={
                    "a.go": "line 3: The file does not parse. Or it is newer than the grammar"
                    " that was asked."
                }
            ),
        ),
    ],
)
def test_whom_to_believe(monkeypatch, answer, rules, proof):
    monkeypatch.setattr(own_parsers, "parses", lambda *args: answer)
    found = analyzed("astgrep", {"a.go": OLD}, {"a.go": NEWER})
    assert [hit.rule for hit in found.evidence] == rules
    patch = change({"a.go": OLD.encode()}, {"a.go": NEWER.encode()})
    assert problems(patch, 20) == proof


def test_only_some_files_are_asked_about(monkeypatch):
    asked = []
    monkeypatch.setattr(own_parsers, "parses", lambda *args: asked.append(args[2]) or True)
    head = {f"{number}.go": "package a\nfunc f() { ?? }\n" for number in range(30)}
    found = analyzed("astgrep", {}, head).evidence
    assert (len(asked), len(found)) == (20, 10)


def test_shell_scripts_in_another_language():
    tcl = '#!/bin/sh\n# the next line restarts it \\\nexec wish "$0" "$@"\nset a [b {c (}]\n'
    assert hits("astgrep", {}, {"a.sh": tcl}) == hits("shellcheck", {}, {"a.sh": tcl}) == []
    assert SHELL.syntax.dialect.search(b"exec python3 -m a\n") is None


@bash
def test_large_scripts_are_checked_alike_on_both_sides():
    """Without data flow, shellcheck may find something else."""
    long = "#!/bin/sh\n" + f"# {'a' * 998}\n" * 110
    bad = "echo $@\n"
    assert hits("shellcheck", {"a.sh": long}, {"a.sh": long + bad}) == [("SC2068", "a.sh", 112)]
    under_review = change({"a.sh": b"a", "b.sh": b"b"}, {"a.sh": long.encode(), "b.sh": b"c"})
    sides = Sides({"a.sh": b"a", "b.sh": b"b"}, {"a.sh": long.encode(), "b.sh": b"c"})
    parts = [
        (each, set(part.old), set(part.new))
        for each, part in shellcheck._by_size(under_review, sides)
    ]
    assert parts == [(True, {"b.sh"}, {"b.sh"}), (False, {"a.sh"}, {"a.sh"})]
