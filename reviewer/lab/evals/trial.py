"""Runs the user's test command on repository states as cases contain them: confined like a verify
command, each time in a fresh copy."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from reviewer.errors import UsageError
from reviewer.fixes import confine, scratch
from reviewer.lab.evals.history import History, State, Step, states

Say = Callable[[str], None]
Outcome = Literal["killed", "survived", "timeout", "refused"]
_SHELL = set("|&;<>()$`*?[]#~\n\\!{}")


@dataclass(frozen=True)
class Ground:
    """A change whose head passes the command. `tests`: those that also pass on the base, those of
    the head if possible, else those of the base; None where neither do, for example when the change
    adds the code under test."""

    step: Step | None  # None: the current head of the repository, changed only by the mutant
    old: State
    new: State
    tests: Mapping[str, str] | None


@dataclass
class Bench:
    """The command, and the changes that pass it: each is tried once."""

    history: History
    command: str
    timeout: float  # seconds
    say: Say
    build: str = ""  # a command that fails where the code does not compile
    words: tuple[str, ...] = field(init=False)
    build_words: tuple[str, ...] = field(init=False, default=())
    _grounds: dict[str, Ground | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.words = words(self.command)
        if self.build:
            self.build_words = words(self.build, "--build-command")

    def run(
        self, code: Mapping[str, str], tests: Mapping[str, str], given: Sequence[str] = ()
    ) -> confine.Ran:
        """Run the test command, or the one that is `given`."""
        with scratch.folder() as top:
            copy, home = top / "copy", top / "home"
            copy.mkdir()
            home.mkdir()
            try:
                _write(copy, {**code, **tests})
            except OSError as exc:
                return confine.Ran(1, 0.0, "", True, f"cannot write the copy: {exc.strerror}")
            command = shlex.join(
                sys.executable if word == "{python}" else word for word in given or self.words
            )
            return confine.run(command, copy, home, self.timeout)

    def outcome(self, code: Mapping[str, str], tests: Mapping[str, str]) -> Outcome:
        """What the tests make of a mutant. One that the build command refuses is not tried."""
        if self.build and not self.run(code, tests, self.build_words).passed:
            return "refused"
        ran = self.run(code, tests)
        if ran.problem:  # it was killed, so the result says nothing about the code
            return "timeout"
        return "survived" if ran.passed else "killed"

    def check_head(self, changed: Sequence[str]) -> None:
        """Check that the command passes on the current state, with the files that fit into a case.
        Raises UsageError."""
        (now,) = states(self.history, [self.history.head], changed)
        self.say("the test command, without a mutant")
        ran = self.run(now.code, now.tests)
        if not ran.passed:
            raise UsageError(
                f"--test-command does not pass without a mutant ({_why(ran)}): it runs at the top"
                " of a copy of the committed text files and must end with 0 there"
            )
        if self.build and not (built := self.run(now.code, now.tests, self.build_words)).passed:
            raise UsageError(f"--build-command does not pass without a mutant ({_why(built)})")
        if not ran.isolated:
            self.say("cannot block network access for the command on this system")
        self._grounds[""] = Ground(None, now, now, now.tests)

    def is_known(self, step: Step | None) -> bool:
        return (step.commit if step else "") in self._grounds

    def ground(self, step: Step | None) -> Ground | None:
        """The change, if it passes the command, else None."""
        key = step.commit if step else ""
        if step and key not in self._grounds:
            self._grounds[key] = self._tried(step)
        return self._grounds[key]

    def _tried(self, step: Step) -> Ground | None:
        old, new = states(self.history, [step.parent, step.commit], sorted(step.lines))
        ran = self.run(new.code, new.tests)
        if not ran.passed:
            self.say(f"{step.commit[:10]} left out: the command fails on it ({_why(ran)})")
            return None
        if self.run(old.code, new.tests).passed:
            return Ground(step, old, new, new.tests)
        both = old.tests != new.tests and all(
            self.run(each.code, old.tests).passed for each in (old, new)
        )
        return Ground(step, old, new, old.tests if both else None)


def _write(root: Path, texts: Mapping[str, str]) -> None:
    for name, content in texts.items():
        place = root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content.encode("utf-8"))


def words(command: str, option: str = "--test-command") -> tuple[str, ...]:
    """The command as a case stores it: an argument list, with a shell if needed; "{python}" stands
    for this interpreter. Raises UsageError."""
    try:
        split = tuple(shlex.split(command))
    except ValueError as exc:
        raise UsageError(f"{option} cannot be read: {str(exc).lower()}") from None
    if not split:
        raise UsageError(f"{option} is empty: give the command that runs your tests")
    assigned = (
        "=" in split[0] and shlex.quote(split[0]) != split[0]
    )  # a variable, with a value in quotes
    if assigned or set(command.replace("{python}", "")) & _SHELL:
        # `sh -c` calls its first operand $0; that puts the interpreter into the middle of a command
        # line.
        return "sh", "-c", command.replace("{python}", '"$0"'), "{python}"
    return split


def _why(ran: confine.Ran) -> str:
    return ran.problem or f"exit code {ran.code}{f', {ran.last_line}' if ran.last_line else ''}"
