"""What decisions hold back: findings that were dismissed, or that the configuration ignores."""

from __future__ import annotations

from dataclasses import dataclass, field

from reviewer import findings
from reviewer.events import Finding
from reviewer.findings.ignored import Split
from reviewer.findings.rules import rule_name
from reviewer.text import count


@dataclass
class Hidden:
    """`told` has each finding with the decision, in words. `ignored` are ids of findings that are
    there, and are not to be taken for mended."""

    told: list[tuple[Finding, str]] = field(default_factory=list)
    ignored: set[str] = field(default_factory=set)
    _number: int = 0

    def dismiss(self, finding: Finding, why: str) -> None:
        self.told.append((finding, f"dismissed: {why}"))

    def ignore(self, finding: Finding, split: Split) -> None:
        """`finding` is what `split` was made of."""
        left = findings.ids(split.left) if split.left else ()
        self.told.append((finding, f"ignored {split.why}"))
        self.ignored.update(set(findings.ids(finding)).difference(left))
        self._number += 1

    def suppress(self, finding: Finding) -> None:
        self.told.append((finding, f"suppressed by a comment in the code ({rule_name(finding)})"))

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know of it: what is ignored must not pass for clean."""
        if not self._number:
            return ()
        number = count(self._number, "finding")
        return (f"{number} ignored by configuration: --show-rejected lists them",)
