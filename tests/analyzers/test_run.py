import asyncio
import dataclasses
import importlib.metadata
import os
import stat
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest
from support.change import change
from support.processes import ends

from reviewer import analyzers
from reviewer.analyzers import AnalyzerError, AnalyzerResult, Limits, external, registry, tree
from reviewer.errors import UsageError
from reviewer.types import Evidence, Place

EMPTY = change({}, {})


def run(subject, names=None, **options):
    return asyncio.run(analyzers.run(subject, names=names, **options))


def test_every_analyzer_is_a_module_with_a_line_about_it():
    folder = Path(analyzers.__file__).parent
    checks = {
        path.stem
        for path in folder.glob("*.py")
        if "\ndef check(change: Change, limits: Limits)" in path.read_text(encoding="utf-8")
    }
    assert checks == set(analyzers.ANALYZERS)
    assert all(
        0 < len(each.finds) < 100 and "\n" not in each.finds
        for each in analyzers.ANALYZERS.values()
    )


def test_an_unknown_name_is_refused_with_those_that_exist():
    with pytest.raises(UsageError) as caught:
        run(EMPTY, ["ruff", "pylint", "eslint"])
    assert (
        caught.value.message
        == f"no analyzer is named pylint, eslint; choose from: {', '.join(analyzers.ANALYZERS)}"
    )


def test_no_names_means_no_analyzers():
    assert run(EMPTY, []) == ()


def test_an_empty_change_is_nothing_to_any_analyzer():
    assert run(EMPTY) == tuple(
        AnalyzerResult(name) for name in analyzers.ANALYZERS if name not in analyzers.missing()
    )


def test_results_are_reported_as_they_come_and_returned_in_order():
    seen = []
    head = {"a.py": b"def f():\n    return lost\n", "b.json": b"{,}"}
    results = run(change({}, head), ["ty", "ruff", "dataformats"], report=seen.append)
    assert [result.analyzer for result in results] == ["dataformats", "ruff", "ty"]
    assert sorted(seen, key=lambda result: result.analyzer) == sorted(
        results, key=lambda result: result.analyzer
    )
    assert [(hit.rule, hit.path, hit.start) for result in results for hit in result.evidence] == [
        ("broken-json", "b.json", 1),
        ("F821", "a.py", 2),
    ]


def test_reports_come_in_the_calling_thread():
    threads = []
    run(
        change({}, {"a.py": b"x = 1\n"}),
        report=lambda result: threads.append(threading.current_thread()),
    )
    assert set(threads) == {threading.current_thread()}


