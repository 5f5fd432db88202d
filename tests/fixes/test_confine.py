"""The user's command is confined: time, memory, output, environment, network, and nothing is left
of it."""

from __future__ import annotations

import os
import shutil
import socket
import sys
import time
from pathlib import Path

import pytest

from reviewer.fixes import confine

PYTHON = f"{sys.executable} -I -c"


def run(tmp_path: Path, command: str, timeout: float = 10) -> confine.Ran:
    for name in ("copy", "home"):
        (tmp_path / name).mkdir(exist_ok=True)
    return confine.run(command, tmp_path / "copy", tmp_path / "home", timeout)


def test_it_runs_in_the_copy(tmp_path: Path) -> None:
    done = run(tmp_path, "echo first; echo last >&2; pwd > where; exit 3")
    assert (done.code, done.last_line, done.problem, done.passed) == (3, "last", "", False)
    assert (tmp_path / "copy/where").read_text() == f"{tmp_path}/copy\n"
    assert run(tmp_path, "true").passed
    assert run(tmp_path, "no-such-program").code == 127


def test_time_is_limited_and_nothing_is_left(tmp_path: Path) -> None:
    marker = tmp_path / "copy/alive"
    ended = tmp_path / "copy/ended"
    done = run(
        tmp_path, f"(setsid sh -c 'sleep 1.5; touch {marker}' &) ; sleep 60; touch {ended}", 0.7
    )
    assert (done.problem, done.passed) == ("it did not end within 0.7 s", False)
    assert not ended.exists()  # nobody has waited for it
    if "--pid" in confine.isolation():
        time.sleep(1.2)
        assert not marker.exists()


def test_memory_is_limited(tmp_path: Path) -> None:
    done = run(tmp_path, f"{PYTHON} 'bytearray({confine.MEMORY + (1 << 20)})'")
    assert (done.code, done.last_line) == (1, "MemoryError")


def test_output_is_limited(tmp_path: Path) -> None:
    assert run(tmp_path, "yes").problem == "it wrote more than 16 MiB"


def test_where_packages_are_gets_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOMODCACHE", "/elsewhere")
    assert run(tmp_path, "echo $GOMODCACHE").last_line == "/elsewhere"


def test_no_variable_of_ours_gets_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVIEWER_API_KEY", "secret")
    monkeypatch.setenv("GIT_DIR", "/elsewhere")
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    assert run(tmp_path, "env > seen; echo $HOME").last_line == str(tmp_path / "home")
    seen = {line.split("=")[0] for line in (tmp_path / "copy/seen").read_text().split("\n") if line}
    assert seen <= {
        "PATH",
        "LANG",
        "LC_ALL",
        "LC_CTYPE",
        "TZ",
        "HOME",
        "TMPDIR",
        "CI",
        "PWD",
        "SHLVL",
        "_",
        "OLDPWD",
        "XDG_CACHE_HOME",
        "XDG_CONFIG_HOME",
        "XDG_STATE_HOME",
    }


@pytest.fixture
def only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Leaves one program to take the network away with, as on a machine that has no other."""

    def leave(program: str) -> None:
        found = shutil.which(program)
        if found is None:
            pytest.skip(f"there is no {program}")
        (tmp_path / "bin").mkdir()
        (tmp_path / "bin" / program).symlink_to(found)
        monkeypatch.setenv("PATH", str(tmp_path / "bin"))
        confine.isolation.cache_clear()
        if not confine.isolation():
            pytest.skip(f"{program} may not do it here")

    yield leave
    confine.isolation.cache_clear()


@pytest.mark.parametrize("program", ["unshare", "bwrap", "sandbox-exec"])
def test_each_program_takes_the_network_and_leaves_the_rest(
    only, tmp_path: Path, program: str
) -> None:
    only(program)
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy/net.py").write_text(
        "import pathlib, socket\ntry: socket.create_connection(('192.0.2.1', 9), 2);"
        " print('out')\nexcept OSError: pathlib.Path('written').write_text('x'); print('alone',"
        " pathlib.Path('written').read_text())\n"
    )
    done = run(tmp_path, f"/usr/bin/env {sys.executable} net.py; /bin/sleep 300 & exit 7")
    assert (done.last_line, done.isolated, done.code, done.problem) == ("alone x", True, 7, "")
    assert Path(confine.isolation()[0]).name == program


@pytest.mark.skipif(not confine.isolation(), reason="nothing here takes the network from a program")
def test_no_network_but_its_own_loopback(tmp_path: Path) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        (tmp_path / "copy").mkdir()
        script = tmp_path / "copy/net.py"
        script.write_text(
            "import socket\n"
            "own = socket.socket(); own.bind(('127.0.0.1', 0)); own.listen()\n"
            "socket.create_connection(own.getsockname(), 2).close()\n"
            f"try: socket.create_connection(('127.0.0.1', {port}), 2)\n"
            "except OSError: print('alone')\n"
        )
        done = run(tmp_path, f"{sys.executable} net.py")
    assert (done.last_line, done.isolated, done.code) == ("alone", True, 0)


def test_what_it_says_is_made_harmless(tmp_path: Path) -> None:
    key = "ghp_" + "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE3fG5"
    done = run(tmp_path, f"printf 'token {key} \\033]0;x\\007 end\\n'")
    assert key not in done.last_line
    assert done.last_line.isprintable()
    assert "\\u{1b}" in done.last_line


def test_a_core_is_not_dumped(tmp_path: Path) -> None:
    done = run(tmp_path, "ulimit -c; kill -SEGV $$")
    assert (done.code, done.last_line) == (139, "0")
    assert [path.name for path in (tmp_path / "copy").iterdir()] == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become nobody")
def test_the_isolation_works_for_anybody(tmp_path: Path) -> None:
    """What takes the network away needs no privileges."""
    import subprocess

    if "unshare" not in " ".join(confine.isolation()):
        pytest.skip("there is no unshare")
    done = subprocess.run(
        [*confine.isolation(), "/bin/sh", "-c", "echo in"],
        capture_output=True,
        text=True,
        user=65534,
        group=65534,
        extra_groups=[],
        cwd="/",
    )
    assert (done.stdout, done.returncode) == ("in\n", 0), done.stderr
