from dataclasses import dataclass


@dataclass(frozen=True)
class Quote:
    product: str
    quantity: int
    currency: str
    amount: float


class Quotes:
    """`base_price(product, quantity)` gives euro; it asks the supplier and is slow."""

    def __init__(self, base_price, rates):
        self._base_price = base_price
        self._rates = rates

    def quote(self, product, quantity, currency="EUR"):
        euro = self._base_price(product, quantity)
        return Quote(product, quantity, currency, round(euro * self._rates.of(currency), 2))
