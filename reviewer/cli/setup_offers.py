"""What `reviewer setup` offers at its end in a repository: the hook, and the agents' skills."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reviewer.errors import ReviewerError

if TYPE_CHECKING:
    from reviewer.doors.integrations.hosts import Host
    from reviewer.workspace import Repository


def offer(*, ask: bool, hook: bool, agents: bool) -> None:
    """Install what was named; with `ask`, ask for the rest. A repository's files are touched only
    after a yes. What cannot be installed is said, and is no error: the model is set up."""
    from reviewer import workspace

    try:
        repository = workspace.open_repository(Path.cwd())
    except ReviewerError as error:
        if hook or agents:
            click.echo(f"--hook and --agents need a repository: {error.message}", err=True)
        return
    if hook or (ask and _lacks_hook(repository) and _confirm("Review before each push to this")):
        _tried(partial(_install_hook, repository))
    for host in _found(repository):
        if agents or (ask and _confirm(f"Teach {host.title} to run a review in this")):
            _tried(partial(_teach, repository, host))


def _confirm(question: str) -> bool:
    return click.confirm(f"{question} repository?", default=False, err=True)


def _tried(install: Callable[[], None]) -> None:
    try:
        install()
    except ReviewerError as error:
        click.echo(f"left out: {error.message}", err=True)


def _lacks_hook(repository: Repository) -> bool:
    from reviewer.doors.hooks import place

    where = place.hooks_directory(repository)
    return not where.problem and place.inspect(where, "pre-push").state != "ours"


def _install_hook(repository: Repository) -> None:
    from reviewer.doors.hooks import install, status
    from reviewer.doors.hooks.script import Options

    done = install.install(repository, "pre-push", Options())
    _print(status.change_lines(done, repository))


def _found(repository: Repository) -> list[Host]:
    """The agents whose files are in the repository, and that do not know us yet."""
    from reviewer.doors.integrations import status

    return [
        each.host
        for each in status.agents(repository.root, None)
        if each.detected and each.here in ("absent", "outdated")
    ]


def _teach(repository: Repository, host: Host) -> None:
    from reviewer.doors.integrations import plan

    made = plan.install(repository.root, host)
    plan.apply(repository.root, made)
    _print([f"{edit.action} {edit.path}" for edit in made.edits])


def _print(lines: list[str]) -> None:
    from reviewer.text import one_line

    for line in lines:
        click.echo(one_line(line))
