import hashlib
import secrets
import time


class Tokens:
    """API tokens. Only their digests are kept.

    Tokens carry 256 random bits and are looked up by SHA-256: how long a lookup takes tells nothing about a token that
    is not known already, and there is nothing to guess that a slow hash would protect.
    """

    def __init__(self, clock=time.time):
        self._by_digest = {}
        self._clock = clock

    def issue(self, user, lifetime=None):
        """A new token for `user`, valid for `lifetime` seconds, without end when None."""
        token = secrets.token_urlsafe(32)
        expires = None if lifetime is None else self._clock() + lifetime
        self._by_digest[_digest(token)] = (user, expires)
        return token

    def user_of(self, token):
        entry = self._by_digest.get(_digest(token))
        if entry is None:
            return None
        user, expires = entry
        if expires is not None and self._clock() >= expires:
            self.revoke(token)
            return None
        return user

    def revoke(self, token):
        self._by_digest.pop(_digest(token), None)


def _digest(token):
    return hashlib.sha256(token.encode()).hexdigest()
