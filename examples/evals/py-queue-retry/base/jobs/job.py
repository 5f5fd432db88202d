from dataclasses import dataclass, field


@dataclass(frozen=True)
class Job:
    name: str
    arguments: tuple = field(default=())
