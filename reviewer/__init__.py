"""Reviews the change in a git workspace with a Gemma 4 that runs on the user's own hardware."""

__version__ = "0.1.0"
