"""Locations of the settings files and of the state directory."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

APP = "gemma-reviewer"
REPOSITORY_FILE = ".reviewer.toml"


def user_file() -> Path:
    """The user's configuration file; it may not exist."""
    import platformdirs

    return Path(platformdirs.user_config_path(APP)) / "config.toml"


def state_folder(environ: Mapping[str, str]) -> Path:
    """The directory for state kept between runs; it may not exist. REVIEWER_STATE_DIR overrides
    it."""
    if own := environ.get("REVIEWER_STATE_DIR"):
        return Path(os.path.expanduser(own)).absolute()  # noqa: PTH111 Path.expanduser raises without a home
    import platformdirs

    return Path(platformdirs.user_state_path(APP)).absolute()
