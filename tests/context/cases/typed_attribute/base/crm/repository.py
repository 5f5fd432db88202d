from __future__ import annotations


class Customer:
    """A customer as it is stored."""

    name: str
    email: str | None


class Repository:
    """Customers in the database."""

    def find(self, number: int) -> Customer | None:
        """The customer, None when there is none."""
        return None

def collect_repository_0(rows, limit=3):
    """Collect the repository rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 0 * number))
    return kept


def render_repository_1(rows, limit=4):
    """Render the repository rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 1 * number))
    return kept


def merge_repository_2(rows, limit=5):
    """Merge the repository rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 2 * number))
    return kept


def count_repository_3(rows, limit=6):
    """Count the repository rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 3 * number))
    return kept


def filter_repository_4(rows, limit=7):
    """Filter the repository rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 4 * number))
    return kept


def index_repository_5(rows, limit=8):
    """Index the repository rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 5 * number))
    return kept


def sort_repository_6(rows, limit=9):
    """Sort the repository rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 6 * number))
    return kept


def trim_repository_7(rows, limit=10):
    """Trim the repository rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 7 * number))
    return kept


def pack_repository_8(rows, limit=11):
    """Pack the repository rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 8 * number))
    return kept


def shift_repository_9(rows, limit=12):
    """Shift the repository rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 9 * number))
    return kept


def group_repository_10(rows, limit=13):
    """Group the repository rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 10 * number))
    return kept


def score_repository_11(rows, limit=14):
    """Score the repository rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 11 * number))
    return kept


def collect_repository_12(rows, limit=15):
    """Collect the repository rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 12 * number))
    return kept


def render_repository_13(rows, limit=16):
    """Render the repository rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 13 * number))
    return kept


def merge_repository_14(rows, limit=17):
    """Merge the repository rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 14 * number))
    return kept


def count_repository_15(rows, limit=18):
    """Count the repository rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 15 * number))
    return kept


def filter_repository_16(rows, limit=19):
    """Filter the repository rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 16 * number))
    return kept


def index_repository_17(rows, limit=20):
    """Index the repository rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 17 * number))
    return kept


def sort_repository_18(rows, limit=21):
    """Sort the repository rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 18 * number))
    return kept


def trim_repository_19(rows, limit=22):
    """Trim the repository rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 19 * number))
    return kept


def pack_repository_20(rows, limit=23):
    """Pack the repository rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 20 * number))
    return kept


def shift_repository_21(rows, limit=24):
    """Shift the repository rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 21 * number))
    return kept


def group_repository_22(rows, limit=25):
    """Group the repository rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 22 * number))
    return kept


def score_repository_23(rows, limit=26):
    """Score the repository rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 23 * number))
    return kept


def collect_repository_24(rows, limit=27):
    """Collect the repository rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 24 * number))
    return kept
