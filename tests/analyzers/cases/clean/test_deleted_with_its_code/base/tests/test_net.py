from shop.prices import net


def test_net():
    assert net([1]) == 1
