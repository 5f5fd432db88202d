"""Amounts are whole cents, so that no sum depends on the order of its parts."""

from decimal import ROUND_HALF_UP, Decimal


def parse(text):
    """'12.50' as 1250 cents. Raises ValueError for anything that is not a plain amount."""
    whole, _, cents = text.strip().partition(".")
    if not whole.isdigit() or (cents and (len(cents) != 2 or not cents.isdigit())):
        raise ValueError(f"not an amount: {text!r}")
    return int(whole) * 100 + int(cents or 0)


def show(cents):
    """1250 as '12.50'; negative amounts keep their sign in front."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02}"


def scale(cents, factor):
    """`cents` times `factor`, rounded half up to whole cents."""
    exact = Decimal(cents) * Decimal(str(factor))
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))
