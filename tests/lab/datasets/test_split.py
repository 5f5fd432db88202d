from __future__ import annotations

import pytest

from reviewer.errors import UsageError
from reviewer.lab import datasets
from reviewer.lab.datasets.rows import DatasetRow


def row(number, *findings, repository="r", at=None, shown=()):
    at = float(number if at is None else at)
    return DatasetRow(
        {"n": number}, repository, at, frozenset(findings or {str(number)}), frozenset(shown)
    )


def parts(rows, shares):
    return {
        name: [each.value["n"] for each in part]
        for name, part in datasets.split(rows, shares).items()
    }


def test_the_newest_rows_are_the_test():
    rows = [row(number) for number in range(10)]
    expected = {"train": list(range(9)), "test": [9]}
    assert parts(rows, (90, 10)) == parts(rows[::-1], (90, 10)) == expected
    assert parts(rows, (80, 10, 10)) == {"train": list(range(8)), "validation": [8], "test": [9]}


def test_each_repository_is_cut_by_itself():
    rows = [row(number, repository="ab"[number % 2]) for number in range(20)]
    assert parts(rows, (90, 10)) == {"train": list(range(18)), "test": [18, 19]}


@pytest.mark.parametrize(("count", "train"), [(0, 0), (1, 1), (2, 1), (3, 2), (5, 3)])
def test_few_rows(count, train):
    made = parts([row(number) for number in range(count)], (50, 50))
    assert (len(made["train"]), len(made["test"])) == (train, count - train)


def test_rows_about_the_same_finding_stay_together():
    """DatasetRow 9 is about what row 0 is about; 7 and 8 are connected through 6."""
    rows = [row(number) for number in range(6)] + [
        row(6, "x", "y"),
        row(7, "x"),
        row(8, "y"),
        row(9, "0"),
    ]
    assert parts(rows, (70, 30)) == {"train": [0, 1, 2, 3, 4, 5, 9], "test": [6, 7, 8]}
    joined = [row(0, "a"), row(1, "b"), row(2, "a", "b"), row(3), row(4), row(5)]
    assert parts(joined, (50, 50)) == {"train": [0, 1, 2], "test": [3, 4, 5]}


def test_rows_about_the_same_code_stay_together():
    """DatasetRow 9 shows what row 0 shows, whatever was found in it."""
    rows = [row(number, shown={f"hunk {number % 9}"}) for number in range(10)]
    assert parts(rows, (80, 20)) == {"train": [0, 1, 2, 3, 4, 5, 6, 9], "test": [7, 8]}


def test_clones_of_a_repository_share_nothing_either():
    """Rows of the other one follow those of the one where their finding came up first."""
    rows = [row(number, f"f{number % 4}", repository="ab"[number // 4]) for number in range(8)]
    assert parts(rows, (50, 50)) == {"train": [0, 1, 4, 5], "test": [2, 3, 6, 7]}


def test_a_part_can_be_empty():
    rows = [row(number, "same") for number in range(5)]
    assert parts(rows, (60, 20, 20)) == {"train": [0, 1, 2, 3, 4], "validation": [], "test": []}


def test_parse():
    assert [datasets.parse_split(given) for given in ("90/10", "80/10/10")] == [
        (90, 10),
        (80, 10, 10),
    ]
    for given in (
        "",
        "90",
        "100",
        "90/20",
        "100/0",
        "a/b",
        "90/5/3/2",
        "-10/110",
        "90 /10",
        "9٠/10",
    ):
        with pytest.raises(UsageError, match="90/10 or 80/10/10"):
            datasets.parse_split(given)
