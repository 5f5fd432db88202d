"""Every command of the command line, with the context of its help page."""

from __future__ import annotations

from collections.abc import Iterator

import click

from reviewer.cli import cli
from reviewer.cli.help import Context


def every() -> Iterator[Context]:
    yield from _below(Context(cli, info_name="reviewer"))


def paths() -> list[str]:
    """`findings list` and the like; the command itself is empty."""
    return [context.command_path.removeprefix("reviewer").strip() for context in every()]


def _below(context: Context) -> Iterator[Context]:
    yield context
    command = context.command
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            assert child is not None
            yield from _below(Context(child, info_name=name, parent=context))
