"""Each entry takes the database from one version to the next. Entries are never changed once released."""

STEPS = [
    [
        "CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT NOT NULL, contact TEXT NOT NULL DEFAULT '')",
    ],
    [
        "CREATE INDEX customer_name ON customer (name)",
    ],
    [
        "ALTER TABLE customer ADD COLUMN email TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE customer ADD COLUMN phone TEXT NOT NULL DEFAULT ''",
        "UPDATE customer SET email = contact WHERE contact LIKE '%@%'",
        "UPDATE customer SET phone = contact WHERE contact NOT LIKE '%@%'",
        "ALTER TABLE customer DROP COLUMN contact",
    ],
]


def migrate(db):
    version = db.execute("PRAGMA user_version").fetchone()[0]
    for number, statements in enumerate(STEPS[version:], start=version + 1):
        with db:
            for statement in statements:
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {number}")
