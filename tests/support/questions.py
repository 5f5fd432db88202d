"""Golden cases of questions: small changes in one text file for each family, and what is asked
about them.

    === name.py: what the case is about
    lines of the old file (none for a new file)
    --- to
    lines of the new file
    ??? asks
    new 3: a sentence
"""

from dataclasses import dataclass
from pathlib import Path

from support.change import change

from reviewer.questions import ask
from reviewer.types import Unit


@dataclass(frozen=True)
class Case:
    path: str
    about: str
    old: str
    new: str
    asks: str


def cases(file: Path) -> list[Case]:
    found = []
    for part in file.read_text(encoding="utf-8").split("=== ")[1:]:
        head, _, body = part.partition("\n")
        path, _, about = head.partition(": ")
        old, _, rest = body.partition("--- to\n")
        new, _, asks = rest.partition("??? asks\n")
        found.append(Case(path, about, old, new, asks.strip("\n")))
    return found


def written(cases: list[Case]) -> str:
    return "\n".join(
        f"=== {case.path}: {case.about}\n{case.old}--- to\n{case.new}??? asks\n{case.asks}\n"
        for case in cases
    )


def made(case: Case):
    old = {case.path: case.old.encode()} if case.old else {}
    return change(old, {case.path: case.new.encode()})


def units(made):
    return [Unit(file, file.hunks, at) for at, file in enumerate(made.files)]


def asked(made):
    """All questions about a change, each unit's in order."""
    found = ask(made, units(made))
    return [question for at in sorted(found) for question in found[at].questions]


def shown(made, family=None) -> str:
    return "\n".join(
        f"{question.side} {question.line}: {question.sentence}"
        for question in asked(made)
        if family in (None, question.family)
    )
