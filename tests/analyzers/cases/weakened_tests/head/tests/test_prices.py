import pytest
from shop.prices import total


def test_total():
    assert total([], 0) == 0


@pytest.mark.skip
def test_rate():
    assert total([1], 0) == 1


def test_none():
    total([], 1)
