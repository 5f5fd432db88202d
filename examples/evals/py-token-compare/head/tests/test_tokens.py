import unittest

from auth.tokens import Tokens


class Expiry(unittest.TestCase):
    def test_ends(self):
        now = [1000.0]
        tokens = Tokens(clock=lambda: now[0])
        token = tokens.issue("ada", lifetime=60)
        now[0] = 1059.9
        self.assertEqual(tokens.user_of(token), "ada")
        now[0] = 1060.0
        self.assertIsNone(tokens.user_of(token))
