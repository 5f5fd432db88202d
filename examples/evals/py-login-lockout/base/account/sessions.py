import secrets
from datetime import datetime, timedelta, timezone

LENGTH = timedelta(hours=8)


class Sessions:
    def __init__(self):
        self._sessions = {}

    def begin(self, name, now=None):
        now = now or datetime.now(timezone.utc)
        key = secrets.token_urlsafe()
        self._sessions[key] = (name, now + LENGTH)
        return key

    def user(self, key, now=None):
        name, until = self._sessions.get(key, (None, None))
        if name is None or (now or datetime.now(timezone.utc)) >= until:
            return None
        return name
