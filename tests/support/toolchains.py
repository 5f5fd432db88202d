"""Compilers of the user's own, for tests that need one: skipped where there is none, except in CI,
which has them all."""

import os

import pytest


def needs(tool):
    """A mark for tests that run a `registry.Tool`."""
    wanted = os.environ.get("CI") == "true" or tool.is_installed
    return pytest.mark.skipif(not wanted, reason=f"no {tool.program}: {tool.command}")
