import hashlib
import hmac
import secrets


class Tokens:
    """API tokens. Only their digests are kept."""

    def __init__(self):
        self._by_digest = {}

    def issue(self, user):
        token = secrets.token_urlsafe(32)
        self._by_digest[_digest(token)] = user
        return token

    def user_of(self, token):
        wanted = _digest(token)
        for digest, user in self._by_digest.items():
            if hmac.compare_digest(digest, wanted):
                return user
        return None

    def revoke(self, token):
        self._by_digest.pop(_digest(token), None)


def _digest(token):
    return hashlib.sha256(token.encode()).hexdigest()
