from dataclasses import dataclass


class UnknownPart(LookupError):
    def __init__(self, number):
        super().__init__(f"there is no part {number}")
        self.number = number


@dataclass
class Part:
    number: str
    name: str
    on_hand: int


class Catalog:
    def __init__(self, parts=()):
        self._parts = {part.number: part for part in parts}

    def add(self, part):
        if part.number in self._parts:
            raise ValueError(f"part {part.number} exists already")
        self._parts[part.number] = part

    def find(self, number):
        """The part. Raises UnknownPart when there is none."""
        try:
            return self._parts[number.strip().upper()]
        except KeyError:
            raise UnknownPart(number) from None

    def __contains__(self, number):
        return number.strip().upper() in self._parts
