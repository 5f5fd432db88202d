import sqlite3

COLUMNS = ("id", "subject", "state")
BATCH = 500  # older SQLite builds take 999 parameters at most


def connect(path=":memory:"):
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE IF NOT EXISTS ticket (id INTEGER PRIMARY KEY, subject TEXT NOT NULL, state TEXT NOT NULL)")
    return db


def add(db, subject, state="open"):
    return db.execute("INSERT INTO ticket (subject, state) VALUES (?, ?)", (subject, state)).lastrowid


def by_id(db, ticket_id):
    row = db.execute("SELECT id, subject, state FROM ticket WHERE id = ?", (ticket_id,)).fetchone()
    return dict(zip(COLUMNS, row)) if row else None


def by_ids(db, ids):
    """The tickets that exist, by id. Every id costs one parameter, so they go in batches."""
    wanted = list(dict.fromkeys(ids))
    found = {}
    for start in range(0, len(wanted), BATCH):
        batch = wanted[start : start + BATCH]
        marks = ", ".join("?" * len(batch))
        query = f"SELECT {', '.join(COLUMNS)} FROM ticket WHERE id IN ({marks})"
        for row in db.execute(query, batch):
            found[row[0]] = dict(zip(COLUMNS, row))
    return found
