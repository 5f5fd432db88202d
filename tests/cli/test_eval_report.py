"""reviewer eval report and reviewer eval compare, as the user calls them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.eval_results import defect, finding, header, known_run, result, write

from reviewer import cli
from reviewer.installer import installed_by
from reviewer.lab.evals.compare import Comparison
from reviewer.lab.evals.metrics import Rules
from reviewer.lab.evals.report import report
from reviewer.lab.evals.report_html import page
from reviewer.lab.evals.report_model import Report

GOLDEN = Path(__file__).parents[1] / "lab" / "evals" / "golden"


@pytest.fixture
def run_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return write(Path("run.jsonl"), *known_run())


def called(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        cli.main(["eval", *args])
    out, err = capsys.readouterr()
    assert isinstance(ended.value.code, int)
    return ended.value.code, out, err


def test_the_report_as_text(run_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    golden = (GOLDEN / "report.txt").read_text("utf-8")
    assert called(capsys, "report", "run.jsonl") == (0, golden, "")
    assert called(capsys, "report", "run.jsonl", "run.jsonl") == (0, f"{golden}\n{golden}", "")


def test_the_report_as_json(run_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = called(
        capsys,
        "report",
        "run.jsonl",
        "--format",
        "json",
        "--tolerance",
        "10",
        "--min-severity",
        "info",
    )
    made = [Report.model_validate(each) for each in json.loads(out)["reports"]]
    assert (code, err) == (0, "")
    assert made == [report(*known_run(), Rules(10, "info"))]


def test_the_page(run_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = called(capsys, "report", "run.jsonl", "--html", "page.html")
    assert (code, out, err) == (0, (GOLDEN / "report.txt").read_text("utf-8"), "")
    assert Path("page.html").read_text("utf-8") == page([report(*known_run(), Rules())])
    code, out, err = called(capsys, "report", "run.jsonl", "--html", "none/page.html")
    assert (code, out) == (2, "")
    assert (
        err
        == "reviewer: cannot write none/page.html: No such file or directory; give another --html"
        " FILE\n"
    )


def test_a_run_that_was_killed_is_reported_as_far_as_it_got(
    run_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_file.write_bytes(run_file.read_bytes()[:-10])
    code, out, err = called(capsys, "report", "run.jsonl")
    assert code == 0
    assert "cases     7 from cases.jsonl, 7 reviews" in out
    assert (
        err == "reviewer: the last line of run.jsonl is cut off and was ignored: "
        "finish the run with reviewer eval run --resume\n"
    )


def test_results_of_an_older_version_of_a_case_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write(
        Path("run.jsonl"),
        header(),
        [result("a", digest="sha256:old"), result("a", [defect(1)], [finding(1)])],
    )
    code, out, err = called(capsys, "report", "run.jsonl")
    assert code == 0
    assert "1 of 1 known defects" in out
    assert (
        err == "reviewer: ignored 1 result in run.jsonl that later results of the same cases"
        " replace\n"
    )


def test_the_comparison(run_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    results = known_run()[1]
    other = [each.model_copy(update={"findings": each.findings[1:]}) for each in results[:-1]]
    write(
        Path("b.jsonl"), header(name="one finding less", effort="fast", model_role="smoke"), other
    )
    golden = (GOLDEN / "comparison.txt").read_text("utf-8")
    assert called(capsys, "compare", "run.jsonl", "b.jsonl") == (0, golden, "")
    code, out, err = called(capsys, "compare", "run.jsonl", "b.jsonl", "--format", "json")
    assert (code, err) == (0, "")
    assert Comparison.model_validate_json(out).defects.only_a == 2


def test_runs_with_nothing_in_common_are_refused(
    run_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(Path("b.jsonl"), header(), [result("other")])
    code, out, err = called(capsys, "compare", "run.jsonl", "b.jsonl")
    assert (code, out) == (2, "")
    assert (
        err
        == "reviewer: the runs have no complete case in common (8 only in a, 1 only in b): run both"
        " over the same cases\n"
    )


def test_another_file_is_refused(run_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("other.jsonl").write_text("{}\n", encoding="utf-8")
    code, out, err = called(capsys, "report", "run.jsonl", "other.jsonl")
    assert (code, out) == (2, "")
    assert err.startswith("reviewer: other.jsonl:1 is not a line of a results file: ")
    assert called(capsys, "report")[0] == 2


def test_the_text_report_does_without_matplotlib(run_file: Path) -> None:
    program = (
        "import sys; sys.modules['matplotlib'] = None\n"
        "from reviewer import cli; cli.main(['eval', 'report', 'run.jsonl', *sys.argv[1:]])"
    )

    def ran(*args: str) -> subprocess.CompletedProcess[str]:
        env = {**os.environ, "PYTHONPATH": str(Path(cli.__file__).parents[2])}
        return subprocess.run(
            [sys.executable, "-c", program, *args], env=env, capture_output=True, text=True
        )

    text = ran()
    assert (text.returncode, text.stdout, text.stderr) == (
        0,
        (GOLDEN / "report.txt").read_text("utf-8"),
        "",
    )
    told = ran("--html", "page.html")
    assert (told.returncode, told.stdout) == (2, "")
    assert (
        told.stderr
        == f"reviewer: plots need matplotlib: {installed_by().hint('eval')}, or leave out --html\n"
    )
    assert not Path("page.html").exists()


def test_a_page_never_takes_the_place_of_a_run(
    run_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = run_file.read_bytes()
    said = "reviewer: --html ./run.jsonl is one of the runs: give another --html FILE\n".replace(
        "./", ""
    )
    assert called(capsys, "report", "run.jsonl", "--html", "./run.jsonl") == (2, "", said)
    assert run_file.read_bytes() == before
