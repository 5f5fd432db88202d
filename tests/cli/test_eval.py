"""`reviewer eval run` and `reviewer eval import` as a user calls them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from support import forked
from support.eval_cases import RIGHT, results, tree, write
from support.server import Server

from reviewer.lab.evals.results import Header

# A conflict marker is what an analyzer sees; the case is about something else, which none of them
# does.
MARKED = tree(
    "marked",
    head=RIGHT + "<<<<<<< ours\n",
    defects=[{"file": "total.py", "start_line": 3, "end_line": 3}],
)


@pytest.fixture
def call(tmp_path):
    """(exit code, stdout, stderr) of `reviewer eval ARGS` for a user who has nothing."""

    def environment():
        kept = {"PATH": os.environ["PATH"], "HOME": str(tmp_path / "home"), "LC_ALL": "C.UTF-8"}
        return {**kept, "REVIEWER_STATE_DIR": str(tmp_path / "state")}

    def start(*args):
        command = [sys.executable, "-m", "reviewer", "eval", *map(str, args)]
        return subprocess.Popen(
            command,
            cwd=tmp_path,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(*args):
        done = forked.run("eval", *map(str, args), cwd=tmp_path, env=environment(), timeout=120)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    run.start = start
    return run


def test_analyzers_alone_are_measured(tmp_path, call):
    write(tmp_path / "c.jsonl", MARKED, tree("quiet", kind="clean", head=RIGHT + "\nX = 1\n"))
    code, out, err = call(
        "run", "c.jsonl", "-o", "run.jsonl", "--no-model", "--jobs", "1", "--analyzers", "conflict"
    )
    assert (code, out) == (0, "2 cases run, 0 kept, 0 could not be run, 1 finding: run.jsonl\n")
    assert [line.rpartition(",")[0] for line in err.splitlines()] == [
        "1/2 marked: 1 finding",
        "2/2 quiet: 0 findings",
    ]
    marked, quiet = results(tmp_path / "run.jsonl")
    assert [(each.source, each.start_line, each.severity) for each in marked.findings] == [
        ("analyzer:conflict", 3, "major")
    ]
    assert (quiet.findings, quiet.replies) == ((), 0)
    header = Header.model_validate_json((tmp_path / "run.jsonl").read_text().splitlines()[0])
    assert (header.name, header.engine, header.model_role, header.cases) == (
        "run",
        "none",
        "none",
        "c.jsonl",
    )
    assert not (tmp_path / "state").exists()


def test_cases_that_cannot_be_run_are_named_and_the_code_says_so(tmp_path, call):
    source = {"kind": "clone", "path": "\x1b[31mnone", "base": "a", "head": "b"}
    write(tmp_path / "c.jsonl", MARKED, tree("gone", source=source))
    code, out, err = call(
        "run", "c.jsonl", "-o", "run.jsonl", "--no-model", "--quiet", "--only", "gone"
    )
    assert (code, out) == (3, "1 case run, 0 kept, 1 could not be run, 0 findings: run.jsonl\n")
    assert err == "reviewer: gone could not be run: no clone at \\u{1b}[31mnone\n"


def test_a_run_that_is_killed_goes_on_without_repeating_what_is_finished(tmp_path, call):
    cases = [tree(f"case-{number}", head=RIGHT + "<<<<<<< ours\n") for number in range(6)]
    names = [f"case-{number}" for number in range(6)]
    write(tmp_path / "c.jsonl", *cases)
    out = tmp_path / "run.jsonl"
    args = (
        "run",
        "c.jsonl",
        "-o",
        "run.jsonl",
        "--no-model",
        "--jobs",
        "1",
        "--analyzers",
        "conflict",
    )
    process = call.start(*args)
    deadline = time.monotonic() + 60
    while not (out.exists() and out.read_bytes().count(b"\n") >= 3) and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    kept = out.read_bytes()
    done = kept.count(b"\n") - 1
    assert 2 <= done < 6
    out.write_bytes(kept + b'{"type":"result","case":"case-')  # what a power cut leaves behind
    assert call(*args)[0] == 2
    code, said, _ = call(*args, "--resume")
    left = 6 - done
    cases = f"{left} case{'s' * (left != 1)}"
    assert (code, said) == (
        0,
        f"{cases} run, {done} kept, 0 could not be run, {left} findings: run.jsonl\n",
    )
    assert [each.case for each in results(out)] == names
    assert out.read_bytes().startswith(kept[: kept.rfind(b"\n") + 1])


def test_ctrl_c_keeps_what_is_finished(tmp_path, call):
    write(tmp_path / "c.jsonl", *(tree(f"case-{number}") for number in range(40)))
    process = call.start("run", "c.jsonl", "-o", "run.jsonl", "--no-model", "--jobs", "1")
    process.stderr.readline()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    done = len(results(tmp_path / "run.jsonl"))
    assert (process.returncode, err.splitlines()[-1]) == (
        130,
        f"reviewer: interrupted after {done} of 40: continue with --resume",
    )
    assert 1 <= done < 40


def test_an_engine_that_is_down_ends_the_run_with_4(tmp_path, call):
    write(tmp_path / "c.jsonl", MARKED)
    with Server() as server:
        address = server.url
    code, out, err = call(
        "run", "c.jsonl", "-o", "run.jsonl", "--endpoint", address, "--model", "m"
    )
    assert (code, out) == (4, "")
    assert err.count("\n") == 1
    assert err.startswith("reviewer: ")
    assert not (tmp_path / "run.jsonl").exists()


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("run", "c.jsonl"), "Missing option '-o' / '--output'; see: reviewer eval run --help"),
        (
            ("run", "none", "-o", "r"),
            "no cases at none: name a JSON-lines file, or a folder that contains case.json",
        ),
        (
            ("run", "c.jsonl", "-o", "r", "--only", "x"),
            "--only x: no case has that id, tag or language",
        ),
        (
            ("run", "c.jsonl", "-o", "r", "--no-model", "--no-analyzers"),
            "--no-model and --no-analyzers exclude each other: nothing could review the change",
        ),
        (("run", "bad.jsonl", "-o", "r"), "bad.jsonl:1: id: Field required"),
        (
            ("import", "sarif", "c.jsonl", "-o", "r"),
            "sarif needs --base and --clone and --head: see reviewer eval import --help",
        ),
        (
            ("import", "fixes", "-o", "r"),
            "fixes needs --clone and --fix: see reviewer eval import --help",
        ),
    ],
)
def test_what_is_wrong_is_one_line_and_2(tmp_path, call, args, said):
    write(tmp_path / "c.jsonl", MARKED)
    (tmp_path / "bad.jsonl").write_text("{}\n")
    assert call(*args) == (2, "", f"reviewer: {said}\n")


def test_an_import_says_what_came_of_it(tmp_path, call):
    row = {
        "task_id": "Python/1",
        "prompt": "def one():\n",
        "canonical_solution": "    return 1\n",
        "buggy_solution": "    return 2\n",
        "test": "assert one() == 1\n",
    }
    rows = [row, {**row, "task_id": "Go/2"}, {**row, "task_id": "Ada/\x1b3"}]
    (tmp_path / "p.jsonl").write_text("".join(json.dumps(each) + "\n" for each in rows))
    code, out, err = call("import", "humanevalpack", "p.jsonl", "-o", "cases.jsonl")
    assert (code, out) == (0, "2 cases: 2 with defects, 0 clean, 1 with tests: cases.jsonl\n")
    assert err == "left out 1: unsupported language (Ada/\\u{1b}3)\n"
    assert call("import", "humanevalpack", "p.jsonl", "-o", "one.jsonl", "--limit", "1")[
        1
    ].startswith("1 case: 1 with")
    assert call("run", "cases.jsonl", "-o", "r.jsonl", "--no-model", "--run-tests", "-q")[0] == 0
    assert [each.tests_confirmed for each in results(tmp_path / "r.jsonl")] == [None, True]


def test_the_commands_of_the_group(call):
    code, out, _ = call("--help")
    assert code == 0
    assert {"run", "import", "report", "compare"} <= {
        line.split()[0] for line in out.splitlines() if line.strip()
    }


def test_an_import_never_takes_the_place_of_what_it_reads(tmp_path, call):
    write(tmp_path / "c.jsonl", MARKED)
    before = (tmp_path / "c.jsonl").read_bytes()
    said = "reviewer: -o c.jsonl is the file to import: give another -o FILE\n"
    assert call("import", "humanevalpack", "c.jsonl", "-o", "c.jsonl") == (2, "", said)
    said = (
        "reviewer: no row became a case, so d.jsonl was not written: see what was left out and"
        " why\n"
    )
    code, out, err = call("import", "humanevalpack", "c.jsonl", "-o", "d.jsonl")
    assert (code, out, err) == (2, "", "left out 1: the row has no task_id (line 1)\n" + said)
    assert (tmp_path / "c.jsonl").read_bytes() == before
    assert not (tmp_path / "d.jsonl").exists()


def test_with_repeats_it_is_reviews_that_are_counted(tmp_path, call):
    write(tmp_path / "c.jsonl", MARKED)
    code, out, _ = call("run", "c.jsonl", "-o", "r.jsonl", "--no-model", "--repeats", "2", "-q")
    assert (code, out.partition(",")[0]) == (0, "2 reviews run")
