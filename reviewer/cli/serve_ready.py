"""What has to be there before `reviewer serve start` starts a server: its model."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from reviewer.serving.launch import Launch


def ready(planned: Launch, *, offline: bool) -> bool:
    """Have Ollama bring the model that it is to serve, and say of a smoke model what it is. True
    when nothing is left to start: an Ollama that already runs has the model now."""
    if planned.engine == "ollama":
        return _ollama(planned, offline)
    if _is_smoke(planned):
        click.echo(
            f"{planned.model} only shows that everything works: its findings are no review.",
            err=True,
        )
    return False


def _is_smoke(planned: Launch) -> bool:
    from reviewer.serving import gguf

    return "--model" in planned.argv and gguf.is_smoke_model(
        Path(planned.argv[planned.argv.index("--model") + 1])
    )


def _ollama(planned: Launch, offline: bool) -> bool:
    from reviewer.serving import ollama

    version = ollama.running(planned.endpoint)
    if version is None:
        if not offline:
            with ollama.briefly(planned) as endpoint:
                ollama.pull(endpoint, planned.model, _Progress())
        return False
    ollama.check(version, planned.model)
    if not offline:
        ollama.pull(planned.endpoint, planned.model, _Progress())
    click.echo(
        f"Ollama {version} already runs at {planned.endpoint} and serves {planned.model}:"
        " `reviewer` finds it there.",
        err=True,
    )
    return True


class _Progress:
    """Says how far a download is: in one line that changes on a terminal, else every tenth."""

    def __init__(self) -> None:
        self.said = -1

    def __call__(self, what: str, done: int, total: int) -> None:
        share = 100 * done // total if total else 0
        shown = f"{what}: {done / 1e9:.1f} of {total / 1e9:.1f} GB" if total else what
        if sys.stderr.isatty():
            ended = bool(total) and done >= total
            click.echo(f"\r{shown}\x1b[K", nl=ended, err=True, color=True)  # also without colours
        elif total and share // 10 > self.said:
            self.said = share // 10
            click.echo(shown, err=True)
