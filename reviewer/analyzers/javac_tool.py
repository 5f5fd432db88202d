"""Starts the Java compiler of the user so that nothing but our own options configures it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from reviewer import text
from reviewer.analyzers import external, registry
from reviewer.analyzers.base import AnalyzerError, Limits

# A bounded heap and stack; a start that is quick rather than code that is.
_JVM = ("-J-Xmx2g", "-J-Xss8m", "-J-XX:+UseSerialGC", "-J-Xshare:auto", "-J-XX:TieredStopAtLevel=1")
# No annotation processors, no files but those that are named, messages as keys.
_OURS = ("-proc:none", "-implicit:none", "-Xlint:none", "-XDrawDiagnostics", "-encoding", "UTF-8")
_WITH_LINES = "-XDdiags.formatterOptions=source"
_MAX_ERRORS = 10_000
_MAX_REPORT = 16 << 20  # bytes
_VERSION = re.compile(rb"javac (?:1\.)?(\d{1,4})")
_ERROR = re.compile(r"^(.+):(\d{1,9}):(\d{1,9}): (compiler\.err\.[\w.]{1,100})(?:: (.*))?$")


@dataclass(frozen=True, slots=True)
class Error:
    name: str  # of the file, as javac was told
    line: int
    column: int
    key: str  # "compiler.err.cant.resolve"
    values: str  # what its message is made of
    text: str  # of the line: names come without their folders


@dataclass(frozen=True, slots=True)
class Report:
    version: int  # 17
    errors: tuple[Error, ...]


def find(outside: Path | None) -> Path | None:
    """The compiler; None without one. Nothing below `outside` is taken."""
    return registry.JAVA_TOOL.find(outside)


def run(
    program: Path, options: Sequence[str], names: Iterable[str], scratch: Path, limits: Limits
) -> Report:
    """What the compiler says about the files `names` below scratch/src. Nothing of them is kept.
    Raises AnalyzerError like `external.run`, and if there is more than fits in a report."""
    work = scratch / "javac"
    for folder in ("classes", "nothing"):
        (work / folder).mkdir(parents=True, exist_ok=True)
    listed = "\n".join(f'"./{name}"' for name in names)
    (work / "files").write_text(listed, encoding="utf-8")
    argv: list[str | Path] = [program, *_JVM, *_OURS, _WITH_LINES]
    argv += ["-version", "-Xmaxerrs", str(_MAX_ERRORS)]
    argv += ["-classpath", work / "nothing", "-processorpath", work / "nothing"]
    argv += ["-d", work / "classes", "-Xstdout", work / "report", *options, f"@{work / 'files'}"]
    output = external.run(argv, cwd=scratch / "src", limits=limits, ok=(0, 1))
    version = _VERSION.search(output)
    if version is None:
        raise AnalyzerError("its version cannot be read", hopeless=True)
    errors = tuple(_errors(work / "report"))
    if len(errors) >= _MAX_ERRORS:  # what is unknown would seem to be known
        raise AnalyzerError("too much is missing to tell what is wrong", hopeless=True)
    return Report(int(version[1]), errors)


def _errors(report: Path) -> Iterable[Error]:
    try:
        with report.open("rb") as file:
            data = file.read(_MAX_REPORT + 1)
    except OSError:
        raise AnalyzerError("its report cannot be read") from None
    if len(data) > _MAX_REPORT:
        raise AnalyzerError("its report is too large", hopeless=True)
    lines = iter(text.decode(data).split("\n"))
    for line in lines:
        if found := _ERROR.match(line):
            name, row, column, key, values = found.groups()
            source = next(lines, "")  # and then a mark below the column
            next(lines, "")
            yield Error(name, int(row), int(column), key, values or "", source)
