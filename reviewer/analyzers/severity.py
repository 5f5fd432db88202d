"""How severe a rule's findings are. Hits of unlisted rules are hints for the model, never
findings."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from reviewer.secrets import GUESSED, KINDS
from reviewer.types import Category, Severity

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Rating:
    severity: Severity
    category: Category
    fix: str = ""  # what to do, if the analyzer does not say


def rating(source: str, rule: str) -> Rating | None:
    """The rating of the analyzer `source`'s rule; None for a rule whose hits are not findings."""
    return ratings().get((source, rule))


@cache
def ratings() -> dict[tuple[str, str], Rating]:
    """All rated rules: the kinds of secrets, those of severity.toml, and the pattern rules under
    rules/, which carry their own ratings."""
    with (_HERE / "severity.toml").open("rb") as file:
        listed = tomllib.load(file)
    found = {
        ("secrets", kind): Rating("major" if kind in GUESSED else "critical", "security")
        for kind in KINDS
    }
    found |= {
        (source, rule): Rating(entry["severity"], entry["category"], entry.get("fix", ""))
        for source, rules in listed.items()
        for rule, entry in rules.items()
    }
    # What a commit of the branch brings weighs as much as what the change brings.
    found |= {("history", rule): each for (own, rule), each in found.items() if own == "secrets"}
    for path in sorted((_HERE / "rules").glob("*.toml")):
        for rule in tomllib.loads(path.read_text(encoding="utf-8"))["rule"]:
            found["astgrep", rule["id"]] = Rating(rule["severity"], rule["category"], rule["fix"])
    return found
