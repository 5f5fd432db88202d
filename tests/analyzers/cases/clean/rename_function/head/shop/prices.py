def sum_with_tax(items, rate):
    return sum(item.price for item in items) * (1 + rate)
