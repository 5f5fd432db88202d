"""`reviewer fix` and `reviewer undo`, as they are called."""

from __future__ import annotations

import asyncio
import io
import json
import os
import pty
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from support.event_cases import complete, context, finding
from support.fixes import diff_of, proposed, report
from support.repo import Repo, review

from reviewer import cli, events, fixes, memory
from reviewer.cli.fix import LEVELS
from reviewer.events import Finding
from reviewer.findings import grouped
from reviewer.memory import dismissals, feedback, history
from reviewer.memory.records import HistoryKey, JudgedFinding, RunRecord

LINES = [f"line {number}\n" for number in range(20)]
TEXT = "".join(LINES)


def changed(*numbers: int) -> str:
    return "".join(f"new {at}\n" if at in numbers else line for at, line in enumerate(LINES))


def patched(number: int, line: int, path: str = "f.txt", **fields: object) -> Finding:
    values = {"title": f"Problem {number}", "file_name": path, "start_line": line + 1, **fields}
    return proposed(number, diff_of((path, TEXT, changed(line))), **values)  # type: ignore[arg-type]


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
    made = Repo(tmp_path / "repo", tmp_path / "githome")
    made.commit({"f.txt": TEXT, "g.txt": TEXT})
    monkeypatch.chdir(made.path)
    return made


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Callable[..., tuple[int, str, str]]:
    """(exit code, stdout, stderr) of a command; findings among the arguments become a report."""

    def run(name: str, *args: str | Finding) -> tuple[int, str, str]:
        found = [arg for arg in args if isinstance(arg, Finding)]
        options = [arg for arg in args if isinstance(arg, str)]
        source = ["--from", str(report(tmp_path / "report.json", *found))] if found else []
        code = cli._run([name, *options, *source])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


Call = Callable[..., tuple[int, str, str]]


def test_what_is_selected_is_shown_and_written(repo: Repo, call: Call) -> None:
    code, out, err = call(
        "fix", "--all", "--yes", patched(1, 2), patched(2, 9, severity="critical")
    )
    assert (code, err) == (0, "")
    assert (repo.path / "f.txt").read_text() == changed(2, 9)
    assert out == (
        "000000000002  critical  f.txt:10  Problem 2\nproved: clean (applies)\n"
        + _shown(9)
        + "\n000000000001  major  f.txt:3  Problem 1\nproved: clean (applies)\n"
        + _shown(2)
        + "\napplied 2 fixes in 1 file; undo with: reviewer undo\n"
    )
    assert repo.git("diff", "--cached") == ""
    assert call("undo") == (0, "restored f.txt\nnothing is left to undo\n", "")
    assert (repo.path / "f.txt").read_text() == TEXT


@pytest.mark.fault(
    "patches",
    "a fix of a file in Shift-JIS",
    "it is shown in its own letters, written in the encoding of the file, and undone byte for byte",
)
def test_a_fix_keeps_the_encoding_of_its_file(repo: Repo, call: Call) -> None:
    before = "// 支払額は負の値にできない\nint pay = 1;  // 返す\n"
    after = before.replace("pay = 1;  // 返す", "pay = 2;  // 送る")
    repo.commit({"pay.c": before.encode("cp932")})
    repo.write("pay.c", (before + "// 設定が見つかりません\n").encode("cp932"))
    edit = fixes.Edit("pay.c", 2, ("int pay = 1;  // 返す",), ("int pay = 2;  // 送る",))
    under = review(repo)
    made = fixes.build([edit], under)
    assert isinstance(made, fixes.Built)
    patch = asyncio.run(fixes.prove(made, under))
    assert isinstance(patch, events.Patch)
    assert patch.verification == "clean"
    assert "+int pay = 2;  // 送る\n" in patch.diff
    own = patched(1, 1, "pay.c").model_copy(update={"patch": patch})
    code, out, err = call("fix", "--all", "--yes", own)
    assert (code, err) == (0, "")
    assert "\n-int pay = 1;  // 返す\n+int pay = 2;  // 送る\n" in out
    end = "// 設定が見つかりません\n"
    assert (repo.path / "pay.c").read_bytes() == (after + end).encode("cp932")
    assert call("undo") == (0, "restored pay.c\nnothing is left to undo\n", "")
    assert (repo.path / "pay.c").read_bytes() == (before + end).encode("cp932")


