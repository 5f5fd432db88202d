"""Help pages: options under headings, every line within the terminal, and what was probably meant
by a word that is not known.

Texts are those of click: paragraphs are filled, but one that begins with `\\b` keeps its lines. A
line of it that is too long is continued under its second column."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from inspect import cleandoc
from typing import Any, Protocol, TypeVar

import click

from reviewer.cli import screen

F = TypeVar("F", bound=Callable[..., Any])
OPTIONS = "Options"
_FIRST = 30  # columns of the names of options, unless one of them is longer


def paragraphs(text: str) -> Iterator[tuple[bool, list[str]]]:
    """Each paragraph of a help text: whether its lines are kept, and its lines."""
    for paragraph in re.split(r"\n\s*\n", cleandoc(text.partition("\f")[0])):
        kept = paragraph.startswith("\b\n")
        lines = paragraph.removeprefix("\b\n").replace("\b", "").splitlines()
        if any(line.strip() for line in lines):
            yield kept, lines


def summary(command: click.Command) -> str:
    """The first sentence of a command's help."""
    if command.short_help:
        return command.short_help
    first = next(paragraphs(command.help or ""), (False, [""]))
    return re.split(r"(?<=\.)\s", " ".join(first[1]), maxsplit=1)[0]


def fold(line: str, width: int) -> Iterator[str]:
    """A line whose spaces count, in lines of at most `width` columns, longer words excepted: the
    rest stands under its last column, or below it where that leaves too little room."""
    if len(line) <= width:
        yield line
        return
    indent = len(line) - len(line.lstrip())
    columns = [found.end() for found in re.finditer(r"\S {2,}", line)]
    at = columns[-1] if columns else 0
    if at and width - at >= min(20, len(line) - at):
        yield from _filled(line[at:], line[:at], " " * at, width)
    elif at:
        yield from fold(line[:at].rstrip(), width)
        yield from _filled(line[at:], " " * (indent + 4), " " * (indent + 4), width)
    else:
        rest = indent + 4 if indent else 0
        yield from _filled(line[indent:], " " * indent, " " * rest, width)


