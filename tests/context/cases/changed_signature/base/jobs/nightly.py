import shop.cart


def nightly(orders):
    for order in orders:
        print(shop.cart.total(order.prices, "DE"))
