"""`reviewer help`: what `--help` prints."""

from __future__ import annotations

import click

from reviewer.cli import common, pager


@click.command("help", cls=common.Command)
@click.argument("words", metavar="[COMMAND]...", nargs=-1)
@click.pass_context
def help_(ctx: click.Context, words: tuple[str, ...]) -> None:
    """Print the help page of a command; without one, that of `reviewer`.

    \b
    reviewer help review
    reviewer help findings list
    """
    page = ctx.find_root()
    for word in words:
        group = page.command
        if not isinstance(group, click.Group):
            page.fail(f"{page.command_path} has no commands")
        name, command, _ = group.resolve_command(page, [word])
        assert command is not None, "resolve_command says so itself"
        page = common.Context(command, info_name=name, parent=page)
    pager.show(page.get_help())
