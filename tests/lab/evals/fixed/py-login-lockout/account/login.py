class Refused(Exception):
    pass


def check(users, name, password):
    """The user of this name and password. Raises Refused, which does not tell why."""
    user = users.get(name)
    if user is None:
        raise Refused
    if user.locked:
        raise Refused
    if not user.has_password(password):
        user.failures += 1
        raise Refused
    user.failures = 0
    return user


def login(users, sessions, name, password, stay=False):
    """The key of a new session, a long one for who wants to stay signed in."""
    user = check(users, name, password)
    return sessions.begin(user.name, long=stay)


def logout(sessions, key, everywhere=False):
    name = sessions.user(key)
    sessions.end(key)
    if everywhere and name is not None:
        sessions.end_all(name)
