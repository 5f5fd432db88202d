"""A customer's selection, before it becomes an order."""

from dataclasses import dataclass

from shop import catalog


@dataclass(frozen=True)
class Line:
    product: catalog.Product
    quantity: int

    @property
    def amount(self):
        return self.product.price * self.quantity


class Cart:
    def __init__(self, customer):
        self.customer = customer
        self._quantities = {}

    def add(self, sku, quantity=1):
        if quantity < 1:
            raise ValueError("the quantity must be at least 1")
        catalog.find(sku)
        self._quantities[sku] = self._quantities.get(sku, 0) + quantity

    def remove(self, sku):
        self._quantities.pop(sku, None)

    def lines(self):
        """One line for each product, in the order in which they were first added."""
        return [Line(catalog.find(sku), quantity) for sku, quantity in self._quantities.items()]

    def __len__(self):
        return sum(self._quantities.values())
