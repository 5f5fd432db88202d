def feed(entries):
    return {"entries": [{"id": e.id, "title": e.title} for e in entries.newest()]}
