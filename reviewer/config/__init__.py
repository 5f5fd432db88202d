"""Settings, and which source may set what.

defaults < user file < repository `.reviewer.toml` (from the base revision, noise controls only) <
environment < command line. A reviewed repository can make the review stricter or point it at
guidelines; it can never name a program, a URL, a key, a model or a path outside the repository.
"""

from reviewer.config.places import APP, REPOSITORY_FILE, state_folder, user_file
from reviewer.config.settings import (
    DEFAULT_TIMEOUT,
    LONGEST,
    MOST,
    PROTECTED,
    EngineName,
    Glob,
    Ignore,
    PathInstructions,
    RepositorySettings,
    Settings,
    time_limit,
)
from reviewer.config.sources import MAX_CONFIG_BYTES, Loaded, load

__all__ = [
    "APP",
    "DEFAULT_TIMEOUT",
    "LONGEST",
    "MAX_CONFIG_BYTES",
    "MOST",
    "PROTECTED",
    "REPOSITORY_FILE",
    "EngineName",
    "Glob",
    "Ignore",
    "Loaded",
    "PathInstructions",
    "RepositorySettings",
    "Settings",
    "load",
    "state_folder",
    "time_limit",
    "user_file",
]
