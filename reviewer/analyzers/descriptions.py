"""What each rule finds, in words, for formats that explain rules and for the documentation."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from reviewer.analyzers.severity import rating

_HERE = Path(__file__).parent
_IN_A_COMMIT = (
    " It is in a commit of the branch, which a push publishes even if a later commit takes it out."
)


@dataclass(frozen=True, slots=True)
class Description:
    """`text` says what is found and why it matters, `fix` what to do ("" where each finding says
    it). `name` is the analyzer's own, `page` its page about the rule; "" for none."""

    text: str
    fix: str = ""
    name: str = ""
    page: str = ""


def description(source: str, rule: str) -> Description | None:
    """The description of a rule of the analyzer `source`; None for an unknown one."""
    entry = _texts().get(("secrets" if source == "history" else source, rule))
    if entry is None:
        if source not in ("secrets", "history"):
            return None
        kind = rule.replace("-", " ")
        entry = {
            "text": f"A credential of the kind “{kind}” is in the change. Anyone who can read the"
            " repository, or a copy or backup of it, can use it."
        }
    rated = rating(source, rule)
    name = entry.get("name", "")
    text = entry["text"] + (_IN_A_COMMIT if source == "history" else "")
    return Description(text, rated.fix if rated else "", name, _page(source, rule, name))


def _page(source: str, rule: str, name: str) -> str:
    if source == "ruff" and name:
        return f"https://docs.astral.sh/ruff/rules/{name}/"
    if source in ("shellcheck", "hadolint") and rule.startswith("SC"):
        return f"https://www.shellcheck.net/wiki/{rule}"
    if source == "hadolint":
        return f"https://github.com/hadolint/hadolint/wiki/{rule}"
    if source == "squawk":
        return f"https://squawkhq.com/docs/{rule}"
    return f"https://docs.zizmor.sh/audits/#{rule}" if source == "zizmor" else ""


@cache
def _texts() -> dict[tuple[str, str], dict[str, str]]:
    with (_HERE / "descriptions.toml").open("rb") as file:
        listed = tomllib.load(file)
    found = {
        (source, rule): entry if isinstance(entry, dict) else {"text": entry}
        for source, rules in listed.items()
        for rule, entry in rules.items()
    }
    for path in sorted((_HERE / "rules").glob("*.toml")):
        for rule in tomllib.loads(path.read_text(encoding="utf-8"))["rule"]:
            found["astgrep", rule["id"]] = {"text": rule["message"]}
    return found
