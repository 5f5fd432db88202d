"""Orders, kept in SQLite."""

import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass

from shop import settings

SCHEMA = """
create table if not exists orders (
    id integer primary key,
    day text not null,
    customer text not null,
    sku text not null,
    quantity integer not null,
    total integer not null
)
"""


@dataclass(frozen=True)
class Order:
    day: str
    customer: str
    sku: str
    quantity: int
    total: int


@contextmanager
def database(path=None):
    """A connection that commits at the end, rolls back after an error, and is closed in any case."""
    connection = sqlite3.connect(path or settings.DATABASE)
    try:
        with connection:
            connection.execute(SCHEMA)
            yield connection
    finally:
        connection.close()


def save(connection, orders):
    connection.executemany(
        "insert into orders (day, customer, sku, quantity, total) values (?, ?, ?, ?, ?)",
        [(order.day, order.customer, order.sku, order.quantity, order.total) for order in orders],
    )


def on_day(connection, day):
    rows = connection.execute(
        "select day, customer, sku, quantity, total from orders where day = ? order by id", (day,)
    )
    return [Order(*row) for row in rows]


def page(orders, number):
    """Page `number` (from 1) of a list of orders."""
    first = (number - 1) * settings.PAGE_SIZE
    return orders[first : first + settings.PAGE_SIZE]
