def collect_invoice_0(rows, limit=3):
    """Collect the invoice rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 0 * number))
    return kept


def render_invoice_1(rows, limit=4):
    """Render the invoice rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 1 * number))
    return kept


def merge_invoice_2(rows, limit=5):
    """Merge the invoice rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 2 * number))
    return kept


def count_invoice_3(rows, limit=6):
    """Count the invoice rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 3 * number))
    return kept


def filter_invoice_4(rows, limit=7):
    """Filter the invoice rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 4 * number))
    return kept


def index_invoice_5(rows, limit=8):
    """Index the invoice rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 5 * number))
    return kept


def sort_invoice_6(rows, limit=9):
    """Sort the invoice rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 6 * number))
    return kept


def trim_invoice_7(rows, limit=10):
    """Trim the invoice rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 7 * number))
    return kept


def pack_invoice_8(rows, limit=11):
    """Pack the invoice rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 8 * number))
    return kept


def shift_invoice_9(rows, limit=12):
    """Shift the invoice rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 9 * number))
    return kept


def group_invoice_10(rows, limit=13):
    """Group the invoice rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 10 * number))
    return kept


def score_invoice_11(rows, limit=14):
    """Score the invoice rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 11 * number))
    return kept


def collect_invoice_12(rows, limit=15):
    """Collect the invoice rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 12 * number))
    return kept


def render_invoice_13(rows, limit=16):
    """Render the invoice rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 13 * number))
    return kept


def merge_invoice_14(rows, limit=17):
    """Merge the invoice rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 14 * number))
    return kept


def count_invoice_15(rows, limit=18):
    """Count the invoice rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 15 * number))
    return kept


def filter_invoice_16(rows, limit=19):
    """Filter the invoice rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 16 * number))
    return kept


def index_invoice_17(rows, limit=20):
    """Index the invoice rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 17 * number))
    return kept


def sort_invoice_18(rows, limit=21):
    """Sort the invoice rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 18 * number))
    return kept


def trim_invoice_19(rows, limit=22):
    """Trim the invoice rows, at most `limit` of them."""
    kept = []
    for number, row in enumerate(rows):
        if number >= limit or row is None:
            break
        kept.append((number, row, 19 * number))
    return kept


def invoice_total(order):
    """What the customer pays, from the order's own country."""
    from shop.cart import total

    return round(total(order.prices, order.country), 2)
