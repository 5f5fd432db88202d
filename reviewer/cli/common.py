"""Settings and options that several commands share."""

from __future__ import annotations

import click

from reviewer.cli.help import Command, Context, Group, Option, color, no_color, under

__all__ = ["Command", "Context", "Group", "Option", "color", "no_color", "style", "under"]

style = click.option(
    "--format",
    "style",
    type=click.Choice(["terminal", "json"]),
    default="terminal",
    show_default=True,
    help="Text to read, or JSON.",
)
