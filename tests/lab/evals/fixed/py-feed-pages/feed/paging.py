"""Pages over a sequence. Pages are counted from 1, as people do."""

from dataclasses import dataclass

SIZE = 25
LARGEST = 100


@dataclass(frozen=True)
class Page:
    items: tuple
    number: int
    size: int
    total: int

    @property
    def count(self):
        """How many pages there are: at least one, which may be empty."""
        return max(1, -(-self.total // self.size))

    @property
    def has_previous(self):
        return self.number > 1

    @property
    def has_next(self):
        return self.number * self.size < self.total


def page(items, number=1, size=SIZE):
    """The page `number`. Numbers below 1 give the first page, those past the end an empty one."""
    number = max(1, number)
    size = min(max(1, size), LARGEST)
    start = (number - 1) * size
    return Page(tuple(items[start : start + size]), number, size, len(items))
