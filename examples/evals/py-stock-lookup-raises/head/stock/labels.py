from stock.catalog import UnknownPart


def label(catalog, number):
    try:
        part = catalog.find(number)
    except UnknownPart:
        return f"{number}: unknown"
    return f"{part.number}: {part.name}"
