"""reviewer eval mutate, as the user calls it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from support.mutating import COMMAND, shop
from support.repo import Repo

from reviewer import cli
from reviewer.lab.evals.load import load

TABLE = """\
operator            made  tried  killed  survived  timeout  refused   kept
boundary               1      1       0         1        0        0      0
arithmetic             1      1       1         0        0        0      1
negated-condition      1      1       1         0        0        0      1
off-by-one             1      0       0         0        0        0      0
all                    4      3       2         1        0        0      2
"""


def called(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        cli.main(["eval", "mutate", *args])
    out, err = capsys.readouterr()
    assert isinstance(ended.value.code, int)
    return ended.value.code, out, err


def test_the_table_and_the_cases(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    repo, (_, second, *_) = shop(tmp_path)
    monkeypatch.chdir(repo.path / "shop")  # as from anywhere in the repository
    code, out, err = called(
        capsys,
        "-o",
        "../../cases.jsonl",
        "--test-command",
        COMMAND,
        "--paths",
        "./shop/price.py",
        "--clean",
        "1",
    )
    assert (code, out) == (0, TABLE + "2 cases with a defect, 1 clean: ../../cases.jsonl\n")
    assert (
        err == "the test command, without a mutant\n"
        "0/20 shop/price.py:5 boundary: survived\n"
        "1/20 shop/price.py:4 arithmetic: killed\n"
        "2/20 shop/price.py:5 negated-condition: killed\n"
    )
    assert [loaded.case.id for loaded in load(tmp_path / "cases.jsonl")] == [
        f"shop-{second[:10]}-{rest}"
        for rest in ("shop-price-4-arithmetic", "shop-price-5-negated-condition", "clean")
    ]


def test_a_folder_of_cases_that_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    repo, (_, second, *_) = shop(tmp_path)
    given = [
        "-o",
        str(tmp_path / "cases"),
        "--test-command",
        COMMAND,
        "--limit",
        "1",
        "--paths",
        "shop/price.py",
    ]
    code, out, err = called(capsys, str(repo.path), *given, "-q")
    name = f"shop-{second[:10]}-shop-price-4-arithmetic"
    assert (code, err) == (0, "")
    assert out.endswith(f"1 case with a defect, 0 clean: {tmp_path / 'cases'}\n")
    assert sorted(path.name for path in (tmp_path / "cases" / name).iterdir()) == [
        "base",
        "case.json",
        "head",
    ]
    with pytest.raises(SystemExit) as ended:
        cli.main(
            [
                "eval",
                "run",
                str(tmp_path / "cases"),
                "-o",
                str(tmp_path / "run.jsonl"),
                "--no-model",
                "--analyzers",
                "ruff",
                "--run-tests",
            ]
        )
    assert ended.value.code == 0
    assert ", tests see the defect" in capsys.readouterr().err
    assert called(capsys, str(repo.path), *given) == (
        2,
        "",
        (f"reviewer: {tmp_path / 'cases'} is not empty: give -o a new folder, or a .jsonl file\n"),
    )


def test_no_mutant_is_killed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    repo, _ = shop(tmp_path)
    code, out, err = called(
        capsys,
        str(repo.path),
        "-o",
        str(tmp_path / "cases.jsonl"),
        "--test-command",
        "true",
        "--paths",
        "shop/tax.py",
        "-q",
    )
    assert (code, out.splitlines()[-1]) == (
        3,
        "0 cases with a defect, 0 clean: nothing was written",
    )
    assert (
        err == "reviewer: no mutant was killed: make sure that the tests import the code from the"
        " working directory (for example with PYTHONPATH=src), not from an installed package\n"
    )
    code, _, err = called(
        capsys,
        str(repo.path),
        "-o",
        str(tmp_path / "cases.jsonl"),
        "--test-command",
        "true",
        "--paths",
        "shop/__init__.py",
        "-q",
    )
    assert (code, err) == (
        3,
        (
            "reviewer: no mutant could be tried: raise --commits, or give --paths of code that the"
            " tests run\n"
        ),
    )
    assert not (tmp_path / "cases.jsonl").exists()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            ["-o", "none/cases.jsonl"],
            "cannot write none/cases.jsonl: its parent folder does not exist",
        ),
        (["-o", "shop.jsonl"], "shop.jsonl is a folder: give -o FILE.jsonl or a new folder"),
        (
            ["-o", "cases.jsonl"],
            (
                "--test-command does not pass without a mutant (exit code 1): it runs at the top of"
                " a copy of the committed text files and must end with 0 there"
            ),
        ),
    ],
)
def test_errors(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    given: list[str],
    said: str,
) -> None:
    repo, _ = shop(tmp_path)
    (tmp_path / "shop.jsonl").mkdir()
    monkeypatch.chdir(tmp_path)
    assert called(capsys, str(repo.path), *given, "--test-command", "false", "-q") == (
        2,
        "",
        f"reviewer: {said}\n",
    )


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interrupted_it_keeps_what_it_has(
    tmp_path: Path, number: signal.Signals, code: int
) -> None:
    """The second mutant never ends: the signal comes while its tests run."""
    repo = Repo(tmp_path / "loop", tmp_path / "home")
    repo.commit(
        {
            "down.py": (
                "def down(n, m):\n    n = n + m\n    while n > 0:\n        n -= 1\n    return n\n"
            ),
            "check_test.py": (
                "from down import down\n\nassert down(2, 3) == 0 and down(2, -3) == -1\n"
            ),
        }
    )
    argv = [
        sys.executable,
        "-m",
        "reviewer",
        "eval",
        "mutate",
        str(repo.path),
        "-o",
        str(tmp_path / "cases.jsonl"),
        "--test-command",
        "{python} check_test.py",
        "--paths",
        "down.py",
    ]
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(
        argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("1/20 "):
                break
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
    assert process.returncode == code
    assert out.splitlines()[-1] == f"1 case with a defect, 0 clean: {tmp_path / 'cases.jsonl'}"
    assert err.splitlines()[-1] == "reviewer: interrupted after 1 case"
    assert len(load(tmp_path / "cases.jsonl")) == 1
