"""Limits that the operators agreed on."""

MAX_ROWS = 10_000
MAX_AGE_SECONDS = 3600
STATES = ("new", "open", "closed")

def collect_limits_0(rows, limit=3):
    """Collect the limits rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 0 * number))
    return kept


def render_limits_1(rows, limit=4):
    """Render the limits rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 1 * number))
    return kept


def merge_limits_2(rows, limit=5):
    """Merge the limits rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 2 * number))
    return kept


def count_limits_3(rows, limit=6):
    """Count the limits rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 3 * number))
    return kept


def filter_limits_4(rows, limit=7):
    """Filter the limits rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 4 * number))
    return kept


def index_limits_5(rows, limit=8):
    """Index the limits rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 5 * number))
    return kept


def sort_limits_6(rows, limit=9):
    """Sort the limits rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 6 * number))
    return kept


def trim_limits_7(rows, limit=10):
    """Trim the limits rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 7 * number))
    return kept


def pack_limits_8(rows, limit=11):
    """Pack the limits rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 8 * number))
    return kept


def shift_limits_9(rows, limit=12):
    """Shift the limits rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 9 * number))
    return kept


def group_limits_10(rows, limit=13):
    """Group the limits rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 10 * number))
    return kept


def score_limits_11(rows, limit=14):
    """Score the limits rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 11 * number))
    return kept


def collect_limits_12(rows, limit=15):
    """Collect the limits rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 12 * number))
    return kept


def render_limits_13(rows, limit=16):
    """Render the limits rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 13 * number))
    return kept


def merge_limits_14(rows, limit=17):
    """Merge the limits rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 14 * number))
    return kept


def count_limits_15(rows, limit=18):
    """Count the limits rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 15 * number))
    return kept


def filter_limits_16(rows, limit=19):
    """Filter the limits rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 16 * number))
    return kept


def index_limits_17(rows, limit=20):
    """Index the limits rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 17 * number))
    return kept


def sort_limits_18(rows, limit=21):
    """Sort the limits rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 18 * number))
    return kept


def trim_limits_19(rows, limit=22):
    """Trim the limits rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 19 * number))
    return kept


def pack_limits_20(rows, limit=23):
    """Pack the limits rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 20 * number))
    return kept


def shift_limits_21(rows, limit=24):
    """Shift the limits rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 21 * number))
    return kept


def group_limits_22(rows, limit=25):
    """Group the limits rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 22 * number))
    return kept


def score_limits_23(rows, limit=26):
    """Score the limits rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 23 * number))
    return kept


def collect_limits_24(rows, limit=27):
    """Collect the limits rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 24 * number))
    return kept
