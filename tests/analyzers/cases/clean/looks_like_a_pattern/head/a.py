def names(items, limit=None):
    for item in list(items):
        if item.name in ("", "none"):
            items.remove(item)
    for i in range(len(items) - 1, -1, -1):
        if items[i] is not None and items[i].old:
            del items[i]
    return sorted(items)[:limit]
