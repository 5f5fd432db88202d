"""Tax rates by country."""

LIMIT = 500


def rate_for(country: str, *, reduced: bool = False) -> float:
    """The rate of a country, between 0 and 1; unknown countries have none.

    Reduced rates exist in few countries only.
    """
    full = {"DE": 0.19, "FR": 0.2, "LU": 0.17}.get(country, 0.0)
    return full / 2 if reduced else full

def collect_rates_0(rows, limit=3):
    """Collect the rates rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 0 * number))
    return kept


def render_rates_1(rows, limit=4):
    """Render the rates rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 1 * number))
    return kept


def merge_rates_2(rows, limit=5):
    """Merge the rates rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 2 * number))
    return kept


def count_rates_3(rows, limit=6):
    """Count the rates rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 3 * number))
    return kept


def filter_rates_4(rows, limit=7):
    """Filter the rates rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 4 * number))
    return kept


def index_rates_5(rows, limit=8):
    """Index the rates rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 5 * number))
    return kept


def sort_rates_6(rows, limit=9):
    """Sort the rates rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 6 * number))
    return kept


def trim_rates_7(rows, limit=10):
    """Trim the rates rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 7 * number))
    return kept


def pack_rates_8(rows, limit=11):
    """Pack the rates rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 8 * number))
    return kept


def shift_rates_9(rows, limit=12):
    """Shift the rates rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 9 * number))
    return kept


def group_rates_10(rows, limit=13):
    """Group the rates rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 10 * number))
    return kept


def score_rates_11(rows, limit=14):
    """Score the rates rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 11 * number))
    return kept


def collect_rates_12(rows, limit=15):
    """Collect the rates rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 12 * number))
    return kept


def render_rates_13(rows, limit=16):
    """Render the rates rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 13 * number))
    return kept


def merge_rates_14(rows, limit=17):
    """Merge the rates rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 14 * number))
    return kept


def count_rates_15(rows, limit=18):
    """Count the rates rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 15 * number))
    return kept


def filter_rates_16(rows, limit=19):
    """Filter the rates rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 16 * number))
    return kept


def index_rates_17(rows, limit=20):
    """Index the rates rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 17 * number))
    return kept


def sort_rates_18(rows, limit=21):
    """Sort the rates rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 18 * number))
    return kept


def trim_rates_19(rows, limit=22):
    """Trim the rates rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 19 * number))
    return kept


def pack_rates_20(rows, limit=23):
    """Pack the rates rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 20 * number))
    return kept


def shift_rates_21(rows, limit=24):
    """Shift the rates rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 21 * number))
    return kept


def group_rates_22(rows, limit=25):
    """Group the rates rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 22 * number))
    return kept


def score_rates_23(rows, limit=26):
    """Score the rates rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 23 * number))
    return kept


def collect_rates_24(rows, limit=27):
    """Collect the rates rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 24 * number))
    return kept


def render_rates_25(rows, limit=28):
    """Render the rates rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 25 * number))
    return kept


def merge_rates_26(rows, limit=29):
    """Merge the rates rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 26 * number))
    return kept


def count_rates_27(rows, limit=30):
    """Count the rates rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 27 * number))
    return kept


def filter_rates_28(rows, limit=31):
    """Filter the rates rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 28 * number))
    return kept


def index_rates_29(rows, limit=32):
    """Index the rates rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 29 * number))
    return kept