def _filled(text: str, first: str, rest: str, width: int) -> list[str]:
    import textwrap

    return textwrap.wrap(
        text,
        width,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


class Formatter(click.HelpFormatter):
    """As wide as the terminal, up to what reads well."""

    def __init__(
        self, indent_increment: int = 2, width: int | None = None, max_width: int | None = None
    ) -> None:
        super().__init__(indent_increment, width or screen.prose(), max_width)

    def write_text(self, text: str) -> None:
        indent = " " * self.current_indent
        parts = [
            [indent + each for line in lines for each in fold(line, self.width - len(indent))]
            if kept
            else _filled(" ".join(" ".join(lines).split()), indent, indent, self.width)
            for kept, lines in paragraphs(text)
        ]
        self.write("\n\n".join("\n".join(lines) for lines in parts) + "\n")


class Context(click.Context):
    """Knows whether the environment asks for colours, so that `click.echo` does too."""

    formatter_class = Formatter

    def __init__(self, *given: Any, **more: Any) -> None:
        import os

        more.setdefault("help_option_names", ["-h", "--help"])
        super().__init__(*given, **more)
        if self.parent is None:
            self.color = screen.decide(os.environ)


class Option(click.Option):
    """An option under a heading of the help page."""

    def __init__(self, *given: Any, heading: str = OPTIONS, **more: Any) -> None:
        super().__init__(*given, **more)
        self.heading = heading


class Decorate(Protocol):
    """What `click.option` returns."""

    def __call__(self, function: F, /) -> F: ...


def under(heading: str) -> Callable[..., Decorate]:
    """`click.option` for options under this heading: `under("Gate")("--fail-on", …)`."""
    return partial(click.option, cls=Option, heading=heading)


def sections(command: click.Command, ctx: click.Context) -> dict[str, list[click.Option]]:
    """The options that a help page shows, by heading, those without one last."""
    found: dict[str, list[click.Option]] = {}
    for each in command.get_params(ctx):
        if isinstance(each, click.Option) and not each.hidden:
            found.setdefault(getattr(each, "heading", OPTIONS), []).append(each)
    last = found.pop(OPTIONS, [])
    return found | {OPTIONS: last} if last else found


def record(option: click.Option, ctx: click.Context) -> tuple[str, str] | None:
    """The names of an option and what it does. Choices that need much room stand in the text."""
    said = option.get_help_record(ctx)
    if said is None or len(said[0]) <= _FIRST or not isinstance(option.type, click.Choice):
        return said
    listed = option.make_metavar(ctx)
    return (
        said[0].replace(listed, "CHOICE"),
        f"{said[1]} One of {', '.join(map(str, option.type.choices))}.",
    )


class Command(click.Command):
    """A command with our help pages. Every command accepts `--color` and `--no-pager`."""

    context_class = Context

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        own = super().get_params(ctx)
        names = {each.name for each in own}
        return own + [each for each in COMMON if each.name not in names]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        shown = {
            heading: [said for each in options if (said := record(each, ctx))]
            for heading, options in sections(self, ctx).items()
        }
        names = [len(name) for rows in shown.values() for name, _ in rows]
        wide = max((size for size in names if size <= _FIRST), default=0)
        for heading, rows in shown.items():
            with formatter.section(heading):
                formatter.write_dl([(f"{name:<{wide}}", said) for name, said in rows], _FIRST)


class Group(Command, click.Group):
    """A command with commands below it, which are of the same kind."""

    command_class = Command
    group_class = type

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        Command.format_options(self, ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        children = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        rows = [(name, summary(each)) for name, each in children if each and not each.hidden]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        known = ctx.resilient_parsing or args[0].startswith("-")
        if not known and self.get_command(ctx, args[0]) is None:
            ctx.fail(f"No such command {args[0]!r}{self.meant(ctx, args[0])}")
        return super().resolve_command(ctx, args)

    def meant(self, ctx: click.Context, word: str) -> str:
        """What was probably meant by a word that is no command, as the end of a sentence."""
        from reviewer import text

        name = text.nearest(word, self.list_commands(ctx))
        return f"; did you mean `{ctx.command_path} {name}`?" if name else ""


def corrected(exc: click.ClickException) -> str:
    """The message of a usage error, with the option or value that was probably meant."""
    message = " ".join(exc.format_message().split()).rstrip(".")
    if isinstance(exc, click.NoSuchOption):
        from reviewer import text

        names = {each.lstrip("-"): each for each in exc.possibilities or ()}
        close = text.nearest(exc.option_name.lstrip("-"), names)  # the dashes are alike in all
        return f"No such option {exc.option_name}" + (
            f"; did you mean {names[close]}?" if close else ""
        )
    kind = exc.param.type if isinstance(exc, click.BadParameter) and exc.param else None
    if isinstance(kind, click.Choice):
        from reviewer import text

        given = re.match(r"'(.*?)' is not one of ", exc.message)
        return message + (text.meant(given[1], map(str, kind.choices)) if given else "")
    return message


def _color(ctx: click.Context, _: click.Parameter, value: str) -> None:
    if value != "auto":
        ctx.color = value == "always"


def no_color(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    """The callback of `--no-color`."""
    if value:
        ctx.color = False


def _pager(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    from reviewer.cli import pager

    if value:
        ctx.meta[pager.WANTED] = False


color = partial(
    click.option,
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    callback=_color,
    expose_value=False,
    help="When to colour; auto: on a terminal, and as NO_COLOR and FORCE_COLOR say.",
)
COMMON = (
    click.Option(
        ["--color"],
        type=click.Choice(["auto", "always", "never"]),
        default="auto",
        callback=_color,
        expose_value=False,
        hidden=True,
    ),
    click.Option(["--no-pager"], is_flag=True, expose_value=False, callback=_pager, hidden=True),
)
