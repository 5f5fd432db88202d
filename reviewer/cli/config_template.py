"""The file that `reviewer config init` writes: every key, commented out, with what it means, takes
and is by default.

It is made from the models of the settings, so it says what this version takes. Only good examples
for keys without a default are written down here.
"""

from __future__ import annotations

import textwrap

from reviewer.cli.config_fields import Key, keys, only_users
from reviewer.config import REPOSITORY_FILE

WIDTH = 100
_EXAMPLES = {
    "endpoint": '"http://127.0.0.1:8000/v1"',
    "model": '"google/gemma-4-12b-it"',
    "max-tokens": "2048",
    "concurrency": "8",
    "min-severity": '"minor"',
    "fail-on": '"major"',
    "include": '["src/", "*.sql"]',
    "exclude": '["vendor/", "*.snap"]',
    "guidelines": '["docs/STYLE.md"]',
    "analyzers": '["ruff", "ty", "secrets"]',
    "verify-command": '"python -m pytest -q"',
    "baseline": '".reviewer-baseline"',
    "max-units": "40",
    "glob": '"src/payments/**"',
    "rule": '"ruff/F401"',
    "path": '"tests/**"',
    "reason": '"Imported for their effects."',
    "instructions": '"Amounts are integers, in cents."',
}
_REPOSITORY = (
    f"{REPOSITORY_FILE}: what `reviewer` is told about this repository. It is read from the base"
    " revision of a review, so a change cannot configure its own review. Lists add to those of the"
    " user's file; fail-on may only get stricter."
)
_USER = (
    "What `reviewer` does on this machine, in every repository. A repository can add to it; the"
    " environment and the command line go before it. A key for the endpoint does not belong here:"
    " REVIEWER_API_KEY_FILE names its file."
)
_HOW = (
    "Take the # from the line of a key to set it. `reviewer config validate` checks the file,"
    " `reviewer config show` tells what is in force."
)


def template(*, repository: bool) -> str:
    """The commented file of a repository, or of the user. As it is, it sets nothing."""
    known = keys(repository=repository)
    tables = [
        key for key in known.values() if key.fields
    ]  # last, since what follows a table would belong to it
    plain = [key for key in known.values() if not key.fields]
    head = [_comment(_REPOSITORY if repository else _USER), _comment(_HOW)]
    if repository:
        head.append(_comment(f"Only the user may set {', '.join(only_users())}."))
    return "\n\n".join([*head, *map(_entry, plain), *map(_table, tables)]) + "\n"


def _entry(key: Key) -> str:
    default = f"default {key.default}" if key.default else "not set by default, for example"
    value = key.default or _EXAMPLES.get(key.name, key.sample)
    return "\n".join(
        [_about(key), _comment(f"{_sentence(key.allowed)}; {default}"), f"#{key.name} = {value}"]
    )


def _table(key: Key) -> str:
    text = '"..."'
    rows = [
        f"#{name} = {_EXAMPLES.get(name, text)}  # {allowed}"
        for name, allowed in key.fields.items()
    ]
    return "\n".join([_about(key), f"#[[{key.name}]]", *rows])


def _about(key: Key) -> str:
    return _comment(f"{key.name}: {key.meaning}")


def _sentence(phrase: str) -> str:
    return phrase[:1].upper() + phrase[1:]


def _comment(text: str) -> str:
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent="# ",
        subsequent_indent="# ",
        break_long_words=False,
        break_on_hyphens=False,
    )
