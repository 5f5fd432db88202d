"""The name of what reports a finding."""

from __future__ import annotations

from reviewer.events import Finding


def rule_name(finding: Finding) -> str:
    """`ruff/F401`, or `model/security` for what has no rule."""
    source = finding.source.removeprefix("analyzer:") or "reviewer"
    return f"{source}/{finding.rule or finding.category}"
