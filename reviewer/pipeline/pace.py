"""How long the passes of a run take, and so how long the rest of them will."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from reviewer.types import Unit

MEASURED = 2  # passes that the model must have answered before a time is given
# What a pass costs beyond its hunks, in bytes of them: the rules, the context, the answer.
_BESIDE = 2000
# What a pass still takes at least, as a share of what it took so far; and how many times the
# expected time it may take before nothing is known of it.
_MORE, _LATE = 1 / 3, 3.0
_RISE = 1.25  # a longer estimate than the one before is believed when it is longer by this


def weight(unit: Unit) -> float:
    """What a pass over the unit costs, relative to the others."""
    return _BESIDE + sum(len(line.data) for hunk in unit.hunks for line in hunk.lines)


@dataclass
class Pace:
    """Measures the passes of a run, by their positions. Times are seconds of a monotonic clock.

    What came from the cache is done, and says nothing about the speed of the model."""

    weights: Sequence[float]
    done: int = 0
    _begun: dict[int, float] = field(default_factory=dict)  # those under way: since when
    _waiting: float = field(init=False)  # weight of the passes that have not begun
    _asked: int = 0  # passes that the model answered, their weight and their seconds
    _weight: float = 0.0
    _seconds: float = 0.0
    _last: tuple[float, float] | None = None  # the last estimate, and when it was made

    def __post_init__(self) -> None:
        self._waiting = sum(self.weights)

    @property
    def total(self) -> int:
        return len(self.weights)

    def begin(self, position: int, now: float) -> None:
        self._begun[position] = now
        self._waiting -= self.weights[position]

    def end(self, position: int, now: float, *, asked: bool) -> None:
        """The pass has ended. `asked`: the model has answered it, not the cache."""
        self.done += 1
        began = self._begun.pop(position, None)
        if began is None:  # it was given up before it began
            self._waiting -= self.weights[position]
        elif asked:
            self._asked += 1
            self._weight += self.weights[position]
            self._seconds += now - began

    def seconds_left(self, now: float) -> float | None:
        """Until the last pass ends; None while that is unknown, and when nothing is left. It falls
        with the time; only a much longer estimate than the one before lets it rise."""
        if self._asked < MEASURED or self.done == self.total:
            return None
        speed = self._seconds / self._weight
        under_way = [(speed * self.weights[at], now - began) for at, began in self._begun.items()]
        if any(age > _LATE * expected for expected, age in under_way):
            self._last = None
            return None
        left = [max(expected - age, _MORE * age) for expected, age in under_way]
        work = sum(left) + speed * max(0.0, self._waiting)
        estimate = max([work / max(1, len(left)), *left])
        if self._last is not None:
            before = max(0.0, self._last[0] - (now - self._last[1]))
            if before < estimate < before * _RISE:
                estimate = before
        self._last = (estimate, now)
        return estimate
