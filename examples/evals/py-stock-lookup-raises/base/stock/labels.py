def label(catalog, number):
    part = catalog.find(number)
    if part is None:
        return f"{number}: unknown"
    return f"{part.number}: {part.name}"
