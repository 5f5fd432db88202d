"""The example workspace, made once for each process that runs tests: a copy takes no time."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

MAKE = Path(__file__).parents[2] / "examples" / "make_workspace.py"


@cache
def _made() -> tuple[tempfile.TemporaryDirectory[str], Path]:
    folder = tempfile.TemporaryDirectory(prefix="example-")  # goes when the process ends
    path = Path(folder.name, "shop")
    subprocess.run([sys.executable, MAKE, path], check=True, capture_output=True)
    return folder, path


def copy(target: Path) -> Path:
    """A workspace of one's own at `target`, which must not exist."""
    return shutil.copytree(_made()[1], target, symlinks=True)
