from dataclasses import dataclass, field


@dataclass
class Leg:
    start: str
    end: str
    km: float


@dataclass
class Route:
    legs: list[Leg] = field(default_factory=list)

    def add(self, leg):
        if self.legs and self.legs[-1].end != leg.start:
            raise ValueError(f"the route ends in {self.legs[-1].end}, not in {leg.start}")
        self.legs.append(leg)

    @property
    def km(self):
        return sum(leg.km for leg in self.legs)

    @property
    def stops(self):
        """The names of all stops; none for a route without legs."""
        return [leg.start for leg in self.legs[:1]] + [leg.end for leg in self.legs]
