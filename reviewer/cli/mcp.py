"""`reviewer mcp`: serves the tools of the Model Context Protocol (MCP)."""

from __future__ import annotations

import click

from reviewer.cli import common
from reviewer.errors import UsageError

EPILOG = """
The server uses stdin and stdout, and ends when stdin closes; stdout carries nothing but the
protocol. Configure a client with:

\b
  {"mcpServers": {"reviewer": {
    "command": "reviewer", "args": ["mcp", "--root", "/path/to/it"]}}}

Over HTTP, for a host that cannot start a program; the address and, unless you gave it, the token
are printed on stderr:

\b
  reviewer mcp --http 8811
  {"mcpServers": {"reviewer": {
    "type": "http", "url": "http://127.0.0.1:8811/mcp",
    "headers": {"Authorization": "Bearer TOKEN"}}}}

The token comes from --token-file or REVIEWER_MCP_TOKEN, or is generated for this run. Ctrl-C ends
the server with 130, SIGTERM with 143; running reviews are stopped cleanly, and their findings are
kept.

You choose the model, never the client: see `reviewer config show`.
"""


@click.command(cls=common.Command, epilog=EPILOG)
@click.option(
    "--root",
    "roots",
    multiple=True,
    metavar="DIR",
    help="A directory that the tools may read (repeatable; default: this one).",
)
@click.option(
    "--allow-apply", is_flag=True, help="Also offer apply_fix, which writes to the worktree."
)
@click.option(
    "--http",
    "where",
    metavar="[HOST:]PORT",
    help="Serve over HTTP on the loopback interface instead; port 0 picks a free one.",
)
@click.option(
    "--token-file",
    metavar="FILE",
    help="With --http: a file that you own, mode 600, with the token.",
)
def mcp(
    roots: tuple[str, ...], allow_apply: bool, where: str | None, token_file: str | None
) -> None:
    """Serve review, findings and fixes as tools over the Model Context Protocol.

    The tools read only repositories that lie entirely below a --root. Paths that lead out through
    .. or a link are refused, and roots that the client announces are ignored.
    """
    if where is not None:
        from reviewer.doors.mcp import http

        http.serve(roots, allow_apply=allow_apply, where=where, token_file=token_file)
        return
    if token_file is not None:
        raise UsageError("--token-file requires --http")
    from reviewer.doors.mcp import server

    server.serve(roots, allow_apply=allow_apply)
