import asyncio
import unittest

from shop import checkout, orders, report, settings
from shop.cart import Cart
from shop.inventory import Inventory, OutOfStock

DAY = "2026-03-02"


class Mailbox:
    def __init__(self):
        self.mails = []

    async def __call__(self, sender, recipient, text):
        self.mails.append((sender, recipient, text))


def cart(**quantities):
    result = Cart("ann@example.com")
    for sku, quantity in quantities.items():
        result.add(sku, quantity)
    return result


class Orders(unittest.TestCase):
    def place(self, selection, connection, stock, mailbox):
        return asyncio.run(checkout.place_order(selection, stock, connection, mailbox, DAY))

    def test_an_order_is_paid_stored_and_confirmed(self):
        stock, mailbox = Inventory({"mug": 5}), Mailbox()
        with orders.database(":memory:") as connection:
            self.assertEqual(self.place(cart(mug=2), connection, stock, mailbox), 2280)
            stored = orders.on_day(connection, DAY)
        self.assertEqual(stored, [orders.Order(DAY, "ann@example.com", "mug", 2, 1900)])
        self.assertEqual(stock.available("mug"), 3)
        self.assertEqual([mail[:2] for mail in mailbox.mails], [(settings.RECEIPT_SENDER, "ann@example.com")])

    def test_too_large_an_order_changes_nothing(self):
        stock, mailbox = Inventory({"mug": 5, "pen": 1}), Mailbox()
        with orders.database(":memory:") as connection:
            with self.assertRaises(OutOfStock):
                self.place(cart(mug=2, pen=2), connection, stock, mailbox)
            self.assertEqual(orders.on_day(connection, DAY), [])
        self.assertEqual((stock.available("mug"), mailbox.mails), (5, []))

    def test_pages(self):
        many = [orders.Order(DAY, "ann@example.com", "pen", number, 0) for number in range(45)]
        self.assertEqual([len(orders.page(many, number)) for number in (1, 2, 3, 4)], [20, 20, 5, 0])

    def test_the_daily_report(self):
        sold = [orders.Order(DAY, "a", "pen", 3, 540), orders.Order(DAY, "b", "mug", 1, 950)]
        self.assertEqual(
            report.daily(DAY, sold), f"{DAY}: 2 orders, 17.88 EUR\n  Ballpoint pen: 3\n  Mug, 300 ml: 1"
        )


class Carts(unittest.TestCase):
    def test_adds_up_and_forgets(self):
        selection = cart(mug=1, pen=2)
        selection.add("mug", 2)
        selection.remove("pen")
        self.assertEqual([(line.product.sku, line.amount) for line in selection.lines()], [("mug", 2850)])

    def test_refuses_unknown_products_and_empty_quantities(self):
        with self.assertRaisesRegex(KeyError, "no product 'cup'"):
            cart(cup=1)
        with self.assertRaises(ValueError):
            cart(mug=0)
