"""Each folder of cases/ is a change: base/, head/, and what must be found, no more and no less.
Those of cases/clean preserve behaviour: nothing may be found. What must not lie about in a
repository is put in here."""

import asyncio
import json
from pathlib import Path

import pytest
from support.change import change, tree

from reviewer import analyzers
from reviewer.analyzers.severity import rating

CASES = Path(__file__).parent / "cases"
PLANTED = sorted(path.parent for path in CASES.glob("*/expected.json"))
CLEAN = sorted(path for path in (CASES / "clean").iterdir())
STAND_INS = {
    b"@@AWS-KEY@@": b"AKIA" + b"Q7RSTUVWXY234567",
    b"@@OPEN@@": b"<" * 7,
    b"@@CLOSE@@": b">" * 7,
}
CORE = [
    "secrets",
    "conflict",
    "unicode",
    "dataformats",
    "weakened_tests",
    "ruff",
    "astgrep",
    "still_used",
    "ty",
]


def load(folder):
    files = tree(folder) if folder.is_dir() else {}
    for stand_in, meant in STAND_INS.items():
        files = {path: data.replace(stand_in, meant) for path, data in files.items()}
    return files


def findings(folder):
    results = asyncio.run(
        analyzers.run(change(load(folder / "base"), load(folder / "head")), names=CORE)
    )
    assert [result.problem for result in results if result.problem] == []
    return sorted(
        (
            {
                "source": hit.source,
                "rule": hit.rule,
                "path": hit.path,
                "line": hit.start,
                "severity": listed.severity,
            }
            for result in results
            for hit in result.evidence
            if (listed := rating(hit.source, hit.rule)) is not None
        ),
        key=lambda row: (row["source"], row["rule"], row["path"], row["line"] or 0),
    )


@pytest.mark.parametrize("folder", PLANTED, ids=lambda folder: folder.name)
def test_finds_what_was_planted_and_nothing_else(folder):
    expected = json.loads((folder / "expected.json").read_text())
    assert findings(folder) == sorted(
        expected, key=lambda row: (row["source"], row["rule"], row["path"], row["line"])
    )


@pytest.mark.parametrize("folder", CLEAN, ids=lambda folder: folder.name)
def test_says_nothing_about_changes_that_preserve_behaviour(folder):
    assert findings(folder) == []


def test_there_are_enough_clean_changes(capsys):
    with capsys.disabled():
        print(
            f"\n{len(CLEAN)} behaviour-preserving changes without a finding, {len(PLANTED)} planted"
            " ones",
            end=" ",
        )
    assert len(CLEAN) >= 10
