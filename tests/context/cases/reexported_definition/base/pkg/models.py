from dataclasses import dataclass


@dataclass
class Item:
    """One thing with a size in bytes."""

    name: str
    size: int
    owner: str = ""
