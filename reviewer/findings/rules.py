"""The name of what reports a finding."""

from __future__ import annotations

from reviewer.events import Finding


def reported_by(finding: Finding) -> str:
    """`ruff/F401`, or `model` alone for what has no rule: for texts that tell the category, too."""
    return rule_name(finding) if finding.rule else rule_name(finding).partition("/")[0]


def rule_name(finding: Finding) -> str:
    """`ruff/F401`, or `model/security` for what has no rule."""
    source = finding.source.removeprefix("analyzer:") or "reviewer"
    return f"{source}/{finding.rule or finding.category}"
