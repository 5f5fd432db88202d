"""One file must not hide the others from an analyzer, whatever it does to the program."""

import asyncio
import re
import threading
from types import SimpleNamespace

import pytest
from support.change import change

from reviewer import analyzers
from reviewer.analyzers import AnalyzerError, AnalyzerResult, Limits, base, external, isolate

LOST = "def f():\n    return lost\n"
WORKFLOW = (
    "on: push\npermissions: {}\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n"
    "      - run: echo ${{ github.event.issue.title }}\n"
)


def run(head, *names, base_side=None, **options):
    """(rule, path, line) of the hits by analyzer, and (problem, files) of those with a problem."""

    def side(files):
        return {
            path: data.encode() if isinstance(data, str) else data for path, data in files.items()
        }

    results = asyncio.run(
        analyzers.run(change(side(base_side or {}), side(head)), names=names, **options)
    )
    hits = {
        result.analyzer: [(hit.rule, hit.path, hit.start) for hit in result.evidence]
        for result in results
    }
    return hits, [(result.problem, result.files) for result in results if result.problem]


def fails_on(*bad, calls=None, hopeless=False):
    def attempt(names, limits):
        if calls is not None:
            calls.append(tuple(names))
        if hopeless or set(bad) & set(names):
            raise AnalyzerError("crashed", hopeless=hopeless)
        return list(names)

    return attempt


def names(count):
    return [f"f{number}" for number in range(count)]


def test_one_call_is_enough_where_nothing_fails():
    calls = []
    results, lost = isolate.each(names(5), fails_on(calls=calls), Limits(9), at_once=10)
    assert (results, lost, calls) == ([names(5)], {}, [tuple(names(5))])


def test_as_many_names_as_fit_go_into_one_call():
    calls = []
    isolate.each(names(5), fails_on(calls=calls), Limits(9), at_once=2)
    assert calls == [("f0", "f1"), ("f2", "f3"), ("f4",)]
    calls.clear()
    long = ["x" * 60_000, "y" * 60_000, "z"]
    isolate.each(long, fails_on(calls=calls), Limits(9), at_once=9)
    assert calls == [(long[0],), (long[1], "z")]


@pytest.mark.parametrize("bad", [(), ("f0",), ("f49", "f7"), tuple(names(50))])
def test_what_fails_alone_is_lost_and_nothing_else(bad):
    results, lost = isolate.each(names(50), fails_on(*bad), Limits(9), at_once=50)
    assert sorted(name for part in results for name in part) == sorted({*names(50)} - {*bad})
    assert lost == dict.fromkeys(bad, "crashed")


def test_a_thousand_files_take_few_calls_to_find_one():
    calls = []
    isolate.each(names(1000), fails_on("f500", calls=calls), Limits(9), at_once=1000)
    assert len(calls) < 25


def test_a_program_that_cannot_start_is_not_tried_again():
    calls = []
    results, lost = isolate.each(
        names(50), fails_on(calls=calls, hopeless=True), Limits(9), at_once=50
    )
    assert (results, len(calls), len(lost)) == ([], 1, 50)


def test_a_program_that_always_fails_is_not_tried_for_ever():
    calls = []
    results, lost = isolate.each(
        names(5000), fails_on(*names(5000), calls=calls), Limits(9), at_once=100
    )
    assert (results, len(calls), set(lost)) == ([], 200, set(names(5000)))
    assert set(lost.values()) <= {"crashed", "failed on too many others"}


def test_the_time_of_a_part_leaves_some_for_the_others():
    shares = []

    def attempt(part, limits):
        shares.append(limits.seconds)
        raise AnalyzerError("stopped")

    isolate.each(names(8), attempt, Limits(1000), at_once=2)
    assert [round(share) for share in shares[:4]] == [200, 167, 143, 125]


def test_what_the_time_did_not_reach_is_lost():
    stopped = Limits(9)
    stopped.stop.set()
    assert isolate.each(names(2), fails_on(), stopped, at_once=9) == (
        [],
        {"f0": "stopped after 9 s", "f1": "stopped after 9 s"},
    )


def test_a_problem_names_the_files():
    lost = dict.fromkeys(["b", "a", "c\n", "d", "e"], "crashed") | {"f": "stopped"}
    assert isolate.result("x", [], lost, ["g"]) == AnalyzerResult(
        "x",
        problem="x: cannot read a, b, c\\n and 2 more files (crashed); cannot read f (stopped);"
        " cannot read g (larger than 2 MiB)",
        files=("a", "b", "c\n", "d", "e", "f", "g"),
    )
    assert isolate.result("x", [], {}) == AnalyzerResult("x")


