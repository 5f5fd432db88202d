from dataclasses import dataclass


@dataclass
class User:
    name: str
    email: str

    def label(self) -> str:
        return f"{self.name} <{self.email}>"
