import unittest

from desk import export, store


class Rows(unittest.TestCase):
    def test_order_and_missing(self):
        db = store.connect()
        first, second = store.add(db, "printer"), store.add(db, "mouse", "closed")
        self.assertEqual(export.as_text(db, [second, 99, first]), "#2 [closed] mouse\n#1 [open] printer")

    def test_more_than_a_batch(self):
        db = store.connect()
        ids = [store.add(db, str(n)) for n in range(1203)]
        self.assertEqual([t["id"] for t in export.rows(db, reversed(ids))], ids[::-1])
