"""`reviewer mcp`: the tools for agents that speak the Model Context Protocol."""

from __future__ import annotations

import click

EPILOG = """\b
It speaks on stdin and stdout and ends when stdin does; nothing but the protocol is ever on stdout. A client is told:
  {"mcpServers": {"reviewer": {"command": "reviewer", "args": ["mcp", "--root", "/path/to/project"]}}}

\b
Which model answers is up to you, never to the client: see `reviewer config show`.
"""


@click.command(epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--root", "roots", multiple=True, metavar="DIR",
              help="A directory that the tools may look at (repeatable; default: this one).")  # fmt: skip
@click.option("--allow-apply", is_flag=True, help="Also offer apply_fix, which writes to the worktree.")
def mcp(roots: tuple[str, ...], allow_apply: bool) -> None:
    """Serve review, findings and fixes as tools over the Model Context Protocol.

    The tools look only at repositories that lie wholly below a --root: names that lead out by .. or by a link are
    refused, and what the client itself calls a root does not count.
    """
    from reviewer.mcp_server import server

    server.serve(roots, allow_apply=allow_apply)
