from __future__ import annotations

import pytest
from fuzz.kill import rounds


@pytest.mark.fault(
    "files",
    "a review, a fix, an undo or a decision killed at a random moment (`make kill`)",
    "every file is as it was or as the command leaves it, and the memory is whole",
)
def test_nothing_is_lost_when_the_program_is_killed():
    """The short form of `make kill`. The tests of the journal and of the memory kill them at every
    single step."""
    assert [each.lost for each in rounds(3, seed=2)] == [""] * 3
