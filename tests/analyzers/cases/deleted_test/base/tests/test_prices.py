from shop.prices import total


def test_total():
    assert total([], 0) == 0
    assert total([1], 1) == 2


def test_rate():
    assert total([1], 0) == 1


def test_none():
    assert total([], 1) == 0
