"""The command line of the back office."""

import argparse
import asyncio
import datetime

from shop import catalog, checkout, money, notify, orders, report
from shop.cart import Cart
from shop.inventory import Inventory

STOCK = {"mug": 40, "pen": 200, "book": 75, "bag": 30}


def stock(_options):
    for product in catalog.PRODUCTS.values():
        print(f"{product.sku:6} {product.name:20} {money.show(product.price):>8} {STOCK.get(product.sku, 0):>5}")


def order(options):
    cart = Cart(options.customer)
    for item in options.items:
        sku, _, quantity = item.partition("=")
        cart.add(sku, int(quantity or 1))
    with orders.database() as connection:
        amount = asyncio.run(
            checkout.place_order(cart, Inventory(STOCK), connection, notify.print_mail, options.day)
        )
    print(f"{len(cart)} items, {money.show(amount)} EUR")


def day_report(options):
    with orders.database() as connection:
        print(report.daily(options.day, orders.on_day(connection, options.day)))


def main(argv=None):
    parser = argparse.ArgumentParser(prog="shop")
    parser.add_argument("--day", default=datetime.date.today().isoformat())
    commands = parser.add_subparsers(required=True)
    commands.add_parser("stock").set_defaults(run=stock)
    ordering = commands.add_parser("order")
    ordering.add_argument("customer")
    ordering.add_argument("items", nargs="+", metavar="SKU=QUANTITY")
    ordering.set_defaults(run=order)
    commands.add_parser("report").set_defaults(run=day_report)
    options = parser.parse_args(argv)
    options.run(options)


if __name__ == "__main__":
    main()
