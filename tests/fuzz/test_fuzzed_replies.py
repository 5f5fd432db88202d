"""A short form of `make fuzz`, which mutates 14,000 replies."""

import pytest
from fuzz import replies


@pytest.mark.fault(
    "reply",
    "14,000 mutated replies (`make fuzz`)",
    "no valid one is lost, and none is invented",
)
def test_no_reply_is_lost_and_none_is_invented() -> None:
    seen = replies.run(460, seed=7)
    assert {kind for kind, how in seen if how == "whole"} >= set(replies.DRESSED)
    assert {kind for kind, how in seen if how == "refused"} == set(replies.DAMAGED)
