import unittest

from hooks.deliver import deliver
from hooks.target import Target


class Deliver(unittest.TestCase):
    def test_refused(self):
        with self.assertLogs("hooks.deliver", "WARNING") as logs:
            self.assertFalse(deliver(Target("https://example.org/x", "t", b"s"), {}, lambda *a: 500))
        self.assertIn("refused with 500", logs.output[0])
