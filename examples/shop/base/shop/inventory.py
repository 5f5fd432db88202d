"""How much of each product is in stock."""


class OutOfStock(Exception):
    """There is less in stock than was ordered."""


class Inventory:
    def __init__(self, stock):
        self._stock = dict(stock)

    def available(self, sku):
        return self._stock.get(sku, 0)

    def reserve(self, lines):
        """Take all lines out of stock, or none. Raises OutOfStock."""
        for line in lines:
            if self.available(line.product.sku) < line.quantity:
                raise OutOfStock(f"{line.product.name}: {self.available(line.product.sku)} left")
        for line in lines:
            self._stock[line.product.sku] -= line.quantity

    def release(self, lines):
        for line in lines:
            self._stock[line.product.sku] = self.available(line.product.sku) + line.quantity
