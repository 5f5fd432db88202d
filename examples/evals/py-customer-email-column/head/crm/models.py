from dataclasses import dataclass


@dataclass(frozen=True)
class Customer:
    id: int
    name: str
    email: str
    phone: str

    @classmethod
    def of_row(cls, row):
        return cls(row["id"], row["name"], row["email"], row["phone"])
