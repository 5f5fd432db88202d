"""What `npm install` leaves: a script for node beside the native program of a platform."""

import platform
import sys

MACHINE = {"x86_64": "x64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
PLATFORM = f"{sys.platform}-{MACHINE}"


def installed(folder, version="Version 7.0.2", package=f"@typescript/typescript-{PLATFORM}/lib"):
    """The script `tsc` of a stand-in that says its `version` and then, for anything else, writes
    nothing."""
    script = folder / "node_modules/typescript/bin/tsc"
    native = folder / "node_modules" / package / "tsc"
    for path, text in (
        (script, "#!/usr/bin/env node\n"),
        (native, f'#!/bin/sh\n[ "$1" = --version ] && echo "{version}"\nexit 0\n'),
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)
    link = folder / "node_modules/.bin/tsc"
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(script)
    return link, native
