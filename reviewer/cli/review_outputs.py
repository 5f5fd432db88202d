"""Where the reports of `reviewer review` go: stdout, stderr, and the files of `-o`."""

from __future__ import annotations

import hashlib
import io
import os
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from reviewer import disk, outputs
from reviewer.cli import screen
from reviewer.errors import UsageError
from reviewer.outputs import EXTENSIONS, OUTPUTS
from reviewer.text import meant, one_line

DEFAULT_FORMAT = "terminal"


class Target(NamedTuple):
    """One `-o`: as it was given, the format, and the file."""

    given: str
    format: str
    file: str


def targets(given: Sequence[str]) -> list[Target]:
    """Raises UsageError for an `-o` whose format is not known or that names standard output, and
    for two that write one file."""
    found = [_target(entry) for entry in given]
    if len({os.path.realpath(each.file) for each in found}) < len(found):
        raise UsageError("-o: two outputs write the same file: give each its own")
    return found


def _target(entry: str) -> Target:
    name, equals, file = entry.partition("=")
    shown, formats = one_line(entry), ", ".join(OUTPUTS)
    if "-" in (entry, file):
        raise UsageError(f"-o {shown}: it writes files; use --format FORMAT for standard output")
    if equals:
        if name not in OUTPUTS:
            known = f"; use one of {formats}"
            raise UsageError(
                f"-o {shown}: unknown format {one_line(name)}{meant(name, OUTPUTS) or known}"
            )
        return Target(entry, name, file)
    ending = Path(entry).suffix.lower()
    if ending not in EXTENSIONS:
        why = f"no format ends in {one_line(ending)}" if ending else "its name tells no format"
        raise UsageError(
            f"-o {shown}: {why}; name one with -o FORMAT={shown}, where FORMAT is one of {formats}"
        )
    return Target(entry, EXTENSIONS[ending], entry)


def written(wanted: Sequence[Target]) -> frozenset[str]:
    """The absolute paths of the files that this run writes: stdout, too, where it is a file that
    was empty. What it is appended to (`>> notes.txt`) is somebody's text."""
    stdout = stdout_file()
    begun = [stdout] if stdout and not Path(stdout).stat().st_size else []
    files = [each.file for each in wanted] + begun
    return frozenset(map(os.path.realpath, files))


def stdout_file() -> str | None:
    """The path of the regular file that stdout writes to; None where it is none, or cannot be
    told."""
    link = Path("/proc/self/fd/1")
    try:
        info = os.fstat(1)
        if not stat.S_ISREG(info.st_mode) or not link.is_symlink():
            return None
        path = link.readlink()
        return str(path) if os.path.samestat(info, path.stat()) else None
    except (OSError, ValueError):
        return None


def stdout_format(given: dict[str, Any]) -> str:
    if given["agent"]:
        return "ndjson"
    if given["prompt_only"]:
        return "prompts"
    return str(given["format"] or DEFAULT_FORMAT)


def open_all(
    given: dict[str, Any], files: Sequence[Target], stack: ExitStack
) -> Callable[[Any], None]:
    """A function that passes each event to every requested output. When the stack ends, the files
    are written, and remembered as what they are: no part of a later change."""
    made: dict[str, str] = {}
    stack.callback(_remember, made)
    settings: dict[str, Any] = {
        "width": screen.columns(),
        "quiet": given["quiet"],
        "verbose": given["verbose"],
        "here": str(Path.cwd()),
    }
    streams = [stack.enter_context(_atomic_file(each, made)) for each in files]
    ready = [] if given["interactive"] else [*_standard(given, settings, made, stack)]
    for each, stream in zip(files, streams, strict=True):
        ready.append(outputs.open_output(each.format, stream, color=False, **settings))
    for output in reversed(ready):
        stack.callback(output.close)

    def emit(event: Any) -> None:
        for output in ready:
            output.emit(event)

    return emit


def _standard(
    given: dict[str, Any], settings: dict[str, Any], made: dict[str, str], stack: ExitStack
) -> Iterator[outputs.Output]:
    """The outputs on stdout and stderr. On one terminal, the report goes above the progress."""
    form, stream, error = stdout_format(given), utf8(sys.stdout), utf8(sys.stderr)
    if (path := stdout_file()) and not Path(path).stat().st_size:
        stack.callback(_hash_stdout, path, made)
    color = screen.color(stream)
    if given["compact"]:
        main = outputs.open_compact(stream)
    else:
        main = outputs.open_output(form, stream, color=color, **settings)
    if given["quiet"] or form == "ndjson":
        yield main
        return
    above = [main] if stream.isatty() and error.isatty() else []
    yield outputs.open_progress(
        error,
        color=screen.color(error),
        width=settings["width"],
        tty=error.isatty(),
        above=above,
    )
    if not above:
        yield main


@contextmanager
def _atomic_file(target: Target, made: dict[str, str]) -> Iterator[TextIO]:
    """A text file that appears only when it is complete: a killed run must not leave half a report.
    Nothing is written earlier, since the file may be among those under review. Enters its digest
    into `made`."""
    path = Path(target.file)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    device: TextIO | None = None
    try:
        if path.exists() and not path.is_file():  # a pipe or a device
            device = path.open("w", encoding="utf-8", newline="\n")
        else:
            part.touch()  # fail now if it cannot be written
            part.unlink()
    except OSError as exc:
        shown = f"-o {one_line(target.given)}: cannot write {one_line(target.file)}"
        raise UsageError(f"{shown}: {exc.strerror}; give another file") from None
    if device is not None:
        with device:
            yield device
        return
    text = io.StringIO()
    yield text
    try:
        data = text.getvalue().encode("utf-8", "replace")
        part.write_bytes(data)
        disk.replace(part, path)
        made[os.path.realpath(path)] = hashlib.sha256(data).hexdigest()
    finally:
        part.unlink(missing_ok=True)


def _hash_stdout(path: str, made: dict[str, str]) -> None:
    sys.stdout.flush()
    with suppress(OSError), Path(path).open("rb") as file:
        made[os.path.realpath(path)] = hashlib.file_digest(file, "sha256").hexdigest()


def _remember(made: dict[str, str]) -> None:
    from reviewer import memory

    if made:
        with memory.open_store(os.environ) as store:
            memory.remember_reports(store, made)


def utf8(stream: Any) -> TextIO:
    """The stream, able to take every character: reports are UTF-8 whatever the locale says."""
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(encoding="utf-8", errors="replace", newline="\n")
    out: TextIO = stream
    return out
