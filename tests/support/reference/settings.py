"""docs/reference/settings.md: the settings and the environment, from their models."""

from __future__ import annotations

import json

from support.reference.markdown import kind, meaning, meanings, prose, table

from reviewer.config import RepositorySettings, Settings, sources

_INTRO = """\
# Settings and environment

Later sources win: defaults, your own file, the repository's `.reviewer.toml`, the environment, the
command line. `reviewer config show` prints every value with its source and where your file is.
[How to configure](../how-to/configure.md) has examples.

## Settings

Write the keys in TOML as they stand here. *Who* says which file may set a key.
"""
_ENVIRONMENT = """\
## Environment

An unknown variable that starts with `REVIEWER_` gives a warning. `NO_COLOR` turns colours off,
`FORCE_COLOR` and `CLICOLOR_FORCE` turn them on where output is no terminal, `COLUMNS` says how wide
it is, and `PAGER` shows what is longer than the terminal.
"""


def page() -> str:
    return f"{_INTRO}\n{_settings()}\n\n{_ENVIRONMENT}\n{_environment()}\n"


def repository() -> str:
    """The keys of `.reviewer.toml`."""
    fields = {name: Settings.model_fields[name] for name in RepositorySettings.model_fields}
    rows = (
        (f"`{name.replace('_', '-')}`", prose(field.description or ""))
        for name, field in fields.items()
    )
    return table(("key", "meaning"), rows)


def _settings() -> str:
    return table(("key", "default", "who", "value", "meaning"), map(_row, Settings.model_fields))


def _row(name: str) -> tuple[str, str, str, str, str]:
    field = Settings.model_fields[name]
    key = name.replace("_", "-")
    who = "you, the repository" if name in RepositorySettings.model_fields else "you"
    default = field.get_default(call_default_factory=True)
    return (
        f"`{key}`",
        "none" if default in (None, (), []) else f"`{json.dumps(default)}`",
        "environment" if name == "api_key" else who,
        _value(key),
        prose(field.description or ""),
    )


def _value(key: str) -> str:
    """What the setting takes. That it may be absent goes without saying."""
    about = Settings.model_json_schema(by_alias=True)["properties"][key]
    forms = [one for one in about.get("anyOf", [about]) if one.get("type") != "null"]
    if key == "path":
        return "list of tables with `glob` and `instructions`"
    if key == "ignore":
        return "list of tables with `reason` and `rule`, `path` or both"
    return " or ".join(map(kind, forms))


def variables() -> set[str]:
    """Every variable that the program reads."""
    return {*sources._ENVIRONMENT, *sources._OTHER_VARIABLES}


def environment() -> list[tuple[str, str]]:
    """Each variable with what it means."""
    names = sorted(variables(), key=list(meanings()["environment"]).index)
    return [(one, meaning("environment", one)) for one in names]


def _environment() -> str:
    return table(("variable", "meaning"), ((f"`{one}`", said) for one, said in environment()))
