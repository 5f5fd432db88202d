from dataclasses import dataclass


@dataclass(frozen=True)
class Customer:
    id: int
    name: str
    contact: str

    @classmethod
    def of_row(cls, row):
        return cls(row["id"], row["name"], row["contact"])