def _shown(line: int) -> str:
    """The patch from the names of the file on."""
    diff = diff_of(("f.txt", TEXT, changed(line))).decode()
    return f"--- {diff.partition('--- ')[2]}"


def test_only_what_is_named(repo: Repo, call: Call) -> None:
    found = [patched(0xA1, 2), patched(0xA2, 9), patched(3, 15, severity="trivial")]
    assert call("fix", "0000000000a1", "--yes", *found)[0] == 0
    assert (repo.path / "f.txt").read_text() == changed(2)
    assert call("fix", "--severity", "minor", "--yes", *found)[0] == 0
    assert (repo.path / "f.txt").read_text() == changed(2, 9)
    assert call("fix", "0000000000a", "--yes", *found) == (
        2,
        "",
        "reviewer: finding id '0000000000a' is ambiguous: list the ids with `reviewer findings"
        " list`\n",
    )
    assert (
        call("fix", "bad", "--yes", *found)[2]
        == "reviewer: finding id 'bad' is unknown: list the ids with `reviewer findings list`\n"
    )


def test_what_is_not_proved_enough_is_not_taken(repo: Repo, call: Call) -> None:
    weak, none = patched(1, 2, verification="parses"), finding(2, title="No patch")
    nothing = "nothing to apply: no finding has a patch proved to --min-verification clean\n"
    assert call("fix", "--all", "--yes", weak, none) == (0, nothing, "")
    code, out, _ = call("fix", "000000000001", "000000000002", "--yes", weak, none)
    assert (code, out) == (
        1,
        (
            "refused 000000000001 Problem 1: its patch is only verified as `parses`; "
            "lower --min-verification to apply it\n"
            "refused 000000000002 No patch: it has no patch: follow its instructions\n"
        ),
    )
    assert call("fix", "--all", "--yes", "--min-verification", "parses", weak, none)[0] == 0
    assert (repo.path / "f.txt").read_text() == changed(2)


def test_refused_ones_are_listed_and_the_others_applied(repo: Repo, call: Call) -> None:
    repo.write("g.txt", "else\n")
    found = [patched(1, 2), patched(2, 3), patched(3, 5, path="g.txt"), patched(4, 9)]
    code, out, _ = call("fix", "--all", "--yes", *found)
    assert code == 1
    assert out.endswith(
        "applied 2 fixes in 1 file; undo with: reviewer undo\nrefused 000000000002 Problem 2:"
        " f.txt: overlaps another fix that is being applied; review again afterwards\nrefused"
        " 000000000003 Problem 3: g.txt (line 3) has changed there since the review; review again\n"
    )
    assert (repo.path / "f.txt").read_text() == changed(2, 9)
    code, out, _ = call("fix", "--all", "--yes", patched(1, 2), patched(4, 9))
    assert (code, out) == (
        0,
        "000000000001 Problem 1: already applied\n000000000004 Problem 4: already applied\n",
    )


def test_112_nothing_is_applied_without_somebody_to_ask(repo: Repo, call: Call) -> None:
    for options in (["--all"], ["000000000001"], ["--interactive"], ["--severity", "major"]):
        code, _, err = call("fix", *options, patched(1, 2))
        assert code == 2
        assert "--yes" in err or "no findings were named" in err
    assert call("fix", "--yes", patched(1, 2))[0] == 2
    assert call("fix", "--all", "--yes", "--interactive", patched(1, 2))[0] == 2
    assert (repo.path / "f.txt").read_text() == TEXT
    nothing = "nothing to undo: no fix was applied here since the last undo\n"
    assert call("undo", "--list") == (0, "", nothing)


def test_a_dry_run_writes_nothing(repo: Repo, call: Call) -> None:
    code, out, _ = call("fix", "--all", "--dry-run", patched(1, 2), patched(2, 2, title="Twin"))
    assert (code, out.split("\n")[-2]) == (0, "2 fixes would be applied")
    code, out, _ = call("fix", "--all", "--dry-run", patched(1, 2), patched(2, 3))
    assert code == 1
    assert (repo.path / "f.txt").read_text() == TEXT


def test_hostile_text_is_shown_as_what_it_is(repo: Repo, call: Call) -> None:
    repo.write("f.txt", "a\n")
    made = proposed(
        1,
        diff_of(("f.txt", "a\n", "b\x1b]0;owned\x07\u202e\r\n")),
        title="All clear\x1b[2J\nreviewer: applied",
        file_name="f\u202e.txt",
    )
    _, out, _ = call("fix", "--all", "--dry-run", made)
    assert out.startswith(
        "000000000001  major  f\\u{202e}.txt:3  All clear\\u{1b}[2J\\nreviewer: applied\n"
    )
    assert "+b\\u{1b}]0;owned\\u{7}\\u{202e}\\u{d}\n" in out


