from dataclasses import dataclass, field


@dataclass(frozen=True)
class Job:
    name: str
    arguments: tuple = field(default=())
    attempts: int = 0
    not_before: float = 0.0
