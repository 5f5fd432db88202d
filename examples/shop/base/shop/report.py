"""The day in numbers."""

from collections import Counter

from shop import catalog, money, pricing, settings
from shop.cart import Line


def revenue(orders):
    """Cents, tax included, for a list of orders."""
    lines = [Line(catalog.find(order.sku), order.quantity) for order in orders]
    return pricing.total(lines, settings.TAX_RATE)


def best_sellers(orders, count=3):
    """(sku, pieces) of the products that sold best, best first."""
    pieces = Counter()
    for order in orders:
        pieces[order.sku] += order.quantity
    return sorted(pieces.items(), key=lambda item: (-item[1], item[0]))[:count]


def daily(day, orders):
    lines = [f"{day}: {len(orders)} orders, {money.show(revenue(orders))} EUR"]
    lines += [f"  {catalog.find(sku).name}: {pieces}" for sku, pieces in best_sellers(orders)]
    return "\n".join(lines)
