import sqlite3

COLUMNS = ("id", "subject", "state")


def connect(path=":memory:"):
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE IF NOT EXISTS ticket (id INTEGER PRIMARY KEY, subject TEXT NOT NULL, state TEXT NOT NULL)")
    return db


def add(db, subject, state="open"):
    return db.execute("INSERT INTO ticket (subject, state) VALUES (?, ?)", (subject, state)).lastrowid


def by_id(db, ticket_id):
    row = db.execute("SELECT id, subject, state FROM ticket WHERE id = ?", (ticket_id,)).fetchone()
    return dict(zip(COLUMNS, row)) if row else None
