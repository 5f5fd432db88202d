"""The file of a run as a report reads it."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.eval_results import defect, finding, header, known_run, result, write

from reviewer.errors import UsageError
from reviewer.lab.evals.files import RunFile, read


def test_it_gives_back_what_was_written(tmp_path: Path) -> None:
    head, results = known_run()
    assert read(write(tmp_path / "run.jsonl", head, results)) == RunFile(
        head, tuple(results), False, 0
    )


def test_a_line_that_was_cut_is_left_out_and_told(tmp_path: Path) -> None:
    path = write(tmp_path / "run.jsonl", header(), [result("a"), result("b")])
    path.write_bytes(path.read_bytes()[:-30])
    assert read(path) == RunFile(header(), (result("a"),), True, 0)


def test_only_the_last_version_of_a_case_counts(tmp_path: Path) -> None:
    before = [result("a", digest="sha256:old", repeat=repeat) for repeat in (0, 1)]
    after = [result("a", [defect(1)], [finding(1)], digest="sha256:new"), result("b")]
    path = write(tmp_path / "run.jsonl", header(), [*before, *after])
    assert read(path) == RunFile(header(), tuple(after), False, 2)


def test_a_review_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "run.jsonl", header(), [result("a"), result("a")])
    with pytest.raises(
        UsageError, match=r"holds a, repeat 0, twice: run the cases into a new file$"
    ):
        read(path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "must have one header"),
        (result("a").model_dump_json() + "\n", "must have one header"),
        (
            header().model_dump_json() + "\n" + header().model_dump_json() + "\n",
            "must have one header",
        ),
        (header().model_dump_json() + "\n{}\n", "run.jsonl:2 "),
        ("no json\n", "run.jsonl:1 "),
        ("\xff\n", "run.jsonl:1 "),
    ],
)
def test_another_file_is_refused_in_one_line(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "run.jsonl"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(UsageError) as raised:
        read(path)
    assert said in raised.value.message
    assert "\n" not in raised.value.message


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="results come from `reviewer eval run`"):
        read(tmp_path / "none.jsonl")
