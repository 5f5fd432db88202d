"""Amounts of money: cents, rounded half up as the tax office wants it."""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def to_cents(amount):
    """`amount` rounded to whole cents. Halves are rounded away from zero, credit notes included."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)
