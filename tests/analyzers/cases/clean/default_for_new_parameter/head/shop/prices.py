def total(items, rate, *, factor=1):
    return sum(item.price for item in items) * (1 + rate) * factor
