"""Each entry takes the database from one version to the next. Entries are never changed once released."""

STEPS = [
    [
        "CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT NOT NULL, contact TEXT NOT NULL DEFAULT '')",
    ],
    [
        "CREATE INDEX customer_name ON customer (name)",
    ],
]


def migrate(db):
    version = db.execute("PRAGMA user_version").fetchone()[0]
    for number, statements in enumerate(STEPS[version:], start=version + 1):
        with db:
            for statement in statements:
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {number}")
