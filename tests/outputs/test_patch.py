"""`--format patch`: what git makes of it."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path
from typing import Any

from support.event_cases import complete, context, error
from support.fixes import diff_of, proposed
from support.output_runs import rendered
from support.repo import GIT, Repo

from reviewer.outputs import open_output

LINES = [f"line {number}\n" for number in range(20)]
TEXT = "".join(LINES)


def changed(*numbers: int) -> str:
    return "".join(f"new {at}\n" if at in numbers else line for at, line in enumerate(LINES))


def fixed(number: int, line: int, path: str = "f", **fields: Any) -> Any:
    return proposed(number, diff_of((path, TEXT, changed(line))), file_name=path, **fields)


def test_git_applies_all_that_go_together(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "repo", tmp_path / "home")
    repo.commit({"f": TEXT, "g h": TEXT})
    found = [
        fixed(1, 2),
        fixed(2, 5),
        fixed(3, 6, severity="minor", title="Late\ndiff --git a/x b/x"),
        fixed(4, 9, "g h"),
    ]
    said = rendered("patch", [context(), *found, complete(findings=4)])
    assert said.startswith(
        "# Left out, because it cannot be combined with the others: 000000000003 f:3 Late\\ndiff"
        " --git a/x b/x\n# This patch has a fix for 3 of 4 findings.\ndiff --git a/f b/f\n"
    )
    done = subprocess.run(
        [GIT, "apply", "-"], cwd=repo.path, input=said.encode(), capture_output=True
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert [(repo.path / name).read_text() for name in ("f", "g h")] == [changed(2, 5), changed(9)]


def test_a_run_that_did_not_get_to_its_end_says_so() -> None:
    left = [{"file_name": "a", "reason": "timeout"}]
    last = complete(unreviewed_files=left, unreviewed_file_count=1)
    assert (
        rendered("patch", [context(), last])
        == "# This patch has a fix for 0 of 0 findings.\n# Not reviewed: 1 file.\n"
    )
    assert (
        rendered("patch", [error()])
        == "# This patch has a fix for 0 of 0 findings.\n# The review did not finish: git"
        " did not answer\n"
    )


def test_bytes_that_are_no_text_come_out_as_they_are() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="utf-8", errors="replace", newline="\n")
    diff = _latin()
    output = open_output("patch", stream, color=False, width=80, quiet=False, verbose=False)
    for event in (context(), proposed(1, diff), complete(findings=1)):
        output.emit(event)
    output.close()
    lines = diff.split(b"\n")
    assert raw.getvalue() == b"# This patch has a fix for 1 of 1 finding.\n" + b"\n".join(
        [lines[0], *lines[2:]]
    )


def _latin() -> bytes:
    from reviewer.fixes import patch

    return patch.write([("f\udcff", b"\xe9\r\n", b"\xe9\xe8\r\n")])


def test_what_is_no_patch_is_left_out() -> None:
    said = rendered(
        "patch", [context(), proposed(1, b"rm -rf /\n"), proposed(2, b""), complete(findings=2)]
    )
    assert [line.partition(":")[0] for line in said.splitlines()] == [
        "# Left out, because it cannot be combined with the others",
        "# Left out, because it cannot be combined with the others",
        "# This patch has a fix for 0 of 2 findings.",
    ]
