"""What running again would do for a review that could not read everything."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from reviewer.config import Settings
from reviewer.messages import Usage
from reviewer.pipeline import again
from reviewer.pipeline.outcome import Outcome
from reviewer.types import Unreviewed

LEFT = Outcome(unreviewed=(Unreviewed("a.py", "unit_limit"),), usage=Usage(calls=3))
CONTINUE = "Run it again to continue, finished units are remembered"


def advice(outcome: Outcome, command: str = "", **settings: Any) -> tuple[str, ...]:
    plan: Any = SimpleNamespace(
        settings=Settings(**settings), request=SimpleNamespace(command=command)
    )
    return again.advice(plan, outcome)


@pytest.mark.fault(
    "deadline",
    "--timeout, --max-units or a stop leaves a part unread",
    "the report says that the same command goes on from there, and names it",
)
@pytest.mark.parametrize("reason", ["timeout", "unit_limit", "interrupted", "model_error"])
def test_what_was_left_over_is_continued(reason: Any) -> None:
    left = replace(LEFT, unreviewed=(Unreviewed("a.py", reason), Unreviewed("b.py", "unmerged")))
    assert advice(left) == (CONTINUE,)
    assert advice(left, "reviewer --max-units 3") == (f"{CONTINUE}: `reviewer --max-units 3`",)
    assert advice(left, "reviewer " + "x" * 300) == (CONTINUE,)


@pytest.mark.parametrize(
    ("outcome", "settings"),
    [
        (Outcome(), {}),
        (replace(LEFT, usage=Usage()), {}),  # nothing was read: there is nothing to go on from
        (LEFT, {"cache": "off"}),
        (replace(LEFT, unreviewed=(Unreviewed("a.py", "too_large"),)), {}),
        (replace(LEFT, unreviewed=(Unreviewed("a.py", "bad_reply"),)), {}),
    ],
)
def test_where_running_again_gains_nothing(outcome: Outcome, settings: dict[str, Any]) -> None:
    assert advice(outcome, **settings) == ()


def test_all_from_the_cache_is_a_run_that_goes_on() -> None:
    assert advice(replace(LEFT, usage=Usage(), cache_hits=1)) == (CONTINUE,)


def test_replies_that_a_low_limit_may_have_cut() -> None:
    cut = replace(LEFT, unreviewed=(Unreviewed("a.py", "bad_reply"),))
    said = "--max-tokens 64 may have cut what could not be used: raise it, or leave it out"
    assert advice(cut, max_tokens=64) == (said,)
