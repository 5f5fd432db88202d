def pages(total, size):
    """Number of pages for `total` items."""
    return total // size
