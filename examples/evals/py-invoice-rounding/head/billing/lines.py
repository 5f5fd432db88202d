"""Lines of an invoice, in euro."""

from dataclasses import dataclass
from decimal import Decimal

from billing.money import to_cents


@dataclass(frozen=True)
class Line:
    text: str
    quantity: Decimal
    unit_price: Decimal
    tax_rate: Decimal

    def net(self):
        return to_cents(self.quantity * self.unit_price)

    def tax(self):
        return to_cents(self.net() * self.tax_rate)

    def gross(self):
        return self.net() + self.tax()
