from collections.abc import Iterable
from typing import Protocol


class Item(Protocol):
    price: float


def total(items: Iterable[Item], rate: float) -> float:
    return sum(item.price for item in items) * (1 + rate)
