"""`reviewer config`: what is in force, and who said so."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from reviewer.cli import common, pager, screen
from reviewer.errors import Exit, UsageError


@click.group(cls=common.Group)
def config() -> None:
    """Show, write and check the settings.

    Sources, weakest first: defaults, the user's file, the repository's .reviewer.toml at the base
    revision (noise controls only), the environment, the command line.
    """


@config.command()
@common.style
def show(style: str) -> None:
    """Print every setting with its value, its source and what it does.

    Run it inside a repository to see what that repository's .reviewer.toml adds.
    """
    from reviewer import config as configuration
    from reviewer import text
    from reviewer.outputs.page import beside

    loaded = configuration.load(
        {}, os.environ, user=configuration.user_file(), repository=_repository_file(Path())
    )
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
    width = max(map(len, rows)) + 2
    lines = []
    for name, row in rows.items():
        value = f"{text.one_line(json.dumps(row['value']))}  [{row['source']}]"
        for head, said in ((name, value), ("", str(row["description"]))):
            lines += beside(f"{head:<{width}}", said, screen.prose())
    lines += ["", f"user file: {text.one_line(str(configuration.user_file()))}"]
    pager.show("\n".join(lines))
    for warning in loaded.warnings:
        click.echo(f"reviewer: {warning}", err=True)


@config.command()
@click.option(
    "--user",
    is_flag=True,
    help="The user's file, for every repository, instead of this repository's.",
)
@click.option("--stdout", "only_print", is_flag=True, help="Print it, write nothing.")
def init(user: bool, only_print: bool) -> None:
    """Write a configuration file with every key, commented out.

    Each key is there with what it means, what it takes and its default; as it is, the file sets
    nothing. A file that is there is never overwritten.
    """
    from reviewer import text
    from reviewer.cli.config_template import template

    content = template(repository=not user)
    if only_print:
        click.echo(content, nl=False)
        return
    path = _path(user=user)
    name = text.one_line(str(path))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open(
            "x", encoding="utf-8", newline="\n"
        ) as stream:  # nor what a dangling link leads to
            stream.write(content)
    except FileExistsError:
        raise UsageError(
            f"{name} already exists; left unchanged: `reviewer config init --stdout` prints"
            " what would be written"
        ) from None
    except OSError as exc:
        raise UsageError(f"{name} cannot be written: {exc.strerror}") from None
    click.echo(
        f"wrote {name}"
        if user
        else f"wrote {name}; it counts once it is committed to the base branch"
    )


@config.command()
@click.argument("file", required=False, metavar="[FILE]")
@click.option(
    "--user", is_flag=True, help="Check by what a user may set; without FILE, the user's file."
)
@common.style
@click.pass_context
def validate(ctx: click.Context, file: str | None, user: bool, style: str) -> None:
    """Check a configuration file: this repository's .reviewer.toml unless FILE names another.

    Each mistake is a line `path:line: key: what is wrong; allowed: what is right`; exit code 2 when
    there is one, else
    0. A repository may set only a few keys: what only the user may set is a mistake in its file.
    Unlike a review, which reads the base revision, this reads the file as it is now.
    """
    from reviewer import config as configuration
    from reviewer import text
    from reviewer.cli.config_check import check
    from reviewer.cli.config_fields import only_users

    path = Path(file) if file is not None else _path(user=user)
    user = user or (
        file is not None and os.path.realpath(file) == os.path.realpath(configuration.user_file())
    )
    hint = (
        ""
        if file is not None
        else f": `reviewer config init{' --user' if user else ''}` writes one"
    )
    mistakes, number = check(_content(path, hint), repository=not user)
    name = text.one_line(os.path.relpath(path) if file is None and not user else str(path))
    if style == "json":
        report = {"file": name, "keys": number, "mistakes": [asdict(each) for each in mistakes]}
        click.echo(json.dumps(report, indent=2))
        ctx.exit(Exit.USAGE if mistakes else Exit.OK)
    for mistake in mistakes:
        click.echo(f"{name}:{mistake}")
    if mistakes:
        ctx.exit(Exit.USAGE)
    more = "" if user else f"; a repository may not set {', '.join(only_users())}"
    click.echo(f"{name}: no mistake, {text.count(number, 'key')} set{more}")


def _path(*, user: bool) -> Path:
    """The user's file, or that of the repository around the working directory. Raises
    NoRepository."""
    from reviewer import config as configuration
    from reviewer import workspace

    if user:
        return configuration.user_file()
    return workspace.open_repository(Path()).root / configuration.REPOSITORY_FILE


def _content(path: Path, hint: str) -> bytes:
    """As much of the file as it takes to say that it is too large. `hint` says where one comes
    from."""
    from reviewer import text
    from reviewer.config import MAX_CONFIG_BYTES

    name = text.one_line(str(path))
    if not path.is_file():  # a pipe would hold us here
        raise UsageError(f"{name} is not a file{hint}")
    try:
        with path.open("rb") as stream:
            return stream.read(MAX_CONFIG_BYTES + 1)
    except OSError as exc:
        raise UsageError(f"{name} cannot be read: {exc.strerror}") from None


def _repository_file(directory: Path) -> bytes | None:
    """The repository's file at the base revision; None outside a repository."""
    from reviewer import config as configuration
    from reviewer import workspace
    from reviewer.errors import BadBase, NoRepository
    from reviewer.types import Scope

    try:
        repository = workspace.open_repository(directory)
        return workspace.read_base(
            repository, workspace.resolve(repository, Scope()), configuration.REPOSITORY_FILE
        )
    except (NoRepository, BadBase):
        return None


def _plain(value: Any) -> Any:
    """A setting as JSON; a key is never shown."""
    from pydantic import BaseModel, SecretStr

    if isinstance(value, SecretStr):
        return "(set)"
    if isinstance(value, tuple):
        return [
            item.model_dump(by_alias=True, exclude_none=True)
            if isinstance(item, BaseModel)
            else item
            for item in value
        ]
    return value
