"""man/: the manual pages, from what `--help` prints. One page for each command, with those below
it.

The macros are those of groff_man(7). Nothing but ASCII is written, so that every `man` reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from inspect import cleandoc

import click
from support.reference.settings import environment

from reviewer import __version__
from reviewer.cli import COMMANDS, GROUPS, cli
from reviewer.cli.help import OPTIONS, Context, fold, paragraphs, record, sections, summary

_SPECIAL = {"\\": r"\e", "-": r"\-", "'": r"\(aq", "`": r"\(ga", "^": r"\(ha", "~": r"\(ti"}
_ROW = re.compile(r"\s*(\S.*?) {2,}(\S.*)")  # what is typed, and what it means
_WIDEST = 66  # columns of what is kept in lines: in 80, with the margins of both sides
_HEADING = re.compile(r"([A-Z][a-z ]+):")


def pages() -> Iterator[tuple[str, str]]:
    """The name and the text of each page."""
    root = Context(cli, info_name="reviewer")
    yield "reviewer.1", _page(root, _root(root))
    for name in COMMANDS:
        command = cli.get_command(root, name)
        assert command is not None
        context = Context(command, info_name=name, parent=root)
        yield f"reviewer-{name}.1", _page(context, _below(context, name))


def _page(context: Context, body: Iterator[str]) -> str:
    title = context.command_path.replace(" ", "-")
    head = [
        r".\" Made from the code by `make docs-reference`: do not edit.",
        f'.TH {plain(title.upper())} 1 "" "reviewer {plain(__version__)}" "User Commands"',
        ".nh",
        ".ad l",
        ".SH NAME",
        rf"{plain(title)} \- {plain(summary(context.command).rstrip('.'))}",
        ".SH SYNOPSIS",
        *_usage(context),
        ".SH DESCRIPTION",
        *_text(context.command.help or ""),
        *_options(context, ".SH"),
    ]
    return "\n".join([*head, *body]) + "\n"


def _root(context: Context) -> Iterator[str]:
    yield ".SH COMMANDS"
    for heading, names in GROUPS.items():
        yield f".SS {plain(heading)}"
        for name in names:
            yield from _entry(rf"\fBreviewer\-{plain(name)}\fR(1)", plain(COMMANDS[name][2]))
    yield ".SH ENVIRONMENT"
    for name, said in environment():
        yield from _entry(rf"\fB{plain(name)}\fR", plain(said.replace("`", "")))
    yield from _text(context.command.epilog or "", ".SH")


def _below(context: Context, name: str) -> Iterator[str]:
    command = context.command
    if isinstance(command, click.Group):
        children = [
            (each, command.get_command(context, each)) for each in command.list_commands(context)
        ]
        yield ".SH COMMANDS"
        for each, child in children:
            if child is None or child.hidden:
                continue
            below = Context(child, info_name=each, parent=context)
            yield f".SS {plain(below.command_path)}"
            yield from _usage(below)
            yield ".PP"
            yield from _text(child.help or "")
            yield from _options(below, "")
            yield from _text(child.epilog or "")
    yield from _text(command.epilog or "", ".SH")
    yield ".SH SEE ALSO"
    others = next(names for names in GROUPS.values() if name in names)
    shown = ["reviewer", *(f"reviewer-{each}" for each in others if each != name)]
    yield ",\n".join(rf"\fB{plain(each)}\fR(1)" for each in shown)


def _usage(context: Context) -> Iterator[str]:
    usage = " ".join(context.command.collect_usage_pieces(context))
    yield rf"\fB{plain(context.command_path)}\fR {plain(usage)}"


def _options(context: Context, macro: str) -> Iterator[str]:
    shown = {
        heading: [one for one in options if "--help" not in one.opts]
        for heading, options in sections(context.command, context).items()
    }
    shown = {heading: options for heading, options in shown.items() if options}
    if shown and macro:
        yield f"{macro} OPTIONS"
    for heading, options in shown.items():
        if heading != OPTIONS:
            yield f".SS {plain(heading)}" if macro else f".PP\n{plain(heading)}:"
        for one in options:
            said = record(one, context)
            assert said is not None
            yield from _entry(rf"\fB{plain(said[0])}\fR", plain(" ".join(said[1].split())))


def _entry(tag: str, said: str) -> Iterator[str]:
    yield from (".TP", tag, said)


def _text(text: str, macro: str = "") -> Iterator[str]:
    """Paragraphs. What is kept in lines becomes entries where it has two columns; its heading
    becomes a section if there is a `macro` for that."""
    for kept, lines in paragraphs(text):
        if not kept:
            yield from (".PP", _line(" ".join(" ".join(lines).split())))
            continue
        heading = _HEADING.fullmatch(lines[0].strip())
        if heading:
            yield f"{macro} {plain(heading[1].upper())}" if macro else f".PP\n{plain(lines[0])}"
            lines = lines[1:]
        yield from _rows(cleandoc("\n".join(lines)).splitlines())


def _rows(lines: list[str]) -> Iterator[str]:
    if not any(_ROW.fullmatch(line) for line in lines):
        yield from (
            ".PP",
            ".RS 4",
            ".nf",
            *(_line(each[2:]) for line in lines for each in fold(f"  {line}", _WIDEST + 2)),
            ".fi",
            ".RE",
        )
        return
    for line in lines:
        row = _ROW.fullmatch(line)
        if row:
            yield from _entry(rf"\fB{plain(row[1])}\fR", plain(row[2]))
        else:
            yield from (".PP", rf"\fB{plain(line.strip())}\fR")


def _line(text: str) -> str:
    """A line of text, which is no macro whatever it begins with."""
    shown = plain(text)
    return rf"\&{shown}" if shown[:1] in (".", "'") else shown or r"\&"


def plain(text: str) -> str:
    return "".join(
        _SPECIAL.get(char, char if char.isascii() else f"\\[u{ord(char):04X}]") for char in text
    )
