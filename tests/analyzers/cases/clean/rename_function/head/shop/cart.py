from shop.prices import sum_with_tax


class Cart:
    def __init__(self, items):
        self.items = items

    def amount(self):
        return sum_with_tax(self.items, 0.19)
