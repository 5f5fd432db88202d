def total(prices, country):
    return len(prices), country


def use(prices):
    return total(prices, "FR")