def test_a_missing_extra_is_left_out_unless_it_is_asked_for(tmp_path):
    """In an environment of its own, with nothing but what the project needs."""
    code = textwrap.dedent("""
        import asyncio, sys
        from support.change import change
        from reviewer import analyzers, installer
        print(installer.hint("analyzers"))
        subject = change({}, {"a.sh": b"x=1\\n", "a.py": b"x = 1\\n"})
        results = asyncio.run(analyzers.run(subject, names=["shellcheck"]))
        print([(r.analyzer, r.evidence, r.problem, r.files) for r in results])
        print([r.analyzer for r in asyncio.run(analyzers.run(subject))])
        print(sorted(analyzers.missing()))
    """)
    packages = tmp_path / "packages"
    packages.mkdir()
    for name in ("reviewer", "tests/support"):
        (packages / Path(name).name).symlink_to(Path(__file__).parents[2] / name)
    for distribution in (
        "pydantic",
        "pydantic_core",
        "annotated_types",
        "typing_extensions",
        "typing_inspection",
        "tomli",
    ):
        for file in importlib.metadata.files(distribution):
            top = packages / file.parts[0]
            if ".." not in file.parts and not top.exists():
                top.symlink_to(
                    Path(file.locate()).parents[len(file.parts) - 2]
                    if len(file.parts) > 1
                    else file.locate()
                )
    out = subprocess.run(
        [sys.executable, "-S", "-c", code],
        env={"PYTHONPATH": str(packages), "PATH": str(tmp_path)},  # no compilers
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert out.stderr == ""
    # How to add it: without `site`, that is asked of the Python that this environment was made of.
    hint, *told = out.stdout.splitlines()
    assert hint.endswith(" install 'gemma-reviewer[analyzers]'")
    assert told == [
        f"[('shellcheck', (), \"shellcheck is not installed: {hint}\", ('a.sh',))]",
        (
            "['secrets', 'history', 'conflict', 'unicode', 'dataformats', 'weakened_tests', 'ruff',"
            " 'astgrep', 'still_used', 'ty']"
        ),
        str(sorted(name for name, each in analyzers.ANALYZERS.items() if each.tool)),
    ]


def test_the_time_is_said_in_a_few_digits():
    seconds = (0.0, 0.5, 3.64368, 20.0, 120.0)
    assert [Limits(each).over for each in seconds] == [
        f"stopped after {each} s" for each in ("0", "0.5", "3.6", "20", "120")
    ]


def test_a_limit_that_is_over_is_a_problem_of_the_files(tmp_path):
    results = run(
        change({}, {"a.py": b"x = 1\n", "b.js": b"x\n"}),
        ["ruff", "astgrep", "secrets"],
        timeout=0.0,
    )
    assert results == (
        AnalyzerResult("secrets", (), "secrets: stopped after 0 s", ("a.py", "b.js")),
        AnalyzerResult("ruff", (), "ruff: cannot read a.py (stopped after 0 s)", ("a.py",)),
        AnalyzerResult(
            "astgrep", (), "astgrep: cannot read a.py, b.js (stopped after 0 s)", ("a.py", "b.js")
        ),
    )


def test_what_is_built_once_has_more_time(monkeypatch):
    seen = {}
    monkeypatch.setattr(
        analyzers, "_run_one", lambda name, tool, change, limits: _done(seen, name, limits)
    )
    names = ["astgrep", "gocheck"]
    for most in (0.0, 40.0, 500.0):
        asyncio.run(analyzers.run(EMPTY, names=names, timeout=20, most=most))
        assert seen == {"astgrep": 20, "gocheck": {0.0: 20, 40.0: 40, 500.0: 80}[most]}


async def _done(seen, name, limits):
    seen[name] = limits.seconds
    return AnalyzerResult(name)


def script(path, body):
    path.write_text(f"#!{sys.executable}\n{textwrap.dedent(body)}")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def external_run(program, tmp_path, seconds=5.0):
    return external.run([program], cwd=tmp_path, limits=Limits(seconds), ok=(0, 1), stdin=b"in")


def test_a_program_that_hangs_is_killed_with_its_children(tmp_path):
    child = script(
        tmp_path / "tool",
        f"""
        import os, time
        if os.fork() == 0:
            open({str(tmp_path / "pid")!r}, "w").write(str(os.getpid()))
        time.sleep(60)
        open({str(tmp_path / "end")!r}, "w")
        """,
    )
    with pytest.raises(AnalyzerError) as caught:
        external_run(child, tmp_path, 0.5)
    assert not (tmp_path / "end").exists()  # nobody has waited for it
    assert caught.value.problem == "stopped after 0.5 s"
    assert ends(int((tmp_path / "pid").read_text()))


def test_a_program_that_fails_says_why_on_one_clean_line(tmp_path):
    child = script(
        tmp_path / "tool",
        r"""
        import sys
        sys.stderr.write("first\nthe reason: \x1b[31mred\n")
        sys.exit(3)
        """,
    )
    with pytest.raises(AnalyzerError) as caught:
        external_run(child, tmp_path)
    assert caught.value.problem == "failed with code 3: the reason: \\u{1b}[31mred"


def test_a_program_that_crashes_or_is_not_there_is_a_problem(tmp_path):
    child = script(tmp_path / "tool", "import os; os.abort()")
    with pytest.raises(AnalyzerError, match=r"^crashed with signal 6$"):
        external_run(child, tmp_path)
    with pytest.raises(AnalyzerError, match=r"^does not start: No such file or directory$"):
        external_run(tmp_path / "absent", tmp_path)


def test_a_program_gets_no_variable_that_could_configure_it(tmp_path, monkeypatch):
    monkeypatch.setenv("RUFF_CONFIG", "/hostile")
    monkeypatch.setenv("PYTHONPATH", "/hostile")
    child = script(tmp_path / "tool", "import os; print(sorted(os.environ))")
    assert (
        external_run(child, tmp_path)
        == b"['APPDATA', 'HOME', 'LANG', 'LC_ALL', 'NO_COLOR', 'PATH', 'TEMP', 'TMPDIR',"
        b" 'USERPROFILE', 'XDG_CACHE_HOME', 'XDG_CONFIG_HOME']\n"
    )


def test_programs_are_those_of_the_environment_and_not_of_the_path(tmp_path, monkeypatch):
    script(tmp_path / "ruff", "raise SystemExit(9)")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    found = external.find("ruff", "ruff")
    assert found is not None
    assert found.is_absolute()
    assert found.parent != tmp_path
    assert external.find("no-such-distribution", "ruff") is None


def test_the_scratch_directory_is_gone_afterwards():
    with tree.scratch() as folder:
        assert folder.is_dir()
        assert os.listdir(folder) == []  # noqa: PTH208
    assert not folder.exists()


def test_cancelling_leaves_no_analyzer_waiting():
    """Whatever it hangs on: here on a file that does not come."""
    reading, come = threading.Event(), threading.Event()

    def read(path, side):
        reading.set()
        come.wait(60)

    async def interrupted():
        stuck = dataclasses.replace(change({}, {"a.toml": b"x = 1\n"}), read=read)
        work = asyncio.ensure_future(analyzers.run(stuck, names=("dataformats",)))
        assert await asyncio.to_thread(reading.wait, 20)
        (waiting,) = asyncio.all_tasks() - {asyncio.current_task(), work}
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        await asyncio.wait({waiting})
        return waiting.cancelled()

    try:
        assert asyncio.run(interrupted())
        assert not come.is_set()
    finally:
        come.set()


def test_no_message_quotes_a_credential():
    token = "ghp_" + "Zq3Xv9Lk2Wm7Rt5Yp8Nb4Hc6Jd1Fg0SaQeUi"
    head = {
        "a.py": (
            f"def f(x: int): ...\n\n\nf('{token}')\n'%d' % '{token}'\nx = {{'{token}': 1,"
            f" '{token}': 2}}\n".encode()
        )
    }
    results = run(change({}, head))
    assert {hit.rule for result in results for hit in result.evidence} >= {
        "invalid-argument-type",
        "F601",
        "github-token",
    }
    assert token not in repr(results)


def test_what_a_compiler_reports_is_not_reported_again(monkeypatch):
    # `unicode` stands for a compiler with the rule of a finding, `conflict` for what yields to it.
    def hit(source, rule, line, *related):
        places = tuple(Place("b.ts", each, each, "too") for each in related)
        return Evidence(source, rule, "a.ts", line, line, "", related=places)

    def results(said):
        found = (hit("conflict", "conflict-marker", 1), hit("conflict", "conflict-marker", 9, 4))
        reports = {"unicode": said, "conflict": found}
        order = []
        for name, evidence in reports.items():
            check = importlib.import_module(f"reviewer.analyzers.{name}")
            result = AnalyzerResult(name, evidence)
            monkeypatch.setattr(check, "check", lambda change, limits, result=result: result)
        kept = run(EMPTY, ["unicode", "conflict"], report=lambda each: order.append(each.analyzer))
        assert order == ["unicode", "conflict"]
        return [each.start for each in kept[0].evidence]

    compiler = dataclasses.replace(
        analyzers.ANALYZERS["unicode"], tool=registry.Tool("", sys.executable, get="install it")
    )
    yielding = dataclasses.replace(analyzers.ANALYZERS["conflict"], yields=True)
    listed = analyzers.ANALYZERS | {"unicode": compiler, "conflict": yielding}
    monkeypatch.setattr(analyzers, "ANALYZERS", listed)
    assert results((hit("unicode", "invisible", 1),)) == [9]
    assert results((hit("unicode", "invisible", 2, 4),)) == [1]  # one cause, another place of it
    assert results((hit("unicode", "a-hint", 1),)) == [1, 9]
    assert results(()) == [1, 9]
