"""The catalogue of faults is read from the marks of tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.reference.faults import RELIABILITY, SECURITY, Fault, marked

MARK = '@pytest.mark.fault("{}", "a | b", "an <error>")\nasync def test_it():\n    pass\n'


def written(folder: Path, source: str) -> Path:
    (folder / "deep").mkdir()
    (folder / "deep/test_one.py").write_text(source)
    (folder / "deep/other.py").write_text(source)
    return folder


@pytest.mark.parametrize("group", [*SECURITY, *RELIABILITY])
def test_a_mark_is_a_row(tmp_path: Path, group: str) -> None:
    assert marked(written(tmp_path, MARK.format(group))) == [
        Fault(group, "a | b", "an <error>", "tests/deep/test_one.py::test_it")
    ]


@pytest.mark.parametrize(
    "source",
    [
        MARK.format("other"),
        MARK.format("git").replace('"a | b"', "CASE"),
        MARK.replace('"{}", ', ""),
    ],
)
def test_what_is_no_row_is_an_error(tmp_path: Path, source: str) -> None:
    with pytest.raises(ValueError, match=r"test_one\.py::test_it"):
        marked(written(tmp_path, source))


def test_every_group_is_one_of_a_page() -> None:
    assert not SECURITY.keys() & RELIABILITY.keys()
