"""`reviewer serve`: runs a model server on this machine with the flags that reviews need."""

from __future__ import annotations

import asyncio
import json
import shlex
import signal
import time
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

from reviewer import watchdog
from reviewer.cli import common
from reviewer.cli.serve_options import launch, options
from reviewer.cli.serve_ready import ready
from reviewer.cli.serve_servers import log_of, matching, row, show, states_of, which
from reviewer.errors import Exit, Interrupted, UsageError

if TYPE_CHECKING:
    from reviewer.serving.launch import Launch
    from reviewer.serving.start import Started

EXIT_CODES = """\b
Exit codes:
  0    done; for `start`: the server answered, and has ended or was detached
  2    wrong options, or the address is already in use
  4    could not start, for the reason printed; for `status`: no server answers
  130  interrupted before the server answered (143: terminated)
"""


@click.group(cls=common.Group, epilog=EXIT_CODES)
def serve() -> None:
    """Run a model server on this machine; `reviewer` finds it automatically.

    \b
    reviewer serve start --detach     pick a Gemma 4 that fits, start it, check that it answers
    reviewer --agent                  review with it
    reviewer serve status             list running servers
    reviewer serve stop               stop it

    The server listens only on this machine and requires a key that only you can read.
    """


@serve.command(epilog=EXIT_CODES)
@options
@click.option("--detach", is_flag=True, help="Return once it answers, and leave it running.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=1),
    default=1800.0,
    show_default=True,
    metavar="S",
    help="Seconds until it must answer, once the model is on this machine.",
)
@click.option("--dry-run", is_flag=True, help="Print the command; start nothing.")
def start(detach: bool, timeout: float, dry_run: bool, **chosen: Any) -> None:
    """Start a server, and wait until it has answered a request with a JSON Schema.

    \b
    reviewer serve start                            the best Gemma 4 for this machine, until Ctrl-C
    reviewer serve start --model 12b --detach       leave it running
    reviewer serve start --engine ollama --detach   with Ollama, which downloads what is missing
    reviewer serve start --model 31b --dry-run      print the command only
    reviewer serve start -- --enforce-eager         pass an option to vLLM
    """
    from reviewer.serving import fetch, registry
    from reviewer.serving import start as starting

    planned = launch(**chosen)
    if dry_run:
        _print(planned)
        return
    brought: set[str] = set()
    while planned.first and planned.first[-1] not in brought:
        brought.add(planned.first[-1])
        fetch.ready(planned.first[-1], _say, offline=chosen["offline"])
        planned = launch(**chosen)
    if ready(planned, offline=chosen["offline"]):
        return
    where = registry.folder()
    click.echo(planned.line(), err=True)
    for number in watchdog.ENDING:
        signal.signal(number, _terminated)
    started = starting.start(planned, where, timeout=timeout, report=_report)
    if detach:
        click.echo(_answers(started), err=True)
        click.echo(
            "It keeps running: `reviewer` finds it, `reviewer serve stop` stops it.", err=True
        )
    else:
        _attend(started, where)


def _say(line: str) -> None:
    click.echo(line, err=True)


def _print(planned: Launch) -> None:
    for line in filter(None, (shlex.join(planned.first), planned.line())):
        click.echo(line)


def _answers(started: Started) -> str:
    server = started.server
    return f"{server.model} answers at {server.endpoint} (process {server.pid}); log: {server.log}"


def _terminated(number: int, frame: FrameType | None) -> None:
    raise Interrupted("terminated; the server was stopped, too", terminated=True)


def _report(stage: str, seconds: float) -> None:
    click.echo(f"{stage} ({seconds:.0f} s)", err=True)


def _attend(started: Started, where: Path) -> None:
    """Wait for Ctrl-C, the end of the terminal, or the end of the server, which is an error unless
    it was told to stop."""
    from reviewer.serving import registry
    from reviewer.serving.start import died

    try:
        click.echo(
            f"{_answers(started)}\nCtrl-C stops it.", err=True
        )  # inside the try, since a signal may come at once
        while started.process.poll() is None:
            time.sleep(0.2)
        time.sleep(0.5)  # `serve stop` removes the registration when every process has ended
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
    click.echo("the server has stopped", err=True)


@serve.command("command")
@options
def show_command(**chosen: Any) -> None:
    """Print the command that `start` with the same options would run, for a shell or a unit file.

    \b
    reviewer serve command --model 31b --tensor-parallel 2
    """
    _print(launch(**chosen))


@serve.command()
@which
@click.option(
    "--all", "every", is_flag=True, help="All servers that `reviewer serve start` has started."
)
@click.option(
    "--grace",
    type=click.FloatRange(min=0),
    default=15.0,
    show_default=True,
    metavar="S",
    help="Seconds that it may take to end before it is killed.",
)
def stop(port: int | None, uds: str | None, every: bool, grace: float) -> None:
    """Stop the server and every process it started. If none is running, do nothing and succeed.

    \b
    reviewer serve stop                the only one
    reviewer serve stop --port 8001    one of several
    """
    from reviewer.serving import registry
    from reviewer.text import one_line

    where = registry.folder()
    servers = matching(port, uds)
    if len(servers) > 1 and not every:
        listed = ", ".join(one_line(server.endpoint) for server in servers)
        raise UsageError(
            f"several servers are running ({listed}): choose one with --port or --uds, or all with"
            " --all"
        )
    for server in servers:
        killed = registry.stop(server, where, grace=grace)
        click.echo(f"{one_line(server.endpoint)} {'was killed' if killed else 'has stopped'}")
    if not servers:
        click.echo("That server is not running." if port or uds else "No server is running.")


@serve.command()
@which
@common.style
def status(port: int | None, uds: str | None, style: str) -> int:
    """Show the servers that `reviewer serve start` has started, and whether they answer.

    The JSON has the fields of the registration files, without the servers' access keys.
    """
    servers = matching(port, uds)
    states = asyncio.run(states_of(servers))
    if style == "json":
        click.echo(
            json.dumps(
                [row(server, state) for server, state in zip(servers, states, strict=True)],
                indent=2,
            )
        )
    else:
        show(servers, states)
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
    help="Number of lines, from the end.",
)
@click.option("-f", "--follow", is_flag=True, help="Keep printing new lines until Ctrl-C.")
def logs(port: int | None, uds: str | None, lines: int, follow: bool) -> None:
    """Print the end of a server's log. If no server is running, print the newest log, so that you
    can read why a start failed.

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
