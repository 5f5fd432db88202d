"""Which compiler is started, and how what it says is read."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.npm import installed

from reviewer.analyzers import tsc_program
from reviewer.analyzers.base import AnalyzerError, Limits
from reviewer.analyzers.tsc_program import Diagnostic

COMMAND = "needs TypeScript 7 or newer as npm installs it: npm install --global typescript"


@pytest.mark.parametrize("version", ["Version 7.0.2", "Version 10.1.0"])
def test_a_compiler_that_is_new_enough(
    version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link, native = installed(tmp_path, version)
    monkeypatch.setenv("PATH", str(link.parent))
    assert tsc_program.find(None, Limits(10)) == native
    assert tsc_program.find(tmp_path, Limits(10)) is None


@pytest.mark.parametrize("version", ["Version 5.9.3", "Version 6.0.1", ""])
def test_an_old_compiler_is_said_to_be_too_old(
    version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link, _ = installed(tmp_path, version)
    monkeypatch.setenv("PATH", str(link.parent))
    with pytest.raises(AnalyzerError) as raised:
        tsc_program.find(None, Limits(10))
    assert (raised.value.problem, raised.value.hopeless) == (COMMAND, True)


def test_a_script_without_a_native_program_is_too_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link, native = installed(tmp_path)
    native.unlink()
    monkeypatch.setenv("PATH", str(link.parent))
    with pytest.raises(AnalyzerError, match="needs TypeScript 7"):
        tsc_program.find(None, Limits(10))


def test_there_may_be_no_compiler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert tsc_program.find(None, Limits(10)) is None


def test_what_it_says_is_read_with_its_details(tmp_path: Path) -> None:
    program = tmp_path / "tsc"
    program.write_text(
        "#!/bin/sh\ncat <<'EOF'\n"
        "error TS2318: Cannot find global type 'Array'.\n"
        "a(1).ts(3,1): error TS2345: Argument of type 'A' is not assignable.\n"
        "  Property 'b' is missing.\n"
        "    Really.\n"
        "b.ts(10,20): error TS1005: '}' expected.\n"
        "EOF\nexit 2\n"
    )
    program.chmod(0o755)
    assert tsc_program.run(program, ["-p", "."], tmp_path, Limits(10)) == [
        Diagnostic(
            "a(1).ts",
            3,
            2345,
            "Argument of type 'A' is not assignable.\n  Property 'b' is missing.\n    Really.",
        ),
        Diagnostic("b.ts", 10, 1005, "'}' expected."),
    ]


def test_a_compiler_that_crashes_is_an_error(tmp_path: Path) -> None:
    program = tmp_path / "tsc"
    program.write_text("#!/bin/sh\nexit 3\n")
    program.chmod(0o755)
    with pytest.raises(AnalyzerError, match="failed with code 3"):
        tsc_program.run(program, [], tmp_path, Limits(10))
