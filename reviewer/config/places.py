"""Where files of settings and what is remembered lie."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

APP = "gemma-reviewer"
REPOSITORY_FILE = ".reviewer.toml"


def user_file() -> Path:
    """The user's configuration file; it need not exist."""
    import platformdirs

    return Path(platformdirs.user_config_path(APP)) / "config.toml"


def state_folder(environ: Mapping[str, str]) -> Path:
    """Where what is remembered between runs lies; it need not exist. REVIEWER_STATE_DIR names
    another place."""
    if own := environ.get("REVIEWER_STATE_DIR"):
        return Path(os.path.expanduser(own)).absolute()  # noqa: PTH111 Path's raises where there is no home
    import platformdirs

    return Path(platformdirs.user_state_path(APP)).absolute()
