"""The Go toolchain of the user: where it is, and how it is started so that nothing but our own
source configures it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from reviewer.analyzers import external, registry, tree
from reviewer.analyzers.base import AnalyzerError, Limits

# No settings file, no module proxy, no other toolchain, no C compiler.
ENVIRON = {
    "CGO_ENABLED": "0",
    "GO111MODULE": "on",
    "GOENV": "off",
    "GOFLAGS": "",
    "GOPROXY": "off",
    "GOSUMDB": "off",
    "GOTOOLCHAIN": "local",
    "GOVCS": "*:off",
    "GOWORK": "off",
}
_SECONDS = 10.0  # that it may take to say what it is
_NAMES = ("GOROOT", "GOVERSION", "GOHOSTOS", "GOHOSTARCH")


@dataclass(frozen=True, slots=True)
class Toolchain:
    program: Path
    root: Path  # GOROOT, with the source of the standard library
    version: str  # "go1.27.3"
    system: str  # "linux"
    machine: str  # "amd64"

    @property
    def minor(self) -> int:
        """27 of go1.27.3; a toolchain built from a branch counts as the newest."""
        parts = self.version.removeprefix("go").split(".")
        return int(parts[1]) if len(parts) > 1 and parts[1].isdecimal() else 999


def find(outside: Path | None) -> Toolchain | None:
    """The toolchain; None without one. Nothing below `outside` is taken. Raises AnalyzerError if it
    does not say what it is."""
    program = registry.GO_TOOL.find(outside)
    if program is None:
        return None
    try:
        found = _asked(program, program.stat().st_mtime_ns)
    except OSError as exc:
        raise AnalyzerError(f"does not start: {exc.strerror}", hopeless=True) from exc
    if outside is not None and found.root.resolve().is_relative_to(outside.resolve()):
        return None
    return found


@cache
def _asked(program: Path, changed: int) -> Toolchain:
    """What a program, last `changed` at a time, says of itself."""
    with tree.scratch() as scratch:
        output = external.run(
            [program, "env", "-json", *_NAMES],
            cwd=scratch,
            limits=Limits(_SECONDS),
            ok=(0,),
            environ=ENVIRON,
        )
    try:
        root, *others = (str(json.loads(output)[name]) for name in _NAMES)
    except (ValueError, LookupError, TypeError):
        raise AnalyzerError("`go env` cannot be read", hopeless=True) from None
    if not Path(root).is_absolute():
        raise AnalyzerError("`go env` names no GOROOT", hopeless=True)
    return Toolchain(program, Path(root), *others)
