"""What became of the questions about a change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from reviewer.events import QuestionsInfo
from reviewer.replies import Verdicts
from reviewer.text import count

_TELLING: tuple[Verdicts, ...] = ("wrong", "right", "cannot_tell")  # what several passes say


@dataclass
class Tally:
    """The questions that were asked, and the most telling answer to each, by id."""

    _asked: dict[str, Verdicts | None] = field(default_factory=dict)

    def ask(self, ids: Iterable[str]) -> None:
        for each in ids:
            self._asked.setdefault(each, None)

    def answer(self, id_: str, said: Verdicts) -> None:
        known = self._asked.get(id_)
        if known is None or _TELLING.index(said) < _TELLING.index(known):
            self._asked[id_] = said

    @property
    def counts(self) -> QuestionsInfo:
        said = list(self._asked.values())
        return QuestionsInfo(
            asked=len(said),
            answered=len(said) - said.count(None),
            wrong=said.count("wrong"),
            cannot_tell=said.count("cannot_tell"),
            unanswered=said.count(None),
        )

    @property
    def warning(self) -> str:
        """What the user must know, "" for nothing."""
        missing = self.counts.unanswered
        if not missing:
            return ""
        total = count(len(self._asked), "question")
        return f"the model left {missing} of {total} about the change without an answer"
