def save(table, row):
    table["unit-price"] = str(row.price)


def load(table):
    return table.get("unit-price", 0)
