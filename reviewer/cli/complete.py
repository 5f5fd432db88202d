"""What a shell offers as the value of an option or argument. Quick and quiet: whatever goes wrong
means that there is nothing to offer.

A shell puts the value into the command line as it is. Names from a repository are offered only if
no shell reads anything but a word in them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem, ShellComplete

Complete = Callable[[click.Context, click.Parameter, str], "list[CompletionItem]"]

_WORD = re.compile(r"\w[\w./@+-]*")
_SECONDS = 2.0  # for git
_MOST = 1000  # references, newest first
_WIDEST = 60  # columns of a description


def _offer(found: Callable[[], Iterable[tuple[str, str]]]) -> Complete:
    """Offer (value, description) pairs that begin with what is typed."""

    def complete(_: click.Context, __: click.Parameter, typed: str) -> list[CompletionItem]:
        import sqlite3

        from click.shell_completion import CompletionItem

        from reviewer.errors import ReviewerError
        from reviewer.text import cut, one_line

        try:
            return [
                CompletionItem(value, help=one_line(cut(said, _WIDEST)) or None)
                for value, said in found()
                if value.startswith(typed) and _WORD.fullmatch(value)
            ]
        except (ReviewerError, OSError, sqlite3.Error):
            return []

    return complete


def _revisions() -> Iterator[tuple[str, str]]:
    from reviewer import workspace

    repository = workspace.open_repository(Path(), timeout=_SECONDS, seconds=_SECONDS)
    listed = workspace.git(
        repository,
        "for-each-ref",
        f"--count={_MOST}",
        "--sort=-creatordate",
        "--format=%(refname:short)",
        "refs/heads",
        "refs/tags",
        "refs/remotes",
    )
    yield "HEAD", ""
    for name in listed.decode("utf-8", "replace").splitlines():
        yield name, ""


def _findings() -> Iterator[tuple[str, str]]:
    from reviewer import memory, workspace
    from reviewer.memory import listing

    here = workspace.open_repository(Path(), timeout=_SECONDS, seconds=_SECONDS)
    repository = memory.repository_key(here.common_dir)
    with memory.open_store(os.environ) as store:
        for each in listing.remembered(store, repository):
            yield each.finding.id, f"{each.finding.severity}: {each.finding.title}"


def _dismissed() -> Iterator[tuple[str, str]]:
    from reviewer import memory, workspace
    from reviewer.memory import dismissals

    here = workspace.open_repository(Path(), timeout=_SECONDS, seconds=_SECONDS)
    repository = memory.repository_key(here.common_dir)
    with memory.open_store(os.environ) as store:
        for entry in dismissals.load(store, repository):
            yield entry.id, entry.title


def _formats() -> Iterator[tuple[str, str]]:
    from reviewer.outputs import OUTPUTS

    for name, (_, said) in OUTPUTS.items():
        yield name, said


def _models() -> Iterator[tuple[str, str]]:
    from reviewer.serving import catalogue

    for model in catalogue.models():
        yield model.id, model.name
    for model, checkpoint in catalogue.checkpoints():
        yield checkpoint.id, model.name


def _analyzers() -> Iterator[tuple[str, str]]:
    from reviewer.analyzers import registry

    for name in registry.ANALYZERS:
        yield name, ""


def files(_: click.Context, __: click.Parameter, typed: str) -> list[CompletionItem]:
    """What the shell itself finds."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(typed, type="file")]


def register() -> None:
    """Let click read the words of a line with `--option=value` as every shell gives them. It would
    pass the value for an argument of `reviewer`, and put it in the place of the whole word."""
    from click import shell_completion as shells

    for base in (shells.BashComplete, shells.ZshComplete, shells.FishComplete):
        shells.add_completion_class(_joined(base), base.name)


def _joined(base: type[ShellComplete]) -> type[ShellComplete]:
    class Joined(base):  # type: ignore[valid-type,misc]
        option = ""  # `--base=`, where that is a part of the word to be completed

        def get_completion_args(self) -> tuple[list[str], str]:
            args, typed = super().get_completion_args()
            name, equals, value = typed.partition("=")
            if name.startswith("--") and equals and "--" not in args:  # zsh, fish
                self.option = f"{name}="
                return [*args, name], value
            if typed == "=":  # bash, for which it is a word
                return args, ""
            return (args[:-1] if args[-1:] == ["="] else args), typed

        def format_completion(self, item: CompletionItem) -> str:
            if item.type == "plain":
                item.value = f"{self.option}{item.value}"
            said: str = super().format_completion(item)
            return said

    return Joined


revisions = _offer(_revisions)
findings = _offer(_findings)
dismissed = _offer(_dismissed)
formats = _offer(_formats)
models = _offer(_models)
analyzers = _offer(_analyzers)
