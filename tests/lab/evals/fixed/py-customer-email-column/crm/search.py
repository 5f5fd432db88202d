from crm.models import Customer


def search(db, words, limit=20):
    """Customers whose name, e-mail or phone number holds every word."""
    query = "SELECT * FROM customer"
    values = []
    for number, word in enumerate(words.split()):
        query += " AND" if number else " WHERE"
        query += " (name LIKE ? OR email LIKE ? OR phone LIKE ?)"
        values += [f"%{word}%"] * 3
    query += " ORDER BY name LIMIT ?"
    return [Customer.of_row(row) for row in db.execute(query, [*values, limit])]
