"""What every test gets: no user configuration, no network beyond loopback, a fixed terminal."""

from __future__ import annotations

import itertools
import os
import socket
from pathlib import Path

import pytest
from hypothesis import settings
from support import toolchains

from reviewer import installer

collect_ignore_glob = [
    "cases/*",
    "evals/fixed/*",
    "fixes/programs/*",
]  # tests of others, which are reviewed here
_NUMBERS = itertools.count()
toolchains.put_on_path()
settings.register_profile(
    "fixed", derandomize=True, deadline=None
)  # the same examples in every run
settings.load_profile("fixed")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="write the golden files anew: read the diff"
    )


@pytest.fixture(autouse=True)
def _isolated(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path_factory.getbasetemp() / "homes" / str(next(_NUMBERS))  # mktemp reads them all
    home.mkdir(parents=True)
    for name in [name for name in os.environ if name.startswith(("REVIEWER_", "GIT_"))]:
        monkeypatch.delenv(name)
    for name, folder in {
        "XDG_CONFIG_HOME": "config",
        "XDG_CACHE_HOME": "cache",
        "XDG_STATE_HOME": "state",
    }.items():
        monkeypatch.setenv(name, str(home / folder))
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "88")


@pytest.fixture(autouse=True)
def _installed_by_pip(monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages name the same command wherever the tests run."""

    def hint(extra: str = "") -> str:
        return f"pip install 'gemma-reviewer{f'[{extra}]' if extra else ''}'"

    monkeypatch.setattr(installer, "hint", hint)
    monkeypatch.setattr(installer, "package", lambda name: f"pip install {name}")
    monkeypatch.setattr(installer, "again", lambda name: f"pip install --force-reinstall {name}")


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test tried to reach {address[0]}")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture
def go_checker(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The checker of `gocheck`, kept between runs since it takes long to build. Nothing where there
    is no Go."""
    from reviewer.analyzers import Limits, go_tool

    monkeypatch.setenv("REVIEWER_CACHE_DIR", str(root / ".cache"))
    if (toolchain := go_tool.find(None)) is not None:
        go_tool.checker(toolchain, Path("/nonexistent"), Limits(600))


@pytest.fixture
def root() -> Path:
    return Path(__file__).parents[1]
