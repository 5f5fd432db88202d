"""What the changed lines of a file say, as flat facts: calls, conditions, comparisons, indexes and
so on."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import Literal

from reviewer.questions.parts import Parameter

Role = Literal[
    "branch",
    "loop",
    "call",
    "binary",
    "index",
    "return",
    "raise",
    "await",
    "assert",
    "catch",
    "final",
    "hold",
    "assign",
    "string",
    "regex",
    "cast",
    "leave",
    "entry",
    "case",
    "mark",
]


@dataclass(frozen=True, slots=True)
class Fact:
    """`text` is one line. `name`: the callee, the operator, the target, the kind of branch.
    `parts`: arguments; operands; object and index; target and value. `body`: the first statement
    behind a condition. `ends`: what its last statement does (return, raise, leave), or "".
    `inside`: the role of what directly contains it: `statement` means that its value is unused."""

    role: Role
    line: int
    end: int
    text: str
    name: str = ""
    parts: tuple[str, ...] = ()
    body: str = ""
    ends: str = ""
    inside: str = ""
    owner: str = ""  # the function around it
    last: int = 0  # the last line of what it introduces: a body, a block
    within: int = -1  # the innermost function around it, as an index


@dataclass(frozen=True, slots=True)
class Function:
    name: str
    start: int
    end: int
    parameters: tuple[Parameter, ...]
    head: str  # the text up to its body


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a file. `changed`: its lines that the other side lacks, ascending."""

    lines: tuple[str, ...]
    changed: tuple[int, ...]
    facts: tuple[Fact, ...]
    functions: tuple[Function, ...]  # those that the change touches
    caught: tuple[tuple[int, int], ...] = ()  # lines of the handlers of errors that it touches

    def function(self, fact: Fact) -> Function | None:
        """The innermost function around a fact."""
        return self.functions[fact.within] if fact.within >= 0 else None

    def near(self, fact: Fact, before: int, after: int) -> str:
        """The lines around a fact that are within its function, from so many lines before it to so
        many after it."""
        function = self.function(fact)
        first, last = (function.start, function.end) if function else (1, len(self.lines))
        low, high = max(first, fact.line - before), min(last, fact.end + after)
        return "\n".join(self.lines[low - 1 : high])

    def between(self, start: int, end: int) -> tuple[int, ...]:
        """The changed lines from `start` to `end`."""
        low = bisect_left(self.changed, start)
        return self.changed[low : bisect_right(self.changed, end, lo=low)]


NOTHING = Side((), (), (), ())
