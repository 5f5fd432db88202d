"""Which of the recorded findings a command is about: `--severity`, `--file`, `--rule` and the
like."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click

from reviewer.errors import UsageError
from reviewer.text import one_line
from reviewer.types import CATEGORIES, SEVERITIES, STATES, Severity, is_at_least

if TYPE_CHECKING:
    from reviewer.memory.listing import Remembered

Command = TypeVar("Command", bound=Callable[..., Any])
_NAMED = 5  # values that a message names


@dataclass(frozen=True)
class Filter:
    """What was asked for; an empty field asks for nothing. Of several values of one field any will
    do, and every field must agree."""

    severity: Severity | None = None
    file: tuple[str, ...] = ()
    rule: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    state: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self != Filter()

    def picked(self, items: Sequence[Remembered]) -> list[Remembered]:
        tests = [test for _, test in self._tests()]
        return [item for item in items if all(test(item) for test in tests)]

    def why_none(self, items: Sequence[Remembered]) -> str:
        """One line on why `picked` is empty: which option matches nothing, and what there is."""
        few = len(items) == 1
        none = (
            "the only finding does not match"
            if few
            else f"none of the {len(items):,} findings matches"
        )
        for name, test in self._tests():
            if not any(map(test, items)):
                there = _most_common(name, items)
                return f"{none} {self._said(name)}; there is: {there}"
        said = " and ".join(self._said(name) for name, _ in self._tests())
        return f"{none} {said} at once: drop one of them"

    def _said(self, name: str) -> str:
        given = getattr(self, name)
        values = (given,) if isinstance(given, str) else given
        return " ".join(f"--{name} {one_line(value)}" for value in values)

    def _tests(self) -> Iterator[tuple[str, Callable[[Remembered], bool]]]:
        if self.severity:
            least = self.severity
            yield "severity", lambda item: is_at_least(item.finding.severity, least)
        if self.file:
            files = _globs("--file", self.file)
            yield "file", lambda item: any(map(files.match, paths(item)))
        if self.rule:
            from reviewer.findings.rules import rule_name

            rules = _globs("--rule", self.rule)
            yield "rule", lambda item: rules.match(rule_name(item.finding))
        if self.category:
            yield "category", lambda item: item.finding.category in self.category
        if self.state:
            yield "state", lambda item: item.state in self.state


def paths(item: Remembered) -> list[str]:
    """The files that a finding is in."""
    return [os.fsdecode(item.path), *(each.name for each in item.places)]


def options(*, states: bool) -> Callable[[Command], Command]:
    """The options of a filter, for a command that takes them as `of` does."""
    made = [
        click.option(
            "--severity", type=click.Choice(SEVERITIES), help="Only findings at least this severe."
        ),
        click.option(
            "--file",
            multiple=True,
            metavar="GLOB",
            help="Only findings in these files, by .gitignore rules (repeatable).",
        ),
        click.option(
            "--rule",
            multiple=True,
            metavar="RULE",
            help="Only findings of this rule: ruff/F401, ruff, 'ruff/S*', model (repeatable).",
        ),
        click.option(
            "--category",
            multiple=True,
            type=click.Choice(CATEGORIES),
            help="Only findings of this category (repeatable).",
        ),
        click.option(
            "--state",
            multiple=True,
            type=click.Choice(STATES),
            help="Only findings in this state (repeatable); fixed covers all runs.",
        ),
    ]

    def decorate(command: Command) -> Command:
        for option in reversed(made if states else made[:-1]):
            command = option(command)
        return command

    return decorate


def of(given: dict[str, Any]) -> Filter:
    """Takes the options of a filter out of those of a command."""
    names = Filter.__dataclass_fields__
    return Filter(**{name: given.pop(name) for name in names if name in given})


def _globs(option: str, patterns: Sequence[str]) -> Any:
    from reviewer.globs import BadGlob, Globs

    try:
        return Globs(patterns)
    except BadGlob as exc:
        raise UsageError(f"{option}: {exc}") from None


def _most_common(name: str, items: Sequence[Remembered]) -> str:
    from reviewer.findings.rules import rule_name

    values: Callable[[Remembered], list[str]] = {
        "severity": lambda item: [item.finding.severity],
        "file": paths,
        "rule": lambda item: [rule_name(item.finding)],
        "category": lambda item: [item.finding.category],
        "state": lambda item: [item.state],
    }[name]
    numbers = Counter(value for item in items for value in dict.fromkeys(values(item)))
    named = [f"{one_line(value)} ({number:,})" for value, number in numbers.most_common(_NAMED)]
    return ", ".join([*named, *(["…"] if len(numbers) > _NAMED else [])])
