"""From lines to what the customer pays."""

from shop import money

BULK_FROM = 10  # pieces of one product
BULK_RATE = 0.1


def line_price(line):
    """Cents for one line, with the bulk discount."""
    if line.quantity >= BULK_FROM:
        return line.amount - money.scale(line.amount, BULK_RATE)
    return line.amount


def subtotal(lines):
    return sum(line_price(line) for line in lines)


def total(lines, tax_rate):
    """Cents to pay, tax included."""
    net = subtotal(lines)
    return net + money.scale(net, tax_rate)