def test_line_ends_are_not_noise_where_all_are_alike(repo: Repo, call: Call) -> None:
    repo.write("f.txt", "a\r\nb\r\n")
    _, out, _ = call(
        "fix", "--all", "--dry-run", proposed(1, diff_of(("f.txt", "a\r\nb\r\n", "a\r\nc\r\n")))
    )
    assert " a\n-b\n+c\n" in out


@pytest.mark.parametrize("style", ["ndjson", "json", "one finding"])
def test_findings_come_from_either_report(
    repo: Repo, call: Call, tmp_path: Path, style: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = [context(), patched(1, 2), complete(findings=1)]
    said = "".join(
        events.line(event) + "\n" for event in (stream[1:2] if style == "one finding" else stream)
    )
    if style == "json":
        said = report(tmp_path / "r", patched(1, 2)).read_text()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(said.encode())))
    assert call("fix", "--from", "-", "--all", "--yes")[0] == 0
    assert (repo.path / "f.txt").read_text() == changed(2)


@pytest.mark.parametrize(
    "data", ["", "{}", "nonsense", "[1]", '{"findings": [{}], "complete": {}}', "[" * 100_000]
)
def test_what_is_no_report(repo: Repo, call: Call, tmp_path: Path, data: str) -> None:
    (tmp_path / "r").write_text(data)
    code, out, err = call("fix", "--all", "--yes", "--from", str(tmp_path / "r"))
    assert (code, out[:17]) == ((0, "nothing to apply:") if not data else (2, ""))
    assert not data or "is not a report" in err
    assert call("fix", "--all", "--yes", "--from", str(tmp_path / "none"))[0] == 2


def test_without_a_report_it_is_the_last_run(repo: Repo, call: Call) -> None:
    from reviewer import memory

    assert call("fix", "--all", "--yes")[1].startswith("nothing to apply:")
    made = patched(1, 2)
    with memory.open_store(os.environ) as store:
        record = RunRecord(
            [JudgedFinding(made, "0" * 12, "f.txt", "model m")],
            {"f.txt"},
            {"f.txt"},
            {"m"},
            None,
            True,
            1.0,
        )
        history.record_run(
            store, HistoryKey(memory.repository_key(repo.path / ".git"), "s"), record
        )
    assert call("fix", "--all", "--yes")[0] == 0
    assert (repo.path / "f.txt").read_text() == changed(2)


def several(*fixed: tuple[str, str]) -> Finding:
    """One finding at three places in two files, with one patch for (path, new content) of each."""
    diff = diff_of(*((path, TEXT, new) for path, new in fixed))
    one = proposed(1, diff, title="Problem 1", file_name="f.txt", start_line=3)
    places = (("f.txt", 15), ("g.txt", 5))
    return grouped(
        one, [finding(2 + at, file_name=path, start_line=n) for at, (path, n) in enumerate(places)]
    )


@pytest.mark.fault(
    "patches", "a patch for places in several files, one of which has changed", "all or nothing"
)
def test_a_patch_for_all_places_of_a_finding(repo: Repo, call: Call) -> None:
    made = several(("f.txt", changed(2, 14)), ("g.txt", changed(4)))
    one, other = f"{1:012x}", f"{3:012x}"
    code, out, err = call("fix", other, "--yes", made)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == f"{other} is another place of {one} (f.txt:3)"
    assert lines[-1] == "applied 1 fix in 2 files; undo with: reviewer undo"
    contents = [(repo.path / name).read_text() for name in ("f.txt", "g.txt")]
    assert contents == [changed(2, 14), changed(4)]
    assert call("fix", one, "--yes", made)[1].startswith(f"{one} Problem 1: already applied")
    assert call("undo")[0] == 0
    assert [(repo.path / name).read_text() for name in ("f.txt", "g.txt")] == [TEXT, TEXT]
    repo.write("g.txt", changed(3, 4, 5))
    code, out, _ = call("fix", one, "--yes", made)
    assert (code, "g.txt (line 2) has changed there since the review" in out) == (1, True)
    assert (repo.path / "f.txt").read_text() == TEXT


