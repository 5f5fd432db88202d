def sum_up(items):
    return sum(item.price for item in items)
