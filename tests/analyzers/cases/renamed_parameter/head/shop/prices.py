def total(items, tax):
    return sum(item.price for item in items) * (1 + tax)
