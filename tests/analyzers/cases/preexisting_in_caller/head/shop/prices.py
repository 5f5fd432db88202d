def total(items, rate, place):
    return sum(item.price for item in items) * (1 + rate, place)
