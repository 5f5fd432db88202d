"""What the pipeline needs of others, as the pipeline sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from reviewer.config import Settings
from reviewer.events import Finding
from reviewer.serving import Choice
from reviewer.types import Prompt


class Chooser(Protocol):
    """Finds the engine of a run, as `serving.choose` does."""

    async def __call__(self, settings: Settings, *, session: str | None) -> Choice: ...


class Decisions(Protocol):
    """What somebody has decided about findings before: the memory of a run."""

    def judge(self, finding: Finding) -> tuple[Finding, str | None]:
        """The finding with its state, and why it was dismissed, None if it was not."""
        ...

    def dismissed(self, finding: Finding) -> bool:
        """Whether this very finding was dismissed. Nothing is noted."""
        ...


class Undecided:
    """Nobody has decided anything."""

    def judge(self, finding: Finding) -> tuple[Finding, str | None]:
        return finding, None

    def dismissed(self, finding: Finding) -> bool:
        return False


class Keeper(Protocol):
    """Keeps questions whose answers led to findings, to learn from later."""

    def keep(
        self, prompt: Prompt, reply: Mapping[str, Any], items: Mapping[str, Sequence[int]]
    ) -> None:
        """`items`: the positions in the reply's findings, by finding id."""
        ...
