import hashlib
import hmac
import os
from dataclasses import dataclass

MOST_FAILURES = 5
ROUNDS = 1000


def digest(password, salt):
    return hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ROUNDS)


@dataclass
class User:
    name: str
    salt: bytes
    password: bytes
    failures: int = 0

    @classmethod
    def create(cls, name, password):
        salt = os.urandom(16)
        return cls(name, salt, digest(password, salt))

    @property
    def locked(self):
        return self.failures >= MOST_FAILURES

    def has_password(self, password):
        return hmac.compare_digest(digest(password, self.salt), self.password)
