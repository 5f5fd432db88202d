"""docs/reference/commands.md: every command and option, from click."""

from __future__ import annotations

from collections.abc import Iterator

import click
from support.reference.markdown import fenced, prose, table

from reviewer.cli import COMMANDS, GROUPS, cli
from reviewer.cli.help import OPTIONS, Context, paragraphs, sections

_INTRO = """\
# Commands and options

`reviewer` and `reviewer --agent` run [`reviewer review`](#reviewer-review): so does any first
argument that is an option, except `--help` and `--version`.

Every command has `--help`; `reviewer help COMMAND` prints the same. Every command takes `--color
auto|always|never`: without it, NO_COLOR, FORCE_COLOR and CLICOLOR_FORCE decide, in this order, then
whether it writes to a terminal. Where a person reads, `config show`, `schema`, `doctor`, `findings
list` and `findings show` use a pager for what is longer than the terminal: REVIEWER_PAGER, PAGER or
`less`, unless it is `cat` or the command has `--no-pager`.
"""


def page() -> str:
    root = Context(cli, info_name="reviewer")
    parts = [_INTRO]
    for group, names in GROUPS.items():
        parts.append(f"**{group}**\n\n{_listed(names)}")
    for names in GROUPS.values():
        for name in names:
            command = cli.get_command(root, name)
            assert command is not None
            parts += _command(Context(command, info_name=name, parent=root))
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _listed(names: tuple[str, ...]) -> str:
    return "\n".join(
        f"- [`reviewer {name}`](#reviewer-{name}): {prose(COMMANDS[name][2])}" for name in names
    )


def _command(context: Context) -> Iterator[str]:
    command = context.command
    depth = "##" if context.parent is None or context.parent.parent is None else "###"
    yield f"{depth} {context.command_path}"
    usage = " ".join(command.collect_usage_pieces(context))
    yield fenced(f"{context.command_path} {usage}")
    yield from _paragraphs(command.help or "")
    for heading, options in sections(command, context).items():
        shown = [one for one in options if "--help" not in one.opts]
        if shown and heading != OPTIONS:
            yield f"**{heading}**"
        if shown:
            yield table(("option", "meaning"), (_option(one, context) for one in shown))
    yield from _paragraphs(command.epilog or "")
    if hidden := [
        f"`{one.opts[-1]}`"
        for one in command.params
        if isinstance(one, click.Option) and one.hidden
    ]:
        yield f"Also accepted, so that callers of other tools need no change: {', '.join(hidden)}."
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            if child is not None and not child.hidden:
                yield from _command(Context(child, info_name=name, parent=context))


def _option(option: click.Option, context: click.Context) -> tuple[str, str]:
    names = ", ".join(option.opts)
    kind = option.type
    choices = list(map(str, kind.choices)) if isinstance(kind, click.Choice) else []
    value = "" if option.is_flag else f" {option.metavar or kind.name.upper()}".replace("|", " or ")
    record = option.get_help_record(context)
    said = [prose(record[1])] if record and record[1] else []
    if choices and not option.is_flag:
        said.append(f"One of {', '.join(f'`{one}`' for one in choices)}.")
    return f"`{names}{value}`", " ".join(said)


def _paragraphs(text: str) -> Iterator[str]:
    for kept, lines in paragraphs(text):
        yield fenced("\n".join(lines)) if kept else prose(" ".join(" ".join(lines).split()))
