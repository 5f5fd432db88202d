def reserve(catalog, order):
    """Takes what the order (number to quantity) needs from stock, all or nothing.

    Gives the numbers that are missing or short; the stock is untouched unless that list is empty.
    """
    short = []
    taken = []
    for number, quantity in order.items():
        part = catalog.find(number) if number in catalog else None
        if part is None or part.on_hand < quantity:
            short.append(number)
        else:
            taken.append((part, quantity))
    if not short:
        for part, quantity in taken:
            part.on_hand -= quantity
    return short
