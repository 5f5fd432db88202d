"""`reviewer mcp`: the tools for agents that speak the Model Context Protocol."""

from __future__ import annotations

import click

from reviewer.cli import common
from reviewer.errors import UsageError

EPILOG = """\b
It speaks on stdin and stdout and ends when stdin does; nothing but the protocol is ever on
stdout. A client is told:
  {"mcpServers": {"reviewer": {"command": "reviewer",
                               "args": ["mcp", "--root", "/path/to/project"]}}}

\b
Over HTTP, for a host that cannot start a program: the address and, unless it is yours, the token
go to stderr.
  reviewer mcp --http 8811
  {"mcpServers": {"reviewer": {"type": "http", "url": "http://127.0.0.1:8811/mcp",
                               "headers": {"Authorization": "Bearer TOKEN"}}}}
The token is that of --token-file, of REVIEWER_MCP_TOKEN, or made for this run. Ctrl-C ends it
with 130, SIGTERM with 143; reviews that are running then are stopped in order, and what they
found is remembered.

\b
Which model answers is up to you, never to the client: see `reviewer config show`.
"""


@click.command(
    epilog=EPILOG,
    context_settings=common.HELP,
)
@click.option(
    "--root",
    "roots",
    multiple=True,
    metavar="DIR",
    help="A directory that the tools may look at (repeatable; default: this one).",
)
@click.option(
    "--allow-apply", is_flag=True, help="Also offer apply_fix, which writes to the worktree."
)
@click.option(
    "--http",
    "where",
    metavar="[HOST:]PORT",
    help="Serve over HTTP on the loopback interface instead; port 0 takes a free one.",
)
@click.option(
    "--token-file",
    metavar="FILE",
    help="With --http: a file of yours, mode 600, that holds the token.",
)
def mcp(
    roots: tuple[str, ...], allow_apply: bool, where: str | None, token_file: str | None
) -> None:
    """Serve review, findings and fixes as tools over the Model Context Protocol.

    The tools look only at repositories that lie wholly below a --root: names that lead out by .. or
    by a link are refused, and what the client itself calls a root does not count.
    """
    if where is not None:
        from reviewer.doors.mcp import http

        http.serve(roots, allow_apply=allow_apply, where=where, token_file=token_file)
        return
    if token_file is not None:
        raise UsageError("--token-file goes with --http")
    from reviewer.doors.mcp import server

    server.serve(roots, allow_apply=allow_apply)
