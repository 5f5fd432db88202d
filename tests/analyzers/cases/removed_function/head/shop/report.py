import shop.prices


def report(cart):
    return f"{shop.prices.net(cart.items):.2f}"
