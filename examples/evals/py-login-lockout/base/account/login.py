class Refused(Exception):
    pass


def login(users, sessions, name, password):
    """The key of a new session. Raises Refused, which does not tell why."""
    user = users.get(name)
    if user is None:
        raise Refused
    if user.locked:
        raise Refused
    if not user.has_password(password):
        user.failures += 1
        raise Refused
    user.failures = 0
    return sessions.begin(name)
