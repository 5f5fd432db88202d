"""The severity of a finding: what happens, and how easily. prompts/verify/rules.md has the same
table."""

from __future__ import annotations

import re
from typing import Literal

from reviewer.events import Finding
from reviewer.types import SEVERITIES, Severity, is_at_least, severity_rank

Impact = Literal["severe", "serious", "limited", "cosmetic"]
Likelihood = Literal["ordinary", "realistic", "rare", "theoretical"]
_LIKELIHOODS: tuple[Likelihood, ...] = ("ordinary", "realistic", "rare", "theoretical")
_TABLE: dict[Impact, tuple[Severity, Severity, Severity, Severity]] = {
    "severe": (
        "critical",
        "critical",
        "major",
        "trivial",
    ),  # data lost or corrupted, a security hole, the program down
    "serious": ("major", "major", "minor", "trivial"),  # a wrong result, a feature that fails
    "limited": ("minor", "minor", "trivial", "info"),  # a wrong detail, with a workaround
    "cosmetic": ("trivial", "trivial", "info", "info"),
}
_UNBOUNDED = re.compile(
    r"(?i)\bunbounded|\bquadratic|\bexponential|\bO\((?:n\^?[2-9²³]|n\*\*|2\^n|n!)|\binfinite|\bout"
    r" of memory|\boom\b|"
    r"\bdenial of service|\bdos\b|\bcatastrophic|\bnever (?:ends|returns|terminates)"
)
_STYLE = re.compile(
    r"(?i)\b(?:code style|style (?:guide|issue|violation|inconsisten\w+)|pep ?-?8|naming"
    r" (?:convention|style)|"
    r"formatting|indentation style|whitespace|trailing (?:space|comma|newline)|line (?:is )?too"
    r" long|line length|"
    r"docstrings?|typos?|spelling|misspell\w*|comment (?:style|wording)|"
    r"missing (?:a )?(?:comment|docstring|type hint|type annotation)s?|"
    r"readability|magic numbers?|variable names?)\b"
)


def rated(impact: Impact, likelihood: Likelihood, author: Severity) -> Severity:
    """The table's severity, at most one step above the original severity of the finding."""
    severity = _TABLE[impact][_LIKELIHOODS.index(likelihood)]
    return SEVERITIES[max(severity_rank(severity), severity_rank(author) - 1)]


def lowered(severity: Severity) -> Severity:
    """One step less severe."""
    return SEVERITIES[min(severity_rank(severity) + 1, len(SEVERITIES) - 1)]


def capped(finding: Finding) -> Finding:
    """The finding, capped by its category: style is at most trivial, maintainability minor, and
    performance major unless the cost is unbounded."""
    wording = f"{finding.title}. {finding.comment}"
    ceiling: Severity = "critical"
    if finding.category == "maintainability":
        ceiling = "trivial" if _STYLE.search(finding.title) else "minor"
    elif finding.category == "performance" and not _UNBOUNDED.search(wording):
        ceiling = "major"
    return at_most(finding, ceiling)


def at_most(finding: Finding, ceiling: Severity) -> Finding:
    """The finding, lowered to `ceiling` if it is more severe."""
    if is_at_least(ceiling, finding.severity):
        return finding
    return finding.model_copy(update={"severity": ceiling})
