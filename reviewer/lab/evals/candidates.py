"""Where mutants can be made: in the lines of a change, or in the code as it is now."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from reviewer.lab.evals.history import History, Step, is_code
from reviewer.lab.evals.imports import clones
from reviewer.lab.evals.mutants import Mutant, mutants


@dataclass(frozen=True)
class Candidate:
    step: Step | None  # None: in the head of the repository as it is
    path: str
    data: bytes
    mutant: Mutant

    @functools.cached_property
    def lines(self) -> bytes:
        """What is mutated and two lines on either side, which tell it from the same text
        elsewhere."""
        return b"".join(
            self.data.splitlines(keepends=True)[
                max(0, self.mutant.first - 3) : self.mutant.last + 2
            ]
        )

    @property
    def key(self) -> tuple[str, str, bytes, bytes]:
        """The same for the same defect in the same text, whichever commit it is made in."""
        return self.path, self.mutant.what, self.lines, self.mutant.new


def files_now(history: History, recent: Sequence[Step], paths: Sequence[str]) -> list[str]:
    """Files of the head that bare mutants are made in: below the paths that were named, else those
    that were changed lately."""
    changed = {path for step in recent for path in step.lines}
    there = clones.names(
        history.git_dir, "ls-tree", "-r", "-z", "--name-only", "--full-tree", history.head
    )
    return [path for path in there if is_code(path, paths) and (paths or path in changed)]


def candidates(
    history: History, step: Step | None, lines: Mapping[str, frozenset[int] | None]
) -> Iterator[Candidate]:
    """Mutants whose lines are all among `lines`; None stands for every line of the file."""
    for path in sorted(lines):
        data = clones.text(history.git_dir, step.commit if step else history.head, path)
        if data is None:
            continue
        encoded, wanted = data.encode("utf-8"), lines[path]
        for mutant in mutants(encoded):
            if wanted is None or wanted.issuperset(range(mutant.first, mutant.last + 1)):
                yield Candidate(step, path, encoded, mutant)
