from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal

from billing.lines import CENT


class Invoice:
    def __init__(self, lines, discount=Decimal(0)):
        self.lines = list(lines)
        self.discount = discount

    def net(self):
        total = Decimal(0)
        for line in self.lines:
            total += line.net()
        return (total * (1 - self.discount)).quantize(CENT, rounding=ROUND_HALF_UP)

    def tax_by_rate(self):
        sums = defaultdict(Decimal)
        for line in self.lines:
            sums[line.tax_rate] += line.net()
        result = {}
        for rate, net in sums.items():
            discounted = (net * (1 - self.discount)).quantize(CENT, rounding=ROUND_HALF_UP)
            result[rate] = (discounted * rate).quantize(CENT, rounding=ROUND_HALF_UP)
        return result

    def gross(self):
        return self.net() + sum(self.tax_by_rate().values())
