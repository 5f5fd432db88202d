import tomllib
from pathlib import Path
from typing import Any

import pytest

from reviewer.models.overflow import Overflow, overflow

ROWS = tomllib.loads(Path(__file__).with_name("overflows.toml").read_text(encoding="utf-8"))["said"]


@pytest.mark.fault(
    "server", "a prompt too long, in the words of forty servers", "a smaller question, not an error"
)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["server"])
def test_every_server_has_its_own_words(row: dict[str, Any]) -> None:
    expected = Overflow(row["limit"] or None, row["prompt"] or None)
    assert overflow(row["status"], row["words"]) == expected


@pytest.mark.parametrize(
    ("status", "detail"),
    [
        (400, "temperature must be between 0 and 2"),
        (400, "Unrecognized request argument supplied: repetition_detection"),
        (400, "System role not supported"),
        (400, "Invalid 'user': string too long. Expected a string with maximum length 64"),
        (429, "Rate limit reached: too many tokens per minute, limit is 6000"),
        (401, "the context length is a secret"),
        (404, "The model `gemma-4-256k-context-window` does not exist"),
        (500, "CUDA out of memory. Tried to allocate 2.00 GiB"),
        (503, "the context size cannot be served now"),
    ],
)
def test_what_is_about_something_else(status: int, detail: str) -> None:
    assert overflow(status, detail) is None


def test_the_room_for_the_reply() -> None:
    rooms = [Overflow(8192, 7300).room(), Overflow(8192, None).room(), Overflow(None, 9).room()]
    assert rooms == [892, None, None]
