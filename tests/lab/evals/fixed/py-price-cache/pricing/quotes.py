from dataclasses import dataclass

from pricing.cache import Cache


@dataclass(frozen=True)
class Quote:
    product: str
    quantity: int
    currency: str
    amount: float


class Quotes:
    """`base_price(product, quantity)` gives euro; it asks the supplier and is slow."""

    def __init__(self, base_price, rates, cache=None):
        self._base_price = base_price
        self._rates = rates
        self._cache = cache or Cache(size=10_000, lifetime=300)

    def quote(self, product, quantity, currency="EUR"):
        key = (product, quantity, currency)
        quote = self._cache.get(key)
        if quote is None:
            euro = self._base_price(product, quantity)
            quote = Quote(product, quantity, currency, round(euro * self._rates.of(currency), 2))
            self._cache.put(key, quote)
        return quote
