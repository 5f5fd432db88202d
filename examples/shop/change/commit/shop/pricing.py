"""From lines to what the customer pays."""

from shop import money

BULK_FROM = 10  # pieces of one product
BULK_RATE = 0.1
EXCHANGE = {"EUR": 1, "USD": 1.08, "CHF": 0.96}  # for one euro
COUPONS = {"WELCOME": 0.05, "SPRING": 0.1}


def line_price(line):
    """Cents for one line, with the bulk discount."""
    if line.quantity >= BULK_FROM:
        return line.amount - money.scale(line.amount, BULK_RATE)
    return line.amount


def subtotal(lines):
    return sum(line_price(line) for line in lines)


def with_coupons(net, codes, used=[]):
    """Cents that are left after the coupons; a code counts once."""
    for code in codes:
        if code not in used:
            used.append(code)
            net -= money.scale(net, COUPONS.get(code, 0))
    return net


def total(lines, tax_rate, currency, coupons=()):
    """Cents of `currency` to pay, tax included."""
    net = with_coupons(subtotal(lines), coupons)
    return money.scale(net + money.scale(net, tax_rate), EXCHANGE[currency])
