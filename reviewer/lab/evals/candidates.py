"""Finds places for mutants: in the lines of a change, or in the current code."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from reviewer.lab.evals.history import History, Step, is_code
from reviewer.lab.evals.imports import clones
from reviewer.lab.evals.mutants import Mutant, mutants
from reviewer.languages import language_of


@dataclass(frozen=True)
class Candidate:
    step: Step | None  # None: the current head of the repository
    path: str
    data: bytes
    mutant: Mutant

    @functools.cached_property
    def lines(self) -> bytes:
        """The mutated lines with two lines on either side, which distinguish them from the same
        text elsewhere."""
        return b"".join(
            self.data.splitlines(keepends=True)[
                max(0, self.mutant.first - 3) : self.mutant.last + 2
            ]
        )

    @property
    def key(self) -> tuple[str, str, bytes, bytes]:
        """Equal for the same defect in the same text, whatever the commit."""
        return self.path, self.mutant.what, self.lines, self.mutant.new


def files_now(history: History, recent: Sequence[Step], paths: Sequence[str]) -> list[str]:
    """Files of the head in which to make bare mutants: those below `paths` if given, else those
    that changed recently."""
    changed = {path for step in recent for path in step.lines}
    tracked = clones.names(
        history.git_dir, "ls-tree", "-r", "-z", "--name-only", "--full-tree", history.head
    )
    return [path for path in tracked if is_code(path, paths) and (paths or path in changed)]


def candidates(
    history: History, step: Step | None, lines: Mapping[str, frozenset[int] | None]
) -> Iterator[Candidate]:
    """Mutants whose lines are all in `lines`; None stands for all lines of the file."""
    for path in sorted(lines):
        data = clones.text(history.git_dir, step.commit if step else history.head, path)
        language = language_of(path)
        if data is None or language is None:
            continue
        encoded, wanted = data.encode("utf-8"), lines[path]
        for mutant in mutants(encoded, language):
            if wanted is None or wanted.issuperset(range(mutant.first, mutant.last + 1)):
                yield Candidate(step, path, encoded, mutant)
