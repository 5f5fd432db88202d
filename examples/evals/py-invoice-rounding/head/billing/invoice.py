from collections import defaultdict
from decimal import Decimal

from billing.money import to_cents


class Invoice:
    def __init__(self, lines, discount=Decimal(0)):
        self.lines = list(lines)
        self.discount = discount

    def net(self):
        total = sum((line.net() for line in self.lines), Decimal(0))
        return self._discounted(total)

    def tax_by_rate(self):
        sums = defaultdict(Decimal)
        for line in self.lines:
            sums[line.tax_rate] += line.net()
        return {rate: to_cents(self._discounted(net) * rate) for rate, net in sums.items()}

    def gross(self):
        return self.net() + sum(self.tax_by_rate().values())

    def _discounted(self, net):
        return to_cents(net * (1 - self.discount))
