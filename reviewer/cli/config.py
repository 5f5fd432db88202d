"""`reviewer config`: what is in force, and who said so."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import click


@click.group()
def config() -> None:
    """Show the settings in force and where each comes from.

    Sources, weakest first: defaults, the user's file, the repository's .reviewer.toml at the base revision (noise
    controls only), the environment, the command line.
    """


@config.command()
@click.option("--format", "style", type=click.Choice(["terminal", "json"]), default="terminal", show_default=True)
def show(style: str) -> None:
    """Print every setting with its value, its source and what it does.

    Run it inside a repository to see what that repository's .reviewer.toml adds.
    """
    from reviewer import config as configuration
    from reviewer import text

    loaded = configuration.load({}, os.environ, user=configuration.user_file(), repository=_repository_file(Path()))
    rows = {
        name.replace("_", "-"): {
            "value": _plain(getattr(loaded.settings, name)),
            "source": loaded.origin[name],
            "description": field.description,
        }
        for name, field in type(loaded.settings).model_fields.items()
    }
    if style == "json":
        click.echo(json.dumps({"settings": rows, "warnings": list(loaded.warnings)}, indent=2))
        return
    width = max(map(len, rows))
    for name, row in rows.items():
        click.echo(f"{name:<{width}}  {text.one_line(json.dumps(row['value']))}  [{row['source']}]")
        click.echo(f"{'':<{width}}  {row['description']}")
    click.echo(f"\nuser file: {text.one_line(str(configuration.user_file()))}")
    for warning in loaded.warnings:
        click.echo(f"reviewer: {warning}", err=True)


def _repository_file(directory: Path) -> bytes | None:
    """The repository's file at the base revision; None outside a repository."""
    from reviewer import config as configuration
    from reviewer import workspace
    from reviewer.errors import BadBase, NoRepository
    from reviewer.types import Scope

    try:
        repository = workspace.open_repository(directory)
        return workspace.read_base(repository, workspace.resolve(repository, Scope()), configuration.REPOSITORY_FILE)
    except (NoRepository, BadBase):
        return None


def _plain(value: Any) -> Any:
    """A setting as JSON; a key is never shown."""
    from pydantic import BaseModel, SecretStr

    if isinstance(value, SecretStr):
        return "(set)"
    if isinstance(value, tuple):
        return [item.model_dump(by_alias=True) if isinstance(item, BaseModel) else item for item in value]
    return value
