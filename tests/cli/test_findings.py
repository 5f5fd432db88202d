"""reviewer findings and reviewer stats, as the user calls them."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from support.memory import PLACE, judged, path_in, record
from support.repo import Repo

from reviewer import cli, memory
from reviewer.memory import history
from reviewer.memory.records import HistoryKey
from reviewer.messages import Usage

A, B, C = "00000000000a", "00000000000b", "00000000000c"


@pytest.fixture
def repo(tmp_path, monkeypatch):
    made = Repo(tmp_path / "repo", tmp_path / "home")
    made.commit({"a.py": "a = 1\n"})
    monkeypatch.chdir(made.path)
    return made


def store(now=1000.0):
    return memory.open_store(os.environ, clock=lambda: now)


@pytest.fixture
def place(repo):
    """Two runs: 0xc was fixed between them, 0xa is open, 0xb new."""
    made = HistoryKey(memory.repository_key(repo.path / ".git"), PLACE.scope)
    usage = Usage(2, 100, 50, 10)
    with store(0.0) as opened:
        history.record_run(opened, made, record(judged(10), judged(12), usage=usage, misses=2))
    with store() as opened:
        history.record_run(
            opened,
            made,
            record(
                judged(10),
                judged(11, "dir/b.py", severity="critical", title="Evil \x1b[31m\u202e title"),
                hits=3,
                misses=1,
                saved_tokens=330,
                saved_seconds=4.2,
            ),
        )
    return made


@pytest.fixture
def run(capsys):
    def call(*arguments):
        with pytest.raises(SystemExit) as end:
            cli.main(arguments)
        out, err = capsys.readouterr()
        return end.value.code, out, err

    return call


def test_list(place, run):
    first = f"{B}  critical  new   dir/b.py:3  Evil \\u{{1b}}[31m\\u{{202e}} title\n"
    assert run("findings", "list") == (
        0,
        f"{first}{A}  major     open  a.py:3      Problem 10\n",
        "",
    )
    code, out, _ = run("findings", "list", "--all")
    assert (code, out.splitlines()[2]) == (0, f"{C}  major     fixed  a.py:3      Problem 12")


def test_list_as_json(place, run):
    run("findings", "dismiss", A, "--reason", "fine")
    report = json.loads(run("findings", "list", "--all", "--format", "json")[1])
    assert report["otherDismissals"] == []
    rows = [
        (each["id"], each["state"], each["firstSeen"], each["lastSeen"])
        for each in report["findings"]
    ]
    assert rows == [
        (B, "new", "1970-01-01T00:16:40Z", "1970-01-01T00:16:40Z"),
        (A, "dismissed", "1970-01-01T00:00:00Z", "1970-01-01T00:16:40Z"),
        (C, "fixed", "1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"),
    ]
    decision = report["findings"][1]["dismissal"]
    assert {**decision, "at": ""} == {
        "id": A,
        "fileName": "a.py",
        "title": "Problem 10",
        "reason": "fine",
        "at": "",
    }
    assert report["findings"][0]["fileName"] == "dir/b.py"


def test_nothing_yet(repo, run):
    said = (
        "No findings recorded here: run `reviewer` to review the change and record its findings.\n"
    )
    assert run("findings", "list") == (0, said, "")
    assert json.loads(run("findings", "list", "--format", "json")[1]) == {
        "findings": [],
        "otherDismissals": [],
    }


def test_a_run_that_found_nothing_is_no_missing_run(place, run):
    with store() as opened:
        history.record_run(opened, place, record())
    said = "No finding in the last run here; --all adds earlier runs\n"
    assert run("findings", "list") == (0, said, "")


def test_show(place, run):
    code, out, err = run("findings", "show", B)
    assert (code, err) == (0, "")
    assert "Evil \\u{1b}[31m\\u{202e} title" in out
    assert "  state   new; first seen 1970-01-01T00:16:40Z, last seen 1970-01-01T00:16:40Z\n" in out
    assert out.endswith(f"  id      {B}\n")
    assert json.loads(run("findings", "show", B, "--format", "json")[1])["id"] == B


def test_the_id_of_another_place_leads_to_the_finding(place, repo, run):
    both = judged(13, places=[(14, "b.py"), (15, "c.py")])
    with store() as opened:
        history.record_run(opened, place, record(judged(11, "dir/b.py"), both))
    own, other, third = (f"{number:012x}" for number in (13, 14, 15))
    said = f"reviewer: {other} is another place of {own} (a.py:3)\n"
    code, out, err = run("findings", "show", other)
    assert (code, err) == (0, said)
    assert "also at b.py:3, c.py:3\n" in out
    baseline = repo.path / "base"
    run("findings", "list", "--all", "--baseline", str(baseline))
    entries = map(json.loads, baseline.read_text().splitlines())
    assert [(each["id"], each["path"], each["title"]) for each in entries] == [
        (B, "dir/b.py", "Problem 11"),
        (own, "a.py", "Problem 13"),
        (other, "b.py", "Problem 13"),
        (third, "c.py", "Problem 13"),
    ]
    assert run("findings", "dismiss", other, "--reason", "fine") == (
        0,
        f"dismissed {own} (Problem 13)\n",
        said,
    )
    report = json.loads(run("findings", "list", "--all", "--format", "json")[1])
    states = {each["id"]: each["state"] for each in report["findings"]}
    assert (states[own], report["otherDismissals"]) == ("dismissed", [])
    assert run("findings", "reopen", third) == (0, f"reopened {third}\n", "")
    assert run("findings", "list")[1].splitlines()[0] == (
        f"{own}  major  new   a.py:3      Problem 13 (and 2 more places)"
    )


def test_dismiss_show_reopen(place, run):
    assert run("findings", "dismiss", A, "--reason", "it is\x1b[2J fine") == (
        0,
        f"dismissed {A} (Problem 10)\n",
        "",
    )
    out = run("findings", "show", A)[1]
    assert "  state   dismissed; first seen" in out
    assert ": it is\\u{1b}[2J fine\n" in out
    assert [line.split()[:3] for line in run("findings", "list")[1].splitlines()] == [
        [B, "critical", "new"],
        [A, "major", "dismissed"],
    ]
    assert run("findings", "reopen", A, "--format", "json") == (
        0,
        f'{{"id": "{A}", "state": "open"}}\n',
        "",
    )
    assert run("findings", "reopen", A)[0] == 2
    assert json.loads(run("findings", "dismiss", A, "--reason", "r", "--format", "json")[1]) == {
        "id": A,
        "state": "dismissed",
        "reason": "r",
    }


def test_filters(place, run):
    """All have to agree; of several values of one, any will do."""

    def listed(*options):
        out = run("findings", "list", *options)[1]
        return [line[11] for line in out.splitlines() if line.startswith("0000")]

    with store() as opened:
        ruff = judged(13, source="analyzer:ruff", rule="F401", severity="trivial", by="ruff")
        both = judged(14, "tests/c.py", places=[(15, "src/d.py")], category="stability")
        history.record_run(opened, place, record(judged(10), judged(11, "dir/b.py"), ruff, both))
    run("findings", "dismiss", A, "--reason", "fine")
    assert [
        listed(),
        listed("--severity", "major"),
        listed("--file", "dir/"),
        listed("--file", "dir/", "--file", "*.py", "--file", "!a.py"),
        listed("--file", "src/**"),
        listed("--rule", "ruff/F401"),
        listed("--rule", "F401", "--rule", "model/stability"),
        listed("--rule", "model", "--file", "a.py"),
        listed("--category", "stability"),
        listed("--state", "dismissed"),
        listed("--state", "dismissed", "--state", "fixed"),
    ] == [
        list("abed"),
        list("abe"),
        list("b"),
        list("be"),
        list("e"),
        list("d"),
        list("ed"),
        list("a"),
        list("e"),
        list("a"),
        list("ac"),
    ]
    report = json.loads(run("findings", "list", "--rule", "ruff", "--format", "json")[1])
    assert [each["rule"] for each in report["findings"]] == ["F401"]


def test_filters_that_match_nothing_say_what_there_is(place, run):
    assert run("findings", "list", "--rule", "ruff/\x1b[2J*", "--severity", "minor") == (
        0,
        "No finding to list: none of the 2 findings matches --rule ruff/\\u{1b}[2J*; there is:"
        "\nmodel/security (2); --all adds earlier runs\n",
        "",
    )
    assert run("findings", "list", "--all", "--state", "fixed", "--severity", "critical")[1] == (
        "No finding to list: none of the 3 findings matches --severity critical and --state fixed"
        "\nat once: drop one of them\n"
    )
    assert run("findings", "list", "--file", "!") == (
        2,
        "",
        "reviewer: --file: there is nothing after the !\n",
    )
    assert run("findings", "list", "--file", "a", "--baseline", "b.jsonl")[0] == 2


def test_titles_stand_below_where_there_is_no_room(place, run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    with store() as opened:
        deep = judged(16, f"{'long/' * 12}e.py", title="A problem " * 9)
        history.record_run(opened, place, record(judged(10), deep))
    lines = run("findings", "list")[1].splitlines()
    assert lines == [
        f"{A}  major  open  a.py:3",
        "              Problem 10",
        "000000000010  major  new   long/long/long/long/long/long/lo…",
        "              A problem A problem A problem A problem A pro…",
    ]
    assert max(map(len, lines)) == 60


def test_many_are_decided_at_once(place, run):
    dismissed = f"dismissed {B} (Evil \\u{{1b}}[31m\\u{{202e}} title)\ndismissed {A} (Problem 10)\n"
    assert run("findings", "dismiss", B, A[:-1] + "a", B, "--reason", "r") == (0, dismissed, "")
    assert run("findings", "reopen", A, B) == (0, f"reopened {A}\nreopened {B}\n", "")
    code, out, err = run("findings", "dismiss", A, "f00", "--reason", "r")
    assert (code, out) == (2, "")
    assert "no finding f00 is recorded here" in err
    assert run("findings", "list", "--state", "dismissed")[1].startswith("No finding to list")


def test_what_a_filter_matches_is_shown_and_asked_about(place, run):
    code, out, err = run("findings", "dismiss", "--rule", "model", "--reason", "r")
    assert (code, out) == (2, "")
    assert err.splitlines() == [
        f"{B}  critical  new   dir/b.py:3  Evil \\u{{1b}}[31m\\u{{202e}} title",
        f"{A}  major     open  a.py:3      Problem 10",
        "reviewer: 2 findings match: give --yes to dismiss them all, or ids to dismiss some",
    ]
    one = ("findings", "dismiss", "--file", "dir/", "--reason", "r")
    assert run(*one)[0::2] == (0, "")
    assert run(*one) == (
        2,
        "",
        "reviewer: the only finding does not match --file dir/; there is: a.py (1); see `reviewer"
        " findings list`\n",
    )
    answer = run(
        "findings", "dismiss", "--rule", "model", "--reason", "r", "--yes", "--format", "json"
    )
    assert json.loads(answer[1]) == {"findings": [{"id": A, "state": "dismissed", "reason": "r"}]}
    assert run("findings", "dismiss", "--rule", "model", "--reason", "r")[2] == (
        "reviewer: no undecided finding is recorded here; see `reviewer findings list`\n"
    )
    assert run("findings", "reopen", "--rule", "model", "--yes")[1] == (
        f"reopened {B}\nreopened {A}\n"
    )


def test_what_is_decided_must_be_named(place, run):
    for verb, more in (("dismiss", ("--reason", "r")), ("reopen", ())):
        assert run("findings", verb, *more) == (
            2,
            "",
            f"reviewer: nothing to {verb} was named: give ids (see `reviewer findings list`), or a"
            " filter such as --rule or --file\n",
        )
        assert run("findings", verb, A, "--rule", "model", *more)[2] == (
            "reviewer: give either ids or filters, not both\n"
        )


def test_a_dismissal_is_reopened_once_by_two_of_its_places(place, run):
    with store() as opened:
        history.record_run(opened, place, record(judged(13, places=[(14, "b.py")])))
    own, other = "00000000000d", "00000000000e"
    run("findings", "dismiss", own, "--reason", "r")
    assert run("findings", "reopen", own, other) == (0, f"reopened {other}\n", "")


def test_short_and_unknown_ids(place, run):
    said = f"reviewer: 0000 is ambiguous: 3 ids begin with it ({A}, {B}, {C}); give more digits\n"
    assert run("findings", "show", "0000") == (2, "", said)
    for name in ("f", "", "\x1b[2J"):
        code, out, err = run("findings", "dismiss", name, "--reason", "r")
        assert (code, out) == (2, "")
        assert err.endswith("is recorded here: see `reviewer findings list --all`\n")
        assert "\x1b" not in err
    assert run("findings", "dismiss", A, "--reason", " ")[0] == 2
    assert run("findings", "dismiss", A)[0] == 2


def test_the_baseline_grows(place, run, repo):
    run("findings", "dismiss", A, "--reason", "fine")
    assert (
        run("findings", "list", "--baseline", "base.jsonl")[2]
        == "1 dismissal in base.jsonl: commit it\n"
    )
    run("findings", "reopen", A)
    run("findings", "dismiss", B, "--reason", "mine")
    assert (
        run("findings", "list", "--all", "--baseline", "base.jsonl")[2]
        == "2 dismissals in base.jsonl: commit it\n"
    )
    read = memory.parse_baseline((repo.path / "base.jsonl").read_bytes())
    assert [(each.id, each.reason) for each in read.entries] == [
        (A, "present when the baseline was made"),
        (B, "mine"),
    ]
    repo.write("base.jsonl", "something else\n")
    code, _, err = run("findings", "list", "--baseline", "base.jsonl")
    assert (code, err) == (
        2,
        "reviewer: --baseline: base.jsonl has 1 line that cannot be read as dismissals: correct or"
        " remove them\n",
    )
    assert (repo.path / "base.jsonl").read_text() == "something else\n"
    assert run("findings", "list", "--baseline", "no/such/dir")[0] == 2


def test_clear_needs_a_yes(place, run):
    run("findings", "dismiss", A, "--reason", "fine")
    assert run("findings", "clear") == (
        2,
        "",
        "reviewer: nothing was deleted: give --yes to delete the history of this repository\n",
    )
    assert len(run("findings", "list", "--all")[1].splitlines()) == 3
    assert run("findings", "clear", "--yes") == (
        0,
        "deleted the history of this repository (3 findings)\n",
        "",
    )
    report = json.loads(run("findings", "list", "--all", "--format", "json")[1])
    assert (report["findings"], [each["id"] for each in report["otherDismissals"]]) == ([], [A])
    assert (
        run("findings", "clear", "--yes", "--dismissals", "--cache", "--format", "json")[1]
        == '{"removed": 0}\n'
    )
    assert (
        json.loads(run("findings", "list", "--all", "--format", "json")[1])["otherDismissals"] == []
    )


@pytest.mark.parametrize(
    ("answer", "code", "left"), [(b"n\n", 130, 3), (b"y\n", 0, 0), (b"\x04", 130, 3)]
)
def test_clear_asks_on_a_terminal(place, run, root, repo, answer, code, left):
    ours, theirs = os.openpty()
    environ = os.environ | {"PYTHONPATH": str(root)}
    with subprocess.Popen(
        [sys.executable, "-m", "reviewer", "findings", "clear"],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=repo.path,
        env=environ,
    ) as process:
        os.write(ours, answer)
        _, err = process.communicate(timeout=30)
    os.close(ours)
    os.close(theirs)
    assert process.returncode == code
    assert err.startswith(b"Delete the history of this repository? [y/N]: ")
    assert (
        len(json.loads(run("findings", "list", "--all", "--format", "json")[1])["findings"]) == left
    )


def test_rows_that_others_have_written_do_no_harm(place, run):
    """What makes no sense is left out."""
    with store() as opened:
        opened.transaction(lambda go: go("UPDATE findings SET fingerprint = 'x' WHERE id = ?", A))
        opened.transaction(lambda go: go("UPDATE findings SET first_seen = -9e99 WHERE id = ?", B))
    code, out, err = run("findings", "list", "--all", "--format", "json")
    assert (code, err) == (0, "")
    assert [each["id"] for each in json.loads(out)["findings"]] == [C]
    assert run("findings", "show", B)[0] == 2
    assert run("findings", "list", "--all", "--baseline", "base.jsonl")[0] == 0


def test_another_repository_has_its_own(place, run, tmp_path, monkeypatch):
    other = Repo(tmp_path / "other", tmp_path / "home")
    other.commit({"a.py": "a = 1\n"})
    monkeypatch.chdir(other.path)
    assert run("findings", "list")[1].startswith("No findings")
    assert run("findings", "show", A)[0] == 2
    assert (
        run("findings", "clear", "--yes")[1]
        == "deleted the history of this repository (0 findings)\n"
    )
    monkeypatch.chdir(tmp_path)
    assert run("findings", "list")[0] == 4


def test_a_memory_that_cannot_be_read_is_an_error(place, run, monkeypatch, tmp_path):
    """An empty list would say that nothing was found."""
    monkeypatch.setenv("REVIEWER_STATE_DIR", str(tmp_path / "state"))
    (tmp_path / "state").mkdir()
    (tmp_path / "state/memory").write_text("in the way")
    for command in (("findings", "list"), ("findings", "clear", "--yes"), ("stats",)):
        code, out, err = run(*command)
        assert (code, out) == (2, "")
        assert (
            err == f"reviewer: the memory is not used: {path_in(tmp_path / 'state')}: File exists; "
            "set REVIEWER_STATE_DIR to a directory on a local disk\n"
        )


def test_stats(place, run, monkeypatch, tmp_path):
    run("findings", "dismiss", A, "--reason", "fine")
    assert run("stats") == (
        0,
        """This repository
  runs                    2, 2 of them complete
  spent                   4.0 s, 2 model calls, 100 tokens read, 10 written
  cached replies          3 of 6 requests (50 %)
  saved                   4.2 s of model time, 330 tokens
  cache                   0 replies, 0 runs, 0.0 MiB
  findings                3
    by state              new 1, fixed 1, dismissed 1
    by severity           critical 1, major 2
    by category           security 3
    by source             model 3
    dismissed             model 33 % (1 of 3)
    accepted by category  security 50 % (1 of 2)
    accepted by model     m 50 % (1 of 2)
