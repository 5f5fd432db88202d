from desk import store


def rows(db, ids):
    """The tickets in the order of `ids`; ids that do not exist are left out."""
    ids = list(ids)
    found = store.by_ids(db, ids)
    return [found[ticket_id] for ticket_id in ids if ticket_id in found]


def as_text(db, ids):
    return "\n".join(f"#{t['id']} [{t['state']}] {t['subject']}" for t in rows(db, ids))
