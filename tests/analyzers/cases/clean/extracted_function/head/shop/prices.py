def net(items):
    return sum(item.price for item in items)


def total(items, rate):
    return net(items) * (1 + rate)
