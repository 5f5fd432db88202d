def total(items, rate):
    return sum(item.price for item in items) * (1 + rate)
