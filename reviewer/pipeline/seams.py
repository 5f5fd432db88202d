"""The protocols that the pipeline needs others to implement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from reviewer.config import Settings
from reviewer.events import Finding
from reviewer.messages import Prompt
from reviewer.serving import Choice


class Chooser(Protocol):
    """Finds the engine of a run, as `serving.choose` does."""

    async def __call__(self, settings: Settings, *, session: str | None) -> Choice: ...


class Decisions(Protocol):
    """The decisions that users made about earlier findings."""

    def judge(self, finding: Finding) -> tuple[Finding, str | None]:
        """The finding with its state, and why it was dismissed, None if it was not."""
        ...

    def dismissed(self, finding: Finding) -> bool:
        """Whether this very finding was dismissed. Records nothing."""
        ...


class Undecided:
    """No decisions."""

    def judge(self, finding: Finding) -> tuple[Finding, str | None]:
        return finding, None

    def dismissed(self, finding: Finding) -> bool:
        return False


class Keeper(Protocol):
    """Keeps questions and answers that led to findings, as training examples."""

    def keep(
        self, prompt: Prompt, reply: Mapping[str, Any], items: Mapping[str, Sequence[int]]
    ) -> None:
        """`items`: the positions in the reply's findings, by finding id."""
        ...
