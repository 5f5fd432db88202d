from desk import store


def rows(db, ids):
    """The tickets in the order of `ids`; ids that do not exist are left out."""
    result = []
    for ticket_id in ids:
        ticket = store.by_id(db, ticket_id)
        if ticket is not None:
            result.append(ticket)
    return result


def as_text(db, ids):
    return "\n".join(f"#{t['id']} [{t['state']}] {t['subject']}" for t in rows(db, ids))