def test_protected_files_have_to_be_named(repo: Repo, call: Call) -> None:
    repo.write(".github/workflows/ci.yml", TEXT)
    made = patched(1, 2, path=".github/workflows/ci.yml")
    assert "pass its name to --allow" in call("fix", "--all", "--yes", made)[1]
    assert call("fix", "--all", "--yes", "--allow", ".github/workflows/ci.yml", made)[0] == 0


def test_no_repository(tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    assert call("fix", "--all", "--yes", patched(1, 2))[0] == 4
    assert call("undo")[0] == 4


def test_from_below_and_in_the_middle_of_a_merge(
    repo: Repo, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo.write("sub/x", "x")
    repo.write(".git/MERGE_HEAD", repo.head() + "\n")
    monkeypatch.chdir(repo.path / "sub")
    code, _, err = call("fix", "--all", "--yes", patched(1, 2))
    assert (code, err) == (
        0,
        (
            "reviewer: git is in the middle of a merge: the fixes that you apply now become part of"
            " it\n"
        ),
    )
    assert (repo.path / "f.txt").read_text() == changed(2)


# The index


def staged(repo: Repo, path: str = "f.txt") -> str:
    return repo.git("show", f":{path}")


def test_110_the_index_stays_as_it_is(repo: Repo, call: Call) -> None:
    repo.write("f.txt", changed(15))
    repo.git("add", "f.txt")
    repo.write("f.txt", changed(15, 18))
    before = (repo.path / ".git/index").read_bytes()
    made = proposed(1, diff_of(("f.txt", changed(15, 18), changed(2, 15, 18))))
    assert call("fix", "--all", "--yes", made)[0] == 0
    assert (repo.path / ".git/index").read_bytes() == before
    assert (repo.path / "f.txt").read_text() == changed(2, 15, 18)


def test_110_stage_takes_the_fix_and_nothing_else(repo: Repo, call: Call) -> None:
    repo.write("f.txt", changed(15))
    repo.git("add", "f.txt")
    repo.write("f.txt", changed(15, 18))
    made = proposed(1, diff_of(("f.txt", changed(15, 18), changed(2, 15, 18))))
    code, out, _ = call("fix", "--all", "--yes", "--stage", made)
    assert (code, out.split("\n")[-2]) == (
        0,
        "applied 1 fix in 1 file and staged them; undo with: reviewer undo",
    )
    assert (staged(repo), (repo.path / "f.txt").read_text()) == (changed(2, 15), changed(2, 15, 18))
    assert call("undo")[0] == 0
    assert (staged(repo), (repo.path / "f.txt").read_text()) == (changed(15), changed(15, 18))


def test_110_what_is_staged_differently_at_the_place_is_refused(repo: Repo, call: Call) -> None:
    repo.write("f.txt", changed(3))
    repo.git("add", "f.txt")
    repo.write("f.txt", TEXT)
    code, out, _ = call("fix", "--all", "--yes", "--stage", patched(1, 2))
    assert code == 1
    assert "f.txt has other changes staged at this place" in out
    assert (staged(repo), (repo.path / "f.txt").read_text()) == (changed(3), TEXT)
    repo.write("new.txt", TEXT)
    assert (
        "new.txt is not in the index"
        in call("fix", "--all", "--yes", "--stage", patched(1, 2, path="new.txt"))[1]
    )


def test_110_line_ends_that_git_turns(repo: Repo, call: Call) -> None:
    repo.write("f.txt", TEXT.replace("\n", "\r\n"))
    made = proposed(
        1, diff_of(("f.txt", TEXT.replace("\n", "\r\n"), changed(2).replace("\n", "\r\n")))
    )
    assert call("fix", "--all", "--yes", "--stage", made)[0] == 0
    assert staged(repo) == changed(2)


def test_110_undo_keeps_what_was_staged_since(repo: Repo, call: Call) -> None:
    assert call("fix", "--all", "--yes", "--stage", patched(1, 2))[0] == 0
    blob = repo.git("hash-object", "-w", "--stdin", stdin=changed(2, 9).encode()).strip()
    repo.git("update-index", "--cacheinfo", f"100644,{blob},f.txt")
    assert call("undo") == (
        1,
        "restored f.txt\nkept in the index, since it was staged later: f.txt\n"
        "nothing is left to undo\n",
        "",
    )
    assert (staged(repo), (repo.path / "f.txt").read_text()) == (changed(2, 9), TEXT)


def test_110_a_locked_index_takes_the_fix_back(repo: Repo, call: Call) -> None:
    (repo.path / ".git/index.lock").touch()
    code, _, err = call("fix", "--all", "--yes", "--stage", patched(1, 2))
    assert (code, "index.lock" in err) == (4, True)
    assert (repo.path / "f.txt").read_text() == TEXT
    assert (repo.path / ".git/index.lock").exists()


def test_no_hook_and_no_filter_runs(repo: Repo, call: Call, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    hook = repo.write(".git/hooks/post-index-change", f"#!/bin/sh\ntouch {marker}\n")
    hook.chmod(0o755)
    repo.write(".gitattributes", "*.txt filter=evil\n")
    repo.git("config", "filter.evil.clean", f"touch {marker}; cat")
    repo.git("config", "filter.evil.smudge", f"touch {marker}; cat")
    repo.git("config", "core.fsmonitor", f"touch {marker}")
    assert call("fix", "--all", "--yes", "--stage", patched(1, 2))[0] == 0
    assert call("undo")[0] == 0
    assert not marker.exists()
    assert staged(repo) == TEXT


# Undo


def test_undo_lists_and_takes_a_run(repo: Repo, call: Call) -> None:
    call("fix", "000000000001", "--yes", patched(1, 2))
    call("fix", "000000000002", "--yes", patched(2, 9))
    listed = call("undo", "--list")[1].splitlines()
    assert [line.split("  ")[2] for line in listed] == ["1 fix in f.txt", "1 fix in f.txt"]
    first = listed[1].split("  ")[0]
    code, _, err = call("undo", first)
    assert (code, err) == (4, "reviewer: nothing was undone: f.txt has changed since the fix\n")
    runs = json.loads(call("undo", "--list", "--format", "json")[1])["runs"]
    assert [(each["run"], each["fixes"], each["files"]) for each in runs] == [
        (listed[0].split("  ")[0], ["000000000002"], ["f.txt"]),
        (first, ["000000000001"], ["f.txt"]),
    ]
    assert runs[0]["at"].replace("T", " ").replace("Z", " UTC") in listed[0]
    more = "1 more run of fixes can be undone: reviewer undo --list"
    assert call("undo") == (0, f"restored f.txt\n{more}\n", "")
    assert json.loads(call("undo", first, "--format", "json")[1]) == {
        **runs[1],
        "keptInIndex": [],
        "left": 0,
    }
    assert call("undo", "--list", "--format", "json")[1] == '{\n  "runs": []\n}\n'
    assert (repo.path / "f.txt").read_text() == TEXT
    assert call("undo") == (2, "", "reviewer: no fixes to undo here; see: reviewer undo --list\n")


# With a terminal


def talk(repo: Repo, answers: str, *args: str, **env: str) -> tuple[int, str]:
    """(exit code, what the terminal shows) of `reviewer fix` with somebody at the keyboard."""
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "reviewer", "fix", *args],
        cwd=repo.path,
        stdin=follower,
        stdout=follower,
        stderr=follower,
        start_new_session=True,
        env={**os.environ, "TERM": "xterm", **env},
    )
    os.close(follower)
    os.write(leader, answers.encode())
    seen = b""
    while True:
        try:
            chunk = os.read(leader, 4096)
        except OSError:  # the other end is closed
            break
        if not chunk:
            break
        seen += chunk
    os.close(leader)
    return process.wait(20), seen.decode().replace("\r\n", "\n")


def test_each_is_asked_about(repo: Repo, tmp_path: Path) -> None:
    found = [patched(number, line) for number, line in [(1, 0), (2, 4), (3, 8), (4, 12)]]
    source = str(report(tmp_path / "r.json", *found))
    code, seen = talk(repo, "abort\nYes\nn\ny\nq\n", "--from", source)
    assert code == 0, seen
    assert (repo.path / "f.txt").read_text() == changed(0, 8)
    assert seen.count("Apply this fix? [y/n/a/d/e/q/?]") == 5
    assert "applied 2 fixes in 1 file" in seen


def test_each_is_counted_and_explained(repo: Repo, tmp_path: Path) -> None:
    said = {"comment": "It is wrong.\x1b[2J", "failure_scenario": "f(0) raises."}
    source = str(report(tmp_path / "r.json", patched(1, 0, **said), patched(2, 4, **said)))
    code, seen = talk(repo, "?\nq\n", "--from", source)
    assert code == 0, seen
    assert (
        "1 of 2  000000000001  major  f.txt:1\n  Problem 1\n  why     It is wrong.\\u{1b}[2J\n"
        "  fails   f(0) raises.\nproved: clean"
    ) in seen
    assert "  d  dismiss the finding for good, with a reason\n" in seen
    assert "2 of 2" not in seen


def test_all_the_rest_is_applied_at_once(repo: Repo, tmp_path: Path) -> None:
    found = [patched(number, line) for number, line in [(1, 0), (2, 4), (3, 8)]]
    code, seen = talk(repo, "n\na\n", "--from", str(report(tmp_path / "r.json", *found)))
    assert code == 0, seen
    assert (repo.path / "f.txt").read_text() == changed(4, 8)
    assert "+new 8" in seen


def test_a_finding_is_dismissed_on_the_way(repo: Repo, tmp_path: Path) -> None:
    """One that the memory does not know cannot be."""
    made, other = patched(1, 0), patched(2, 4)
    place = HistoryKey(memory.repository_key(repo.path / ".git"), "s" * 32)
    kept = JudgedFinding(made, "f" * 12, "f.txt", "model m")
    with memory.open_store(os.environ) as store:
        history.record_run(
            store,
            place,
            RunRecord(
                judged=[kept],
                reviewed=["f.txt"],
                touched=["f.txt"],
                sources=[],
                base=None,
                complete=True,
                seconds=1.0,
            ),
        )
    source = str(report(tmp_path / "r.json", made, other))
    code, seen = talk(repo, "d\nmeant so\nd\n\n", "--from", source)
    assert code == 0, seen
    assert "dismissed; undo with: reviewer findings reopen 000000000001\n" in seen
    assert "no reason given: skipped\n" in seen
    assert (repo.path / "f.txt").read_text() == TEXT
    with memory.open_store(os.environ) as store:
        (one,) = dismissals.load(store, place.repository)
    assert (one.id, one.reason) == (made.id, "meant so")
    code, seen = talk(repo, "n\nd\nbecause\n", "--from", source)
    assert "not dismissed: no finding 000000000002 in this repository" in seen


@pytest.mark.fault(
    "patches",
    "a patch that the user edits before it is applied",
    "proved again by the same checks; not applied where one of them fails",
)
def test_an_edited_patch_is_proved_again(repo: Repo, tmp_path: Path) -> None:
    repo.commit({"a.py": "def f(x):\n    return x\n"})
    diff = diff_of(("a.py", "def f(x):\n    return x\n", "def f(x):\n    return x + 1\n"))
    made = proposed(1, diff, file_name="a.py", start_line=2)
    source = str(report(tmp_path / "r.json", made))
    for new, said, left in (
        ("return (x", "skipped: The replacement fails the check `parses`: a.py: ", "return x\n"),
        ("return nowhere", "skipped: The replacement fails the check `analyzers`: ", "return x\n"),
        ("return x + 2", "edited, and proved again: clean\n", "return x + 2\n"),
    ):
        editor = editing(tmp_path, f"s/return x + 1/{new}/")
        code, seen = talk(repo, "e\n", "--from", source, **editor)
        assert code == 0, seen
        assert said in seen
        assert (repo.path / "a.py").read_text().endswith(left)


def test_the_end_of_input_applies_nothing(repo: Repo, tmp_path: Path) -> None:
    source = str(report(tmp_path / "r.json", patched(1, 0), patched(2, 4)))
    code, _ = talk(repo, "y\n\x04", "--from", source)
    assert code == 130
    assert (repo.path / "f.txt").read_text() == TEXT


def editing(tmp_path: Path, script: str) -> dict[str, str]:
    """The environment with an editor that is this `sed` script."""
    editor = tmp_path / "editor"
    editor.write_text(f"#!/bin/sh\nsed -i '{script}' \"$1\"\ntouch -d '1 hour' \"$1\"\n")
    editor.chmod(0o755)
    return {"EDITOR": str(editor), "VISUAL": str(editor)}


def test_the_new_lines_are_edited(repo: Repo, tmp_path: Path) -> None:
    source = str(report(tmp_path / "r.json", patched(1, 0)))
    editor = editing(tmp_path, "s/^new 0$/mine\\nand more/")
    code, seen = talk(repo, "e\n", "--from", source, **editor)
    assert code == 0, seen
    assert (repo.path / "f.txt").read_text() == "mine\nand more\n" + "".join(LINES[1:])


@pytest.mark.fault(
    "patches",
    "$EDITOR is missing or fails, or the repository brings the one that is found",
    "that fix is skipped with the reason, and those accepted before it are applied",
)
@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({"EDITOR": "false"}, ": Editing failed; set EDITOR to another editor\n"),
        ({"EDITOR": "no-such-editor -w"}, "no editor was found: skipped; set EDITOR to one\n"),
        ({"EDITOR": "vim '"}, "no editor was found: skipped; set EDITOR to one\n"),
        ({"EDITOR": "", "PATH": ".:{repo}"}, "no editor was found: skipped; set EDITOR to one\n"),
    ],
)
def test_an_editor_that_fails(repo: Repo, tmp_path: Path, env: dict[str, str], said: str) -> None:
    brought = repo.path / "vim"
    brought.write_text("#!/bin/sh\n: > brought\n")
    brought.chmod(0o755)
    git = shutil.which("git")
    assert git
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/git").symlink_to(git)
    if path := env.get("PATH"):
        env = {**env, "PATH": f"{path.format(repo=repo.path)}:{tmp_path / 'bin'}"}
    source = str(report(tmp_path / "r.json", patched(1, 0), patched(2, 4)))
    code, seen = talk(repo, "y\ne\n", "--from", source, VISUAL="", **env)
    assert code == 0, seen
    assert said in seen
    assert "applied 1 fix in 1 file" in seen
    assert not (repo.path / "brought").exists()


