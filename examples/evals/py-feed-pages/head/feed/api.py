from feed.paging import SIZE, page


def feed(entries, query=None):
    query = query or {}
    current = page(entries.newest(), _number(query, "page", 1), _number(query, "size", SIZE))
    result = {
        "entries": [{"id": e.id, "title": e.title} for e in current.items],
        "page": current.number,
        "pages": current.count,
    }
    if current.has_previous:
        result["previous"] = f"?page={current.number - 1}&size={current.size}"
    if current.has_next:
        result["next"] = f"?page={current.number + 1}&size={current.size}"
    return result


def _number(query, name, default):
    value = query.get(name, "")
    return int(value) if value.isdecimal() else default
