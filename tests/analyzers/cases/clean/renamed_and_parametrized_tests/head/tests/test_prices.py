import pytest
from shop.prices import total


@pytest.mark.parametrize(("items", "rate", "expected"), [([], 0, 0), ([1], 1, 2), ([1], 0, 1), ([], 1, 0)])
def test_total(items, rate, expected):
    assert total(items, rate) == expected