def test_a_patch_of_several_places_is_edited_as_it_is(repo: Repo, tmp_path: Path) -> None:
    """Counts need not be right; another file cannot be reached that way."""
    made = proposed(1, diff_of(("f.txt", TEXT, changed(0, 15))), file_name="f.txt", start_line=1)
    source = str(report(tmp_path / "r.json", made))
    for script, said in (
        ("s/f.txt/g.txt/g; s/^+new 0/+x/", "the edited patch touches other files: skipped"),
        ("/^-[^-]/d; s/^+\\([^+]\\)/ \\1/", "skipped: the patch is empty"),
        ("s/x/x/", "not edited: skipped"),
    ):
        assert said in talk(repo, "e\n", "--from", source, **editing(tmp_path, script))[1]
        assert ((repo.path / "f.txt").read_text(), (repo.path / "g.txt").read_text()) == (
            TEXT,
            TEXT,
        )
    editor = editing(tmp_path, "s/^+new 0$/+mine\\n+and more/")
    assert talk(repo, "e\n", "--from", source, **editor)[0] == 0
    expected = changed(15).replace("line 0\n", "mine\nand more\n")
    assert (repo.path / "f.txt").read_text() == expected


def test_the_commands_are_listed_and_documented() -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "reviewer", "fix", "--help"], capture_output=True, text=True
    ).stdout
    options = (
        "--all",
        "--severity",
        "--min-verification",
        "--interactive",
        "--dry-run",
        "--yes",
        "--stage",
        "--allow",
    )
    assert all(option in shown for option in options)
    assert {"fix", "undo"} <= set(cli.COMMANDS)
    assert LEVELS == fixes.LEVELS


def test_what_is_applied_and_taken_back_is_remembered(repo: Repo, call: Call) -> None:
    def standing() -> dict[str, str]:
        with memory.open_store(os.environ) as store:
            found = feedback.standing(store, memory.repository_key(repo.path / ".git"))
        return {each.finding: f"{each.kind} {each.rule}" for each in found.values()}

    found = [patched(0xA1, 2, rule="R1"), patched(0xA2, 9), finding(0xA3, title="No patch")]
    assert call("fix", "0000000000a1", "--dry-run", *found)[0] == 0
    assert standing() == {}
    call("fix", "0000000000a1", "0000000000a2", "--yes", *found)
    assert standing() == {"0000000000a1": "applied R1", "0000000000a2": "applied "}
    call("undo")
    assert standing() == {"0000000000a1": "undone R1", "0000000000a2": "undone "}


def test_a_dry_run_with_nothing_to_apply_says_why(repo: Repo, call: Call) -> None:
    said = "nothing to apply: no finding has a patch proved to --min-verification tests_pass\n"
    code, out, err = call(
        "fix", "--all", "--dry-run", "--min-verification", "tests_pass", patched(1, 2)
    )
    assert (code, out + err) == (0, said)
