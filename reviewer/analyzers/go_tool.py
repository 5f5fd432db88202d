"""The Go toolchain of the user, started so that nothing but our own source configures it, and the
checker that it builds of that source."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from reviewer import disk, temporary
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
_SOURCE = Path(__file__).parent / "golang"
_SECONDS = 10.0  # that it may take to say what it is
_TAGS = "{{join context.ReleaseTags ` `}} {{join context.ToolTags ` `}}"
_NAMES = ("GOROOT", "GOVERSION", "GOHOSTOS", "GOHOSTARCH")


@dataclass(frozen=True, slots=True)
class Toolchain:
    program: Path
    root: Path  # GOROOT, with the source of the standard library
    version: str  # "go1.27.3"
    system: str  # "linux"
    machine: str  # "amd64"
    tags: tuple[str, ...]  # build tags that hold: its releases and its experiments

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
    limits = Limits(_SECONDS)
    with tree.scratch() as scratch:
        answer = _run(program, ["env", "-json", *_NAMES], scratch, limits)
        tags = _run(program, ["list", "-f", _TAGS, "unsafe"], scratch, limits)
    root, version, system, machine = external.readable(
        answer, lambda values: [str(values[name]) for name in _NAMES]
    )
    if not Path(root).is_absolute():
        raise AnalyzerError("`go env` names no GOROOT", hopeless=True)
    return Toolchain(program, Path(root), version, system, machine, tuple(tags.decode().split()))


def _run(program: Path, argv: Sequence[str], cwd: Path, limits: Limits) -> bytes:
    return external.run([program, *argv], cwd=cwd, limits=limits, ok=(0,), environ=ENVIRON)


def checker(toolchain: Toolchain, outside: Path, limits: Limits) -> Path:
    """The checker, built into the cache if it is not there yet. Raises AnalyzerError if it cannot
    be built, also for lack of time: what was compiled is kept, so the next try takes less."""
    sources = {path.name: path.read_bytes() for path in sorted(_SOURCE.iterdir()) if path.is_file()}
    parts = (toolchain.version, toolchain.system, toolchain.machine, *sorted(sources))
    digest = hashlib.sha256("\0".join(parts).encode() + b"\0".join(sources.values())).hexdigest()
    suffix = ".exe" if toolchain.system == "windows" else ""
    try:
        folder = _private(temporary.cache_dir() / "gocheck", outside)
        program = folder / f"gocheck-{digest[:32]}{suffix}"
        if not program.is_file():
            _put(toolchain, program, sources, limits)
    except OSError as exc:
        raise AnalyzerError(f"its checker cannot be built: {exc.strerror}", hopeless=True) from exc
    return program


def _put(toolchain: Toolchain, program: Path, sources: Mapping[str, bytes], limits: Limits) -> None:
    folder = program.parent
    with tempfile.TemporaryDirectory(
        prefix="build-", dir=folder, ignore_cleanup_errors=True
    ) as place:
        try:
            built = _build(toolchain, Path(place), sources, folder / "compiled", limits)
        except AnalyzerError:
            if program.is_file():  # another run has built it, and swept up what this one needed
                return
            raise
        disk.replace(built, program)  # two runs may do so at once
    _forget(folder, program)


def _private(folder: Path, outside: Path) -> Path:
    """The folder, made if need be. What lies in it is run, so nobody else may write there, and it
    may not come with the repository `outside`. Raises OSError and AnalyzerError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.resolve().is_relative_to(outside.resolve()):
        raise AnalyzerError("the cache folder is in the repository", hopeless=True)
    status = folder.stat()
    if not disk.is_ours(status):
        raise AnalyzerError("the cache folder belongs to another user", hopeless=True)
    if disk.open_to(status, 0o022):
        folder.chmod(0o700)
    return folder


def _build(
    toolchain: Toolchain, place: Path, sources: Mapping[str, bytes], cache: Path, limits: Limits
) -> Path:
    work = place / "source"  # go ignores a go.mod in the very folder for temporary files
    tree.write(work, sources)
    environ = ENVIRON | {
        "GOCACHE": str(cache),
        "GOPATH": str(place),
        "GOROOT": str(toolchain.root),
        "TMPDIR": str(place),
        "TEMP": str(place),
    }
    argv = ["build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", "gocheck"]
    try:
        external.run([toolchain.program, *argv], cwd=work, limits=limits, ok=(0,), environ=environ)
    except AnalyzerError as exc:
        problem = f"its checker is not built yet ({exc.problem}); the next run continues"
        raise AnalyzerError(problem, said=exc.said, hopeless=True) from exc
    return work / "gocheck"


def _forget(folder: Path, program: Path) -> None:
    """Remove what only the build needed, and checkers of other versions."""
    shutil.rmtree(folder / "compiled", ignore_errors=True)
    for other in folder.glob("gocheck-*"):
        if other != program:
            with contextlib.suppress(OSError):
                other.unlink()
