import sqlite3

from crm.migrations import migrate
from crm.models import Customer


def connect(path):
    db = sqlite3.connect(path)
    db.row_factory = sqlite3.Row
    migrate(db)
    return db


def add(db, name, contact):
    with db:
        return db.execute("INSERT INTO customer (name, contact) VALUES (?, ?)", (name, contact)).lastrowid


def get(db, number):
    row = db.execute("SELECT * FROM customer WHERE id = ?", (number,)).fetchone()
    return Customer.of_row(row) if row else None
