"""The rules of a SARIF log: what each finds, why it matters, and what to do.

GitHub requires `fullDescription.text` and `help.text`, and shows the latter, or its Markdown,
beside each alert. It takes 255 characters of a name and 1,024 of a description.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from reviewer.analyzers.descriptions import Description, description
from reviewer.events import Finding
from reviewer.outputs.ending import rule_of
from reviewer.outputs.markdown_text import phrase
from reviewer.text import cut
from reviewer.types import Category, severity_rank

LEVEL = {
    "critical": "error",
    "major": "error",
    "minor": "warning",
    "trivial": "note",
    "info": "note",
}
SCORE = {
    "critical": "9.5",
    "major": "8.0",
    "minor": "5.0",
    "trivial": "2.0",
    "info": "0.1",
}  # security-severity
_PLACEHOLDER = re.compile(r"\{(\d+)\}")
MOST_NAME = 255
MOST_TEXT = 1024
_CHECK = "Check the finding against the code before you change anything: a model can be wrong."
# What the model finds, by category: it has no rules.
CATEGORIES: dict[Category, Description] = {
    "functional_correctness": Description(
        "The code does not do what it is meant to do. For some input, which the finding names, the"
        " result is wrong or an exception ends the work.",
        _CHECK,
    ),
    "security": Description(
        "The change lets somebody read, change or run what they should not. The finding says who"
        " could do it, and how.",
        _CHECK,
    ),
    "stability": Description(
        "The program can crash, hang, leak or lose track of an error. The finding names the"
        " circumstances.",
        _CHECK,
    ),
    "data_integrity": Description(
        "Data can be lost, duplicated or corrupted, and stays that way after the program ends.",
        _CHECK,
    ),
    "performance": Description(
        "The work takes much more time, memory or traffic than it needs. The finding says for which"
        " input.",
        _CHECK,
    ),
    "maintainability": Description(
        "The code works, but misleads its readers or will be hard to change without mistakes.",
        _CHECK,
    ),
}


def rules(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """One entry for each rule that reported something, rated like its most severe finding."""
    found: dict[str, dict[str, Any]] = {}
    for finding in sorted(findings, key=lambda each: severity_rank(each.severity)):
        name = rule_of(finding)
        if name not in found:
            found[name] = _rule(name, finding)
    return [found[name] for name in sorted(found)]


def _rule(identifier: str, finding: Finding) -> dict[str, Any]:
    source, known = identifier.partition("/")[0], _description(finding)
    properties: dict[str, Any] = {"tags": [finding.category]}
    if finding.category == "security":
        properties["security-severity"] = SCORE[finding.severity]
    category = finding.category.replace("_", " ").capitalize()
    short = f"{category}, found by {source}"
    text = known.text if known else f"{short} under the rule {identifier}: each finding says why."
    advice = f"What to do: {known.fix}" if known and known.fix else ""
    page = known.page if known else ""
    rule = {
        "id": identifier,
        "shortDescription": message(_first(text) if known else short),
        "fullDescription": message(cut(text, MOST_TEXT)),
        "help": {
            **message("\n\n".join(filter(None, (text, advice, page and f"See {page}")))),
            "markdown": "\n\n".join(
                filter(
                    None,
                    (text if known else phrase(text), advice, page and f"[{identifier}]({page})"),
                )
            ),
        },
        "defaultConfiguration": {"level": LEVEL[finding.severity]},
        "properties": properties,
    }
    if known and known.name:
        rule["name"] = cut(known.name, MOST_NAME)
    if page:
        rule["helpUri"] = page
    return rule


def _description(finding: Finding) -> Description | None:
    source = finding.source.removeprefix("analyzer:")
    if source == finding.source and not finding.rule:
        return CATEGORIES[finding.category]
    return description(source, finding.rule or "")


def _first(text: str) -> str:
    """The first sentence."""
    return text.partition(". ")[0].rstrip(".") + "."


def message(text: str) -> dict[str, str]:
    """Plain text without placeholders and links, both of which SARIF interprets in plain text."""
    return {"text": _PLACEHOLDER.sub(r"{{\1}}", text).replace("](", "] (")}
