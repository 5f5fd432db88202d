"""Masks the credentials of the whole change in a finding."""

from __future__ import annotations

from reviewer.events import Finding
from reviewer.secrets import Masks


def masked(finding: Finding, masks: Masks) -> Finding:
    """The finding without any credential. A patch that would show one is left out."""
    hide = masks.hide
    return finding.model_copy(
        update={
            "title": hide(finding.title),
            "comment": hide(finding.comment),
            "failure_scenario": hide(finding.failure_scenario),
            "codegen_instructions": hide(finding.codegen_instructions),
            "suggestions": [hide(each) for each in finding.suggestions],
            "evidence": [
                quote.model_copy(update={"quote": hide(quote.quote), "why": hide(quote.why)})
                for quote in finding.evidence
            ],
            "commit": finding.commit
            and finding.commit.model_copy(update={"subject": hide(finding.commit.subject)}),
            "patch": (None if finding.patch and masks.shows(finding.patch.diff) else finding.patch),
        }
    )
