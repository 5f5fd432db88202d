"""`reviewer setup`: from nothing to a review by the Gemma 4 that fits this machine."""

from __future__ import annotations

import json
import sys
import textwrap
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from reviewer.cli import common, screen
from reviewer.errors import Exit, Interrupted, UsageError

if TYPE_CHECKING:
    from reviewer.doors.setup.plan import Have, Setup
    from reviewer.serving.hardware import Machine

EXIT_CODES = """\b
Exit codes:
  0    a model answers, and has reviewed the example
  2    wrong options, or no terminal to ask a question in (pass --yes)
  3    no Gemma 4 was set up: only the smoke model, or nothing
  4    a step failed, for the reason printed: the same command goes on from there
  130  interrupted: the same command goes on from there (143: terminated)
"""
AGAIN = "`reviewer setup` goes on from there"
_LATER = "Repeat `reviewer setup` when that has changed. `reviewer` runs the analyzers without it."


@click.command(cls=common.Command, epilog=EXIT_CODES)
@click.option("-y", "--yes", is_flag=True, help="Ask nothing.")
@click.option("--dry-run", is_flag=True, help="Say what would be done; change nothing.")
@click.option("--model", metavar="NAME", help="A size (12b) or an id instead of the best fit.")
@click.option(
    "--engine",
    type=click.Choice(["vllm", "llama-server", "llamacpp", "ollama"]),
    help="The program that runs it, instead of the best fit.",
)
@click.option("--hook", is_flag=True, help="Also review before each push to this repository.")
@click.option("--agents", is_flag=True, help="Also teach the coding agents that are used here.")
@common.style
def setup(yes: bool, dry_run: bool, hook: bool, agents: bool, style: str, **wanted: Any) -> int:
    """Set up the best Gemma 4 for this machine, and prove it with a review of an example.

    \b
    reviewer setup                   look, say what would be done, ask once, do it
    reviewer setup --dry-run         only say it
    reviewer setup --yes             ask nothing (in a script or a container)
    reviewer setup --model 12b       another model than the recommended one

    What is already there is kept, so that you can repeat it: after Ctrl-C or an error it goes on
    where it stopped. Without a way to the model hub, a smoke model shows the path.
    """
    from reviewer.doors.setup import plan, show

    if style == "json" and not dry_run:
        raise UsageError("--format json shows the plan: add --dry-run")
    machine, have = _look(wanted)
    made = plan.make(machine, have, **wanted)
    if style == "json":
        click.echo(json.dumps(show.as_json(made, machine, have), indent=2, ensure_ascii=False))
        return Exit.OK
    for line in show.lines(made, machine, have, screen.prose()):
        click.echo(line)
    if dry_run:
        return Exit.OK
    if not _agreed(made, have, yes=yes):
        return Exit.INCOMPLETE if made.smoke else Exit.OK
    return _run(made, yes=yes, hook=hook, agents=agents)


def _look(wanted: dict[str, Any]) -> tuple[Machine, Have]:
    """The machine and what is on it; whether the hub has the model is asked only if it matters."""
    from reviewer.doors.setup import look, plan
    from reviewer.serving import hardware

    machine = hardware.detect()
    have = look.have(machine.best)
    found = plan.make(machine, have, **wanted).found
    if found and any(
        step.name == "download" and not step.done for step in plan.steps(found.plan, have)
    ):
        have = replace(have, unreachable=look.reach(found.plan.model))
    return machine, have


def _agreed(made: Setup, have: Have, *, yes: bool) -> bool:
    """Whether to begin. Raises UsageError when it cannot be asked, EngineError when the disk has no
    room."""
    from reviewer.doors.setup import plan
    from reviewer.errors import EngineError

    if why := plan.lacking(made, have):
        raise EngineError(why)
    if yes or not (made.open or made.smoke):
        return True
    if not _asks():
        raise UsageError("setup asks before it changes anything: repeat it with --yes")
    if made.smoke:
        if _confirmed("Run the smoke model, to see the path?", default=False):
            return True
        _say(f"No model was set up. {_LATER}")
        return False
    return _confirmed("Go on?", default=not made.better)


def _confirmed(question: str, *, default: bool) -> bool:
    try:
        return click.confirm(question, default=default, err=True)
    except click.Abort:  # the cursor is still behind the question
        click.echo(err=True)
        raise Interrupted("interrupted; nothing was changed") from None


def _asks() -> bool:
    """Whether somebody is there to answer."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def _run(made: Setup, *, yes: bool, hook: bool, agents: bool) -> int:
    from reviewer.cli import setup_offers
    from reviewer.doors.setup import run

    try:
        run.run(made, lambda line: click.secho(line, bold=True, err=True))
        if made.smoke:
            click.echo()
            _say(f"SMOKE RUN: no Gemma 4 was set up: {made.smoke}. {_LATER}")
        ask = not (yes or made.smoke) and _asks()
        setup_offers.offer(ask=ask, hook=hook, agents=agents)
    except KeyboardInterrupt as error:
        terminated = type(error) is not KeyboardInterrupt
        word = "terminated" if terminated else "interrupted"
        raise Interrupted(f"{word}; {AGAIN}", terminated=terminated) from error
    if made.smoke:
        return Exit.INCOMPLETE
    click.echo("Ready. In a repository, type: reviewer")
    return Exit.OK


def _say(sentence: str) -> None:
    from reviewer.text import one_line

    width = screen.prose()
    click.echo(textwrap.fill(one_line(sentence), width, break_on_hyphens=False))
