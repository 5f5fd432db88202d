def collect_sizes_0(rows, limit=3):
    """Collect the sizes rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 0 * number))
    return kept


def render_sizes_1(rows, limit=4):
    """Render the sizes rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 1 * number))
    return kept


def merge_sizes_2(rows, limit=5):
    """Merge the sizes rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 2 * number))
    return kept


def count_sizes_3(rows, limit=6):
    """Count the sizes rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 3 * number))
    return kept


def filter_sizes_4(rows, limit=7):
    """Filter the sizes rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 4 * number))
    return kept


def index_sizes_5(rows, limit=8):
    """Index the sizes rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 5 * number))
    return kept


def sort_sizes_6(rows, limit=9):
    """Sort the sizes rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 6 * number))
    return kept


def trim_sizes_7(rows, limit=10):
    """Trim the sizes rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 7 * number))
    return kept


def pack_sizes_8(rows, limit=11):
    """Pack the sizes rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 8 * number))
    return kept


def shift_sizes_9(rows, limit=12):
    """Shift the sizes rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 9 * number))
    return kept


def group_sizes_10(rows, limit=13):
    """Group the sizes rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 10 * number))
    return kept


def score_sizes_11(rows, limit=14):
    """Score the sizes rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 11 * number))
    return kept


def collect_sizes_12(rows, limit=15):
    """Collect the sizes rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 12 * number))
    return kept


def render_sizes_13(rows, limit=16):
    """Render the sizes rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 13 * number))
    return kept


def merge_sizes_14(rows, limit=17):
    """Merge the sizes rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 14 * number))
    return kept


def count_sizes_15(rows, limit=18):
    """Count the sizes rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 15 * number))
    return kept


def filter_sizes_16(rows, limit=19):
    """Filter the sizes rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 16 * number))
    return kept


def index_sizes_17(rows, limit=20):
    """Index the sizes rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 17 * number))
    return kept


def sort_sizes_18(rows, limit=21):
    """Sort the sizes rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 18 * number))
    return kept


def trim_sizes_19(rows, limit=22):
    """Trim the sizes rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 19 * number))
    return kept


def parse_size(text, *, strict=True):
    """Bytes of `10k`, `2M`; raises ValueError when strict, else 0."""
    try:
        return int(text[:-1]) * {"k": 1024, "M": 1 << 20}[text[-1]]
    except (KeyError, ValueError):
        if strict:
            raise ValueError(text) from None
        return 0
