"""Whether a Go file parses, by the parser of the language itself."""

from __future__ import annotations

from pathlib import Path

from reviewer.analyzers import external, go_tool, tree
from reviewer.analyzers.base import AnalyzerError, Limits

_SETTLED = 18  # Go 1.18 brought type parameters, the last change of the grammar


def parses(data: bytes, path: str, limits: Limits, outside: Path | None = None) -> bool | None:
    """Whether `gofmt` reads the file; None where there is none outside the repository `outside`, or
    it cannot say."""
    del path  # every Go file has one grammar
    try:
        toolchain = go_tool.find(outside)
        if toolchain is None or toolchain.minor < _SETTLED:
            return None
        suffix = ".exe" if toolchain.system == "windows" else ""
        with tree.scratch() as scratch:
            tree.write(scratch, {"a.go": data})
            program = toolchain.root / "bin" / f"gofmt{suffix}"
            external.run([program, "-e", "a.go"], cwd=scratch, limits=limits, ok=(0,))
    except AnalyzerError as exc:
        # Anything else than complaints about places in the file is a failure of the program.
        return False if exc.said.startswith("a.go:") else None
    return True
