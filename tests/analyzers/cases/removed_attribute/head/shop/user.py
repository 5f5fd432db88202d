from dataclasses import dataclass


@dataclass
class User:
    name: str
    address: str

    def label(self):
        return f"{self.name} <{self.address}>"