@pytest.mark.fault(
    "verdict",
    "a Python file on which ruff and ty crash",
    "the other files are checked, and this one is named",
)
def test_a_file_that_crashes_ruff_and_ty():
    caller = "from evil import x\nfrom core import save\n\nsave()\n"
    hits, problems = run(
        {"core.py": "def save(path): ...\n", "use.py": caller, "evil.py": "-" * 90_000 + "1\n"}
        | {f"m{n}.py": LOST for n in range(20)},
        "ruff",
        "ty",
        base_side={"core.py": "def save(): ...\n", "use.py": caller},
        timeout=60,
    )
    assert sorted(hits["ruff"]) == sorted(("F821", f"m{n}.py", 2) for n in range(20))
    assert hits["ty"] == [("missing-argument", "use.py", 4)]
    assert [files for _, files in problems] == [("evil.py",), ("evil.py",)]
    assert all(
        re.match(r"(ruff|ty): cannot read evil\.py \(crashed with signal 6: ", problem)
        for problem, _ in problems
    )


def test_a_file_that_crashes_ty_on_the_old_side_only():
    hits, problems = run(
        {"evil.py": "def f(a): ...\n\n\nf()\n", "b.py": "x = 1\n"},
        "ruff",
        "ty",
        base_side={"evil.py": "-" * 90_000 + "1\n", "b.py": LOST},
        timeout=60,
    )
    assert (hits, problems) == ({"ruff": [], "ty": [("missing-argument", "evil.py", 4)]}, [])


def test_where_ty_fails_on_the_old_side_only_added_lines_count(monkeypatch):
    real = external.run

    def crash(argv, *, cwd, **options):
        if cwd.name == "old" and "./a.py" in argv:
            raise AnalyzerError("crashed")
        return real(argv, cwd=cwd, **options)

    monkeypatch.setattr(external, "run", crash)
    old = "def f(a): ...\n\n\nf()\n"
    hits, problems = run({"a.py": old + "f(1, 2)\n"}, "ty", base_side={"a.py": old})
    assert (hits, problems) == ({"ty": [("too-many-positional-arguments", "a.py", 5)]}, [])


@pytest.mark.fault(
    "verdict",
    "a workflow that is not UTF-8, or no YAML",
    "the other workflows are checked, and this one is named",
)
def test_a_workflow_that_zizmor_cannot_read():
    hits, problems = run(
        {
            ".github/workflows/a.yml": WORKFLOW,
            ".github/workflows/latin.yml": b"on: push # caf\xe9\njobs: {}\n",
            ".github/workflows/broken.yml": "on: push\njobs: [\n",
            "roles/action.yml": "this: is no action\n",
        },
        "zizmor",
    )
    assert hits == {"zizmor": [("template-injection", ".github/workflows/a.yml", 7)]}
    assert problems == [
        (
            "zizmor: cannot read .github/workflows/broken.yml (failed with code 1: 1: did not find"
            " expected node content at line 3 column 1, while parsing a flow node); cannot read"
            " .github/workflows/latin.yml (failed with code 1: 1: stream did not contain valid"
            " UTF-8)",
            (".github/workflows/broken.yml", ".github/workflows/latin.yml"),
        )
    ]


def test_a_file_about_which_a_program_writes_too_much(monkeypatch):
    monkeypatch.setattr(external, "_MAX_OUTPUT", 6000)
    head = {f"m{n}.py": LOST for n in range(20)} | {"evil.py": LOST * 30}
    hits, problems = run(head, "ruff", timeout=60)
    assert {path for _, path, _ in hits["ruff"]} == set(head) - {"evil.py"}
    assert problems == [
        ("ruff: cannot read evil.py (stopped: it wrote more than 0 MB)", ("evil.py",))
    ]


def test_what_is_no_workflow_hides_none():
    head = {"roles/action.yml": "this: is no action\n", ".github/workflows/a.yml": WORKFLOW}
    assert run(head, "zizmor") == (
        {"zizmor": [("template-injection", ".github/workflows/a.yml", 7)]},
        [],
    )


@pytest.mark.fault(
    "verdict",
    "a shell script that shellcheck never finishes",
    "it costs its share of the time, and the others are checked",
)
def test_a_slow_script(monkeypatch):
    """The program is replaced by one that is slow for one file."""
    real = external.run
    waited = []

    def slow(argv, *, limits, **options):
        if any(str(part).endswith("slow.sh") for part in argv):
            waited.append(limits.seconds)
            raise AnalyzerError(f"stopped after {limits.seconds:.0f} s")
        return real(argv, limits=limits, **options)

    monkeypatch.setattr(external, "run", slow)
    head = {f"s{n}.sh": "#!/bin/sh\ncd $1\n" for n in range(30)}
    hits, problems = run(head | {"slow.sh": "#!/bin/sh\n"}, "shellcheck", timeout=60)
    assert {path for rule, path, _ in hits["shellcheck"]} == set(head)
    assert [files for _, files in problems] == [("slow.sh",)]
    assert max(waited) <= 30


def test_a_report_that_cannot_be_read_is_a_problem_of_its_file(monkeypatch):
    real = external.run

    def odd(argv, **options):
        out = real(argv, **options)
        return b'{"not": "a report"}' if any("odd" in str(part) for part in argv) else out

    monkeypatch.setattr(external, "run", odd)
    hits, problems = run({"a.py": LOST, "odd.py": LOST}, "ruff", "ty")
    assert hits == {"ruff": [("F821", "a.py", 2)], "ty": []}
    assert problems == [
        (f"{name}: cannot read odd.py (its report cannot be read)", ("odd.py",))
        for name in ("ruff", "ty")
    ]


