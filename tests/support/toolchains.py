"""Compilers that tests need and that are no package of Python: on PATH, or below the folder that
REVIEWER_TEST_TOOLS names, as npm leaves it."""

import os
import shutil
from pathlib import Path

import pytest


def put_on_path():
    """Put the programs below REVIEWER_TEST_TOOLS at the end of PATH. Called once, before any
    test."""
    if tools := os.environ.get("REVIEWER_TEST_TOOLS"):
        programs = Path(tools, "node_modules/.bin")
        os.environ["PATH"] = os.pathsep.join((os.environ["PATH"], str(programs)))


def needs(*wanted):
    """A mark that skips a test where one of the programs, or of the `registry.Tool`s, is missing.
    In CI none may be: the test runs and fails."""
    missing = [name for name, found in map(_looked_up, wanted) if not found]
    skips = bool(missing) and os.environ.get("CI") != "true"
    return pytest.mark.skipif(skips, reason=f"needs {' and '.join(missing)}")


def _looked_up(wanted):
    if isinstance(wanted, str):
        return wanted, shutil.which(wanted) is not None
    return wanted.program, wanted.is_installed
