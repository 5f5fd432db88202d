import unittest

from shop import money, pricing
from shop.cart import Cart


def lines(**quantities):
    cart = Cart("ann@example.com")
    for sku, quantity in quantities.items():
        cart.add(sku, quantity)
    return cart.lines()


class Pricing(unittest.TestCase):
    def test_total_has_tax(self):
        self.assertEqual(pricing.total(lines(mug=2), 0.2, "EUR"), 2280)

    def test_total_in_another_currency(self):
        self.assertEqual(pricing.total(lines(mug=2), 0.2, "USD"), 2462)

    def test_bulk_discount_from_ten_pieces(self):
        pricing.subtotal(lines(pen=9))
        pricing.subtotal(lines(pen=10))

    def test_nothing_costs_nothing(self):
        self.assertEqual(pricing.total([], 0.2, "EUR"), 0)


class Money(unittest.TestCase):
    def test_parses_and_shows(self):
        for text, cents in (("12.50", 1250), ("0.05", 5), ("7", 700)):
            self.assertEqual(money.parse(text), cents)
        self.assertEqual([money.show(cents) for cents in (1250, 5, -705)], ["12.50", "0.05", "-7.05"])

    def test_refuses_what_is_no_amount(self):
        for text in ("", "-1", "1.5", "1,50", "x"):
            with self.assertRaises(ValueError):
                money.parse(text)

    def test_rounds_half_up(self):
        self.assertEqual(money.scale(5, 0.1), 1)
