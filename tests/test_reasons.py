from __future__ import annotations

import pytest

from reviewer.reasons import sentence, unread
from reviewer.types import Unreviewed


@pytest.mark.fault(
    "verdict",
    "the only changed file, or every one, was not reviewed",
    "the count is said in words, with the reason in plain English",
)
@pytest.mark.parametrize(
    ("number", "files", "reasons", "said"),
    [
        (1, 1, {"timeout"}, "the only file was not reviewed"),
        (12, 12, {"timeout"}, "none of the 12 files was reviewed"),
        (1, 12, {"timeout"}, "1 of 12 files was not reviewed"),
        (3, 1200, {"timeout", "no_model"}, "3 of 1,200 files were not reviewed"),
        (1, 1, {"no_model"}, "the only file was not read by a model"),
        (12, 12, {"no_model", "model_error"}, "none of the 12 files was read by a model"),
        (2, 12, {"model_error"}, "2 of 12 files were not read by a model"),
        (2, 12, set(), "2 of 12 files were not reviewed"),
    ],
)
def test_how_many_were_not_reviewed(number, files, reasons, said):
    assert unread(number, files, reasons) == said


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([("a", "timeout")], "1 of 4 files was not reviewed (out of time)"),
        ([("a", "no_model")], "1 of 4 files was not read by a model"),
        (
            [("a", "bad_reply", "it is empty"), ("b", "bad_reply", "it is empty")],
            "2 of 5 files were not reviewed (the model's reply could not be used: it is empty)",
        ),
        (
            [("a", "bad_reply", "it is empty"), ("b", "bad_reply", "it is cut")],
            "2 of 5 files were not reviewed (the model's reply could not be used)",
        ),
        (
            [("a", "timeout"), ("b", "unmerged"), ("c", "timeout", "detail")],
            "3 of 6 files were not reviewed (2 out of time, 1 unmerged)",
        ),
    ],
)
def test_why(files, said):
    assert sentence([Unreviewed(*each) for each in files], 3) == said
