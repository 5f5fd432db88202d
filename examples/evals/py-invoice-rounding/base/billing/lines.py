"""Lines of an invoice, in euro."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Line:
    text: str
    quantity: Decimal
    unit_price: Decimal
    tax_rate: Decimal

    def net(self):
        return (self.quantity * self.unit_price).quantize(CENT, rounding=ROUND_HALF_UP)

    def tax(self):
        return (self.net() * self.tax_rate).quantize(CENT, rounding=ROUND_HALF_UP)

    def gross(self):
        return self.net() + self.tax()
