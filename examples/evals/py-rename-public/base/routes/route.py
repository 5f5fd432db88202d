from dataclasses import dataclass, field


@dataclass
class Leg:
    start: str
    end: str
    distance: float


@dataclass
class Route:
    legs: list[Leg] = field(default_factory=list)

    def add(self, leg):
        if self.legs and self.legs[-1].end != leg.start:
            raise ValueError(f"the route ends in {self.legs[-1].end}, not in {leg.start}")
        self.legs.append(leg)

    def distance(self):
        return sum(leg.distance for leg in self.legs)
