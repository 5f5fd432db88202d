import json

import pytest

from reviewer.models.loops import Watch

CODE = {
    "findings": [
        {
            "title": f"finding {number}",
            "oldLines": ["        0, 0, 0, 0, 0, 0, 0, 0," for _ in range(12)],
            "comment": "-" * 400,
            "why": "x = y\n" * 40,
        }
        for number in range(8)
    ]
}


def fed(text, size=5):
    """How much of `text` was read until the loop was seen, None when it was not."""
    watch = Watch()
    for at in range(0, len(text), size):
        if watch.feed(text[at : at + size]):
            return at + size
    return None


@pytest.mark.parametrize("size", [1, 7, 100_000])
@pytest.mark.parametrize("indent", [None, 2])
def test_a_long_reply_is_no_loop(size, indent):
    assert fed(json.dumps(CODE, indent=indent), size) is None


@pytest.mark.fault("reply", "a model that repeats itself", "stopped early, what is whole is kept")
@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ('{"findings": [' + "\n  " * 1000, 14 + 66),
        ('{"findings": [ \t\r\n' * 1 + " " * 1000, 14 + 66),
        ('{"comment": "' + "the value is wrong and " * 1000, 700),
        ('{"comment": "' + "a" * 5000, 700),
        ('{"comment": "' + " " * 5000, 700),
        (
            '{"findings": ['
            + '{"line": 1, "comment": "off by one in the loop that counts the lines"},' * 500,
            800,
        ),
        ("no JSON at all " * 500, 700),
    ],
)
def test_loops_are_seen_early(text, seen):
    at = fed(text)
    assert at is not None
    assert at <= seen


def test_blanks_inside_strings_are_text():
    assert fed('{"code": "' + " " * 300 + '", "other": "\\"' + " " * 300 + '"}') is None
