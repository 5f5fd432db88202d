"""Settings and options that several commands share."""

from __future__ import annotations

from typing import Any, Final

import click

HELP: Final[dict[str, Any]] = {"help_option_names": ["-h", "--help"], "max_content_width": 100}

style = click.option(
    "--format",
    "style",
    type=click.Choice(["terminal", "json"]),
    default="terminal",
    show_default=True,
)
