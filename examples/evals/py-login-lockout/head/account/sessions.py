import secrets
from datetime import datetime, timedelta, timezone

LENGTH = timedelta(hours=8)
LONG = timedelta(days=30)


class Sessions:
    def __init__(self):
        self._sessions = {}

    def begin(self, name, now=None, long=False):
        now = now or datetime.now(timezone.utc)
        key = secrets.token_urlsafe()
        self._sessions[key] = (name, now + (LONG if long else LENGTH))
        return key

    def end(self, key):
        self._sessions.pop(key, None)

    def end_all(self, name):
        """Ends every session of a user, as after a change of the password."""
        for key in [key for key, (owner, _) in self._sessions.items() if owner == name]:
            del self._sessions[key]

    def user(self, key, now=None):
        name, until = self._sessions.get(key, (None, None))
        if name is None or (now or datetime.now(timezone.utc)) >= until:
            return None
        return name
