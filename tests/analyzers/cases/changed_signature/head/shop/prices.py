def total(items, rate, currency):
    return sum(item.price for item in items) * (1 + rate) * currency.factor
