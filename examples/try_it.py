"""`make review`: reviews the bundled example workspace, or the workspace given as DIR.

A running Gemma is used when one is found; otherwise the small model that installs with the
`embedded` extra shows the whole path on real inference. That one is no reviewer, and its findings
say so.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "directory", nargs="?", type=Path, help="workspace to review instead of the example"
    )
    parser.add_argument("--agent", action="store_true", help="print the event stream")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="reviewer-example-") as scratch:
        workspace = options.directory
        if workspace is None:
            workspace = Path(scratch) / "shop"
            subprocess.run(
                [sys.executable, HERE / "make_workspace.py", workspace],
                check=True,
                stdout=sys.stderr,
            )
        command = [sys.executable, "-m", "reviewer", "review", *engine()]
        command += ["--agent"] if options.agent else []
        code = subprocess.run(command, cwd=workspace, check=False).returncode
    if code in (0, 1, 3):  # done, findings at the gate, incomplete: the report says which
        return 0
    return code


def engine() -> list[str]:
    """The options that choose the engine: none of them when `auto` finds a Gemma."""
    from reviewer import config, serving

    settings = config.load({}, os.environ, user=config.user_file()).settings
    choice = asyncio.run(serving.choose(settings, session=None))
    return [] if choice.role != "none" else ["--engine", "llamacpp"]


if __name__ == "__main__":
    sys.exit(main())
