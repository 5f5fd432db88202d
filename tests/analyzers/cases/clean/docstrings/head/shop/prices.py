def total(items, rate):
    """The sum with tax.

    password: none; see https://example.com/a:b@c
    """
    return sum(item.price for item in items) * (1 + rate)
