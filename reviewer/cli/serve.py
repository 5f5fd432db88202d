"""`reviewer serve`: a model server on this machine, started with the flags that reviewing needs."""

from __future__ import annotations

import asyncio
import json
import signal
import time
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

from reviewer.cli import common
from reviewer.cli.serve_found import log_of, matching, row, show, states_of, which
from reviewer.cli.serve_options import launch, options
from reviewer.errors import Exit, Interrupted, UsageError

if TYPE_CHECKING:
    from reviewer.serving.start import Started

EXIT_CODES = """\b
Exit codes:
  0    done; for `start`: it answered, and has ended or was detached
  2    wrong options, or something serves at that address already
  4    could not start, and the line says why; for `status`: nothing answers
  130  interrupted before it answered (143: terminated)
"""


@click.group(epilog=EXIT_CODES)
def serve() -> None:
    """Run a model server on this machine, which `reviewer` then finds by itself.

    \b
    reviewer serve start --detach     pick a Gemma 4 that fits, start it, prove that it answers
    reviewer --agent                  reviews with it
    reviewer serve status             what runs here
    reviewer serve stop               end it

    The server listens on this machine only, and wants a key that only you can read.
    """


@serve.command(epilog=EXIT_CODES)
@options
@click.option("--detach", is_flag=True, help="Return when it answers, and leave it running.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=1),
    default=1800.0,
    show_default=True,
    metavar="S",
    help="How long it may take until it answers, a download included.",
)
@click.option("--dry-run", is_flag=True, help="Print the command, start nothing.")
def start(detach: bool, timeout: float, dry_run: bool, **chosen: Any) -> None:
    """Start a server, and wait until it has answered a request under a JSON Schema.

    \b
    reviewer serve start                            the best Gemma 4 for this machine, until Ctrl-C
    reviewer serve start --model 12b --detach       leave it running
    reviewer serve start --engine llamacpp --detach without a GPU
    reviewer serve start --model 31b --dry-run      what would be run
    reviewer serve start -- --enforce-eager         with an option of vLLM's own
    """
    from reviewer.serving import registry
    from reviewer.serving import start as starting

    planned = launch(**chosen)
    if dry_run:
        click.echo(planned.line())
        return
    where = registry.folder()
    click.echo(planned.line(), err=True)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _terminated)
    started = starting.start(planned, where, timeout=timeout, report=_report)
    if detach:
        click.echo(_answers(started), err=True)
        click.echo(
            "It goes on running: `reviewer` finds it, `reviewer serve stop` ends it.", err=True
        )
    else:
        _attend(started, where)


def _answers(started: Started) -> str:
    server = started.server
    return (
        f"{server.model} answers at {server.endpoint} (process {server.pid}); its log is"
        f" {server.log}"
    )


def _terminated(number: int, frame: FrameType | None) -> None:
    raise Interrupted("terminated; the server was ended as well", terminated=True)


def _report(stage: str, seconds: float) -> None:
    click.echo(f"{stage} ({seconds:.0f} s)", err=True)


def _attend(started: Started, where: Path) -> None:
    """Until Ctrl-C, the end of the terminal, or the server's own end, which is an error unless it
    was asked to end."""
    from reviewer.serving import registry
    from reviewer.serving.start import died

    try:
        click.echo(
            f"{_answers(started)}\nCtrl-C ends it.", err=True
        )  # in here, since a signal may come at once
        while started.process.poll() is None:
            time.sleep(0.2)
        time.sleep(0.5)  # `serve stop` takes the registration away once all has ended
        asked = started.process.returncode in (0, -signal.SIGTERM) or not registry.registered(
            started.server, where
        )
    except KeyboardInterrupt:
        asked = True
    finally:
        registry.stop(started.server, where)
        started.process.wait()
    if not asked:
        raise died(started.server.engine, Path(started.server.log), started.process.returncode)
    click.echo("the server has ended", err=True)


@serve.command("command")
@options
def show_command(**chosen: Any) -> None:
    """Print the command that `start` with the same options would run, for a shell or a unit file.

    \b
    reviewer serve command --model 31b --tensor-parallel 2
    """
    click.echo(launch(**chosen).line())


@serve.command()
@which
@click.option(
    "--all", "every", is_flag=True, help="All that `reviewer serve start` has started here."
)
@click.option(
    "--grace",
    type=click.FloatRange(min=0),
    default=15.0,
    show_default=True,
    metavar="S",
    help="How long it may take to end by itself before it is killed.",
)
def stop(port: int | None, uds: str | None, every: bool, grace: float) -> None:
    """End the server with everything it started. Without one to end this does nothing, and
    succeeds.

    \b
    reviewer serve stop                the only one
    reviewer serve stop --port 8001    one of several
    """
    from reviewer.serving import registry
    from reviewer.text import one_line

    where = registry.folder()
    found = matching(port, uds)
    if len(found) > 1 and not every:
        listed = ", ".join(one_line(server.endpoint) for server in found)
        raise UsageError(
            f"Several servers run here ({listed}): choose one with --port or --uds, or all with"
            " --all."
        )
    for server in found:
        killed = registry.stop(server, where, grace=grace)
        click.echo(f"{one_line(server.endpoint)} {'was killed' if killed else 'has ended'}")
    if not found:
        click.echo("No such server runs here." if port or uds else "No server runs here.")


@serve.command()
@which
@common.style
def status(port: int | None, uds: str | None, style: str) -> int:
    """Show the servers that `reviewer serve start` has started here, and whether they answer.

    The JSON has the keys of the registration files, without the key that the server wants.
    """
    found = matching(port, uds)
    states = asyncio.run(states_of(found))
    if style == "json":
        click.echo(
            json.dumps(
                [row(server, state) for server, state in zip(found, states, strict=True)], indent=2
            )
        )
    else:
        show(found, states)
    return Exit.OK if "answers" in states else Exit.CANNOT_RUN


@serve.command()
@which
@click.option(
    "-n",
    "--lines",
    type=click.IntRange(min=1),
    default=100,
    show_default=True,
    metavar="N",
    help="How many of the last lines.",
)
@click.option("-f", "--follow", is_flag=True, help="Go on until Ctrl-C, as it grows.")
def logs(port: int | None, uds: str | None, lines: int, follow: bool) -> None:
    """Print the end of a server's log; of the newest one when none runs, so that a failed start can
    be read.

    \b
    reviewer serve logs -n 20 --follow
    """
    from reviewer.serving.start import tail
    from reviewer.text import printable

    log = log_of(port, uds)
    size = log.stat().st_size
    for line in tail(log).splitlines()[-lines:]:
        click.echo(printable(line))
    if not follow:
        return
    with log.open("rb") as file:
        file.seek(size)
        while True:
            piece = file.readline()
            if piece:
                click.echo(printable(piece.decode("utf-8", "replace").rstrip("\r\n")))
            else:
                time.sleep(0.3)