@pytest.mark.fault(
    "verdict",
    "a file among others on which the parser of ast-grep crashes",
    "the others are checked, and this one is named",
)
def test_a_file_that_ends_the_child_of_astgrep(monkeypatch):
    real = external.run

    def crash(argv, *, stdin=b"", **options):
        if b"EVIL" in stdin:
            raise AnalyzerError("crashed with signal 11")
        return real(argv, stdin=stdin, **options)

    monkeypatch.setattr(external, "run", crash)
    head = {f"m{n}.js": "f(\n" for n in range(40)} | {"evil.js": "EVIL\n"}
    hits, problems = run(head, "astgrep", timeout=60)
    assert {path for rule, path, _ in hits["astgrep"]} == set(head) - {"evil.js"}
    assert problems == [("astgrep: cannot read evil.js (crashed with signal 11)", ("evil.js",))]


def test_an_answer_that_is_too_short_is_none(monkeypatch):
    real = external.run

    def short(argv, *, stdin=b"", **options):
        out = real(argv, stdin=stdin, **options)
        return out.split(b"\n")[0] if b"EVIL" in stdin and b"m1" in stdin else out

    monkeypatch.setattr(external, "run", short)
    hits, problems = run({"a.js": "m1(\n", "evil.js": "EVIL(\n"}, "astgrep")
    wrong = [("syntax-error", "a.js", 1), ("syntax-error", "evil.js", 1)]
    assert (sorted(hits["astgrep"]), problems) == (wrong, [])


def test_our_own_checks_keep_what_they_found_before_the_time_was_up(monkeypatch):
    from reviewer.analyzers import dataformats, weakened_tests

    class Ending(Limits):
        """Over after one file."""

        @property
        def stopped(self):
            ending.append(1)
            return "stopped after 9 s" if len(ending) > 1 else ""

    ending = []
    subject = change({}, {"a.json": b"{", "b.json": b"{", "c.py": b""})
    result = dataformats.check(subject, Ending(9))
    assert [hit.path for hit in result.evidence] == ["a.json"]
    assert (result.problem, result.files) == (
        "dataformats: cannot read b.json (stopped after 9 s)",
        ("b.json",),
    )
    ending.clear()
    test = b"def test_a():\n    assert f()\n"
    files = {"test_a.py": test, "test_b.py": test, "c.py": b"x = 1\n"}
    head = dict.fromkeys(files, b"") | {"test_a.py": test.replace(b"assert ", b"")}
    result = weakened_tests.check(change(files, head), Ending(9))
    assert [hit.path for hit in result.evidence] == ["test_a.py"]
    assert result.files == ("test_b.py",)


def test_what_is_too_large_for_the_analyzers_is_named(monkeypatch):
    monkeypatch.setattr(base, "MAX_BYTES", 100)
    head = {"a.py": LOST, "b.py": "#" * 101, "c.js": " " * 101, "d.sh": "#" * 101}
    head["e.json"] = " " * 101
    hits, problems = run(head, "dataformats", "ruff", "astgrep", "shellcheck")
    assert {name: found for name, found in hits.items() if found} == {"ruff": [("F821", "a.py", 2)]}
    assert problems == [
        ("dataformats: cannot read e.json (larger than 2 MiB)", ("e.json",)),
        ("ruff: cannot read b.py (larger than 2 MiB)", ("b.py",)),
        ("astgrep: cannot read b.py, c.js, d.sh (larger than 2 MiB)", ("b.py", "c.js", "d.sh")),
        ("shellcheck: cannot read d.sh (larger than 2 MiB)", ("d.sh",)),
    ]


@pytest.mark.fault(
    "verdict",
    "a tool that is part of the installation is missing",
    "the files that it should have read are named",
)
def test_a_missing_tool_names_only_the_files_that_it_reads(monkeypatch):
    tool = SimpleNamespace(command="pip install x", extra=None)
    monkeypatch.setattr(analyzers, "missing", lambda: {"ruff": tool})
    _, problems = run({"a.py": LOST, "b.js": "f()\n"}, "ruff", "astgrep")
    assert problems == [("ruff is not installed: pip install x", ("a.py",))]


def test_an_analyzer_that_gives_up_leaves_only_its_own_files(monkeypatch):
    from reviewer.analyzers import ruff

    go_on = threading.Event()
    monkeypatch.setattr(analyzers, "_GRACE", 0.0)
    monkeypatch.setattr(ruff, "check", lambda subject, limits: go_on.wait(60))
    try:
        _, problems = run({"a.py": LOST, "b.js": "f()\n"}, "ruff", timeout=0.05)
    finally:
        go_on.set()
    assert problems == [("ruff: gave up after 0.05 s", ("a.py",))]
