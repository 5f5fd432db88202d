import pytest

from reviewer.pipeline.gaps import Gaps


@pytest.mark.parametrize(
    ("failed", "chosen", "is_gap"),
    [
        ((), None, False),
        (("ruff",), None, True),
        (("secrets",), None, True),
        (("zizmor",), None, True),
        (("ty",), None, False),  # ruff has read the file
        (("ty", "ruff"), None, True),
        (("ty",), ("ty", "conflict"), True),
        (("ty",), ("ruff", "ty"), False),
    ],
)
def test_an_analyzer_that_failed_leaves_a_gap_unless_it_only_follows_another(
    failed, chosen, is_gap
):
    gaps = Gaps()
    for name in failed:
        gaps.add(name, ["a.py"])
    assert gaps.include("a.py", chosen) == is_gap
    assert not gaps.include("b.py", chosen)
