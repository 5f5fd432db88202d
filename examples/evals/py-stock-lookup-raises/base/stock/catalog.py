from dataclasses import dataclass


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
        """The part, None when there is none."""
        return self._parts.get(number.strip().upper())
