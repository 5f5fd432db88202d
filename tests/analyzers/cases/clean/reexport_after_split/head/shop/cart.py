from shop.prices import total


class Cart:
    def __init__(self, items):
        self.items = items

    def amount(self):
        return total(self.items, 0.19)