""",
        "",
    )
    monkeypatch.chdir(tmp_path)
    assert run("stats")[1].startswith("All repositories\n  runs                    2, ")


def test_stats_as_json(place, run):
    report = json.loads(run("stats", "--all", "--format", "json")[1])
    assert {
        key: report[key]
        for key in ("runs", "hits", "misses", "savedTokens", "savedSeconds", "firstRun")
    } == {
        "runs": 2,
        "hits": 3,
        "misses": 3,
        "savedTokens": 330,
        "savedSeconds": 4.2,
        "firstRun": 0.0,
    }
    assert report["dismissalRateBySource"] == {"model": 0.0}
    assert report["acceptance"] == {
        "byCategory": {"security": {"fixed": 1}},
        "byRule": {},
        "byModel": {"m": {"fixed": 1}},
    }


def test_stats_of_nothing(repo, run):
    code, out, err = run("stats")
    assert (code, err) == (0, "")
    assert (
        "  spent           0.0 s, no model call\n  cached replies  nothing was asked yet\n" in out
    )
    assert "  saved           nothing yet\n" in out
    assert "    dismissed     none\n" in out
    assert "accepted" not in out


def test_a_list_of_an_incomplete_run_says_so(place, run):
    assert run("findings", "list")[2] == ""
    with store(2000.0) as opened:
        history.record_run(opened, place, record(judged(10), complete=False))
    code, out, err = run("findings", "list")
    assert (code, out.split()[0], err) == (
        0,
        A,
        (
            "reviewer: the last run here was incomplete, so this list may lack findings: run"
            " `reviewer` again\n"
        ),
    )
    assert run("findings", "list", "--all")[2] == ""
