"""Long output in a terminal."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest
from support import terminals
from support.repo import Repo

from reviewer.cli import pager


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Repo(tmp_path / "work", tmp_path / "home")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of programs: `less`, which shows what it got and in which mode."""
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "less"
    program.write_text(
        f"#!{sys.executable}\nimport os, sys\n"
        "print('PAGED', os.environ['LESS'], len(sys.stdin.read().splitlines()), *sys.argv[1:])\n",
        encoding="utf-8",
    )
    program.chmod(stat.S_IRWXU)
    return tmp_path / "bin"


def shown(repo: Repo, folder: Path, *args: str, rows: int = 24, **env: str) -> tuple[int, str]:
    environ = os.environ | {"PATH": f"{folder}:{os.environ['PATH']}", "TERM": "xterm"} | env
    code, written = terminals.run(list(args), cwd=repo.path, env=environ, rows=rows, columns=500)
    return code, written.decode().replace("\r\n", "\n")


@pytest.mark.fault(
    "screen",
    "output that is longer than the terminal",
    "it is shown in a pager, but not in a pipe, for an agent, or with `--no-pager`",
)
def test_long_output_is_shown_in_a_pager(repo, folder):
    code, out = shown(repo, folder, "schema", "finding")
    assert (code, out.split()[:2]) == (0, ["PAGED", "FRX"])
    number = int(out.split()[2])
    code, out = shown(repo, folder, "schema", "finding", "--no-pager")
    assert (code, len(out.splitlines()), "PAGED" in out) == (0, number, False)
    code, out = shown(repo, folder, "schema", "finding", rows=number + 1)
    assert (code, len(out.splitlines())) == (0, number)
    code, out = shown(repo, folder, "schema", "finding", rows=number, LESS="-R")
    assert (code, out) == (0, f"PAGED -R {number}\n")


def test_the_users_pager(repo, folder):
    chosen = {"PAGER": "cat", "REVIEWER_PAGER": "less -S 'a b'"}
    _, out = shown(repo, folder, "schema", "finding", **chosen)
    assert out.startswith("PAGED FRX ")
    assert out.endswith(" -S a b\n")


@pytest.mark.parametrize("name", ["cat", "", "no-such-pager", "'"])
def test_no_pager_is_no_error(name: str, repo, folder):
    code, out = shown(repo, folder, "schema", "finding", PAGER=name)
    assert (code, out[0], out[-2:]) == (0, "{", "}\n")


@pytest.mark.parametrize("program", ["exit 3", "kill -9 $$", "head -c 1 >/dev/null"])
@pytest.mark.fault(
    "screen", "a pager that fails, is killed, or is left early", "no error, and exit code 0"
)
def test_a_pager_that_ends_early(program: str, repo, folder):
    (folder / "less").write_text(f"#!/bin/sh\n{program}\n", encoding="utf-8")
    assert shown(repo, folder, "schema", "event") == (0, "")


@pytest.mark.fault("git", "a program called `less` in the repository", "it is no pager of ours")
def test_the_repository_brings_no_pager(repo, folder, tmp_path):
    evil = repo.path / "bin"
    folder.rename(evil)
    (repo.path / "sub").mkdir()
    (tmp_path / "link").symlink_to(evil)
    for entries in ("bin", str(evil), str(tmp_path / "link"), "", "."):
        assert pager.command({"PATH": entries}, repo.path / "sub") == []
    beside = tmp_path / "beside"
    evil.rename(beside)
    assert pager.command({"PATH": str(beside)}, repo.path / "sub") == [str(beside / "less")]
    assert pager.command({"PATH": str(beside)}, tmp_path) == []  # without a repository


@pytest.mark.parametrize(
    ("text", "longer"),
    [
        ("a\nb", False),
        ("a\nb\nc", True),
        ("a\n" + "b" * 11, True),
        ("\x1b[1m" + "b" * 10 + "\x1b[0m\nc", False),
    ],
)
def test_long_lines_take_several_rows(text: str, longer: bool):
    assert pager.is_longer(text, 10, 3) == longer
