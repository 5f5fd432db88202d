"""A real vLLM with a tiny Gemma 4, started by `reviewer serve start` once for all tests of this
folder."""

import os
import re
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from support import hub_files

from reviewer.serving import registry

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-vllm" / "bin" / "python"
ABSENT = "no real vLLM here: `make test-vllm` makes .venv-vllm and runs these"


class Vllm:
    """`environ` has the state directory in which `reviewer` finds the server, and no other
    REVIEWER_ variable. `model` is a folder, or an id in the cache `hub`."""

    def __init__(self, state, model, hub=None):
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("REVIEWER_", "GIT_"))
        }
        self.environ = {
            **kept,
            "REVIEWER_STATE_DIR": str(state),
            "PYTHONPATH": str(ROOT),
            "COLUMNS": "88",
            **({"HF_HUB_CACHE": str(hub)} if hub else {}),
        }
        self.where, self.model = state / "servers", model

    def reviewer(self, *args, cwd=None, timeout=600, **options):
        """A finished `reviewer ARGS`, as users run it."""
        return subprocess.run(
            [sys.executable, "-P", "-m", "reviewer", *map(str, args)],
            capture_output=True,
            text=True,
            timeout=timeout,
            env=self.environ,
            cwd=cwd,
            **options,
        )

    def start(self, *more):
        """Start it on any free port and wait; the options keep it small and quick to start."""
        return self.reviewer(
            "serve",
            "start",
            "--detach",
            "--engine",
            "vllm",
            "--python",
            PYTHON,
            "--model",
            self.model,
            "--port",
            0,
            "--kv-gib",
            1,
            "--concurrency",
            8,
            "--offline",
            "--timeout",
            580,
            *more,
            "--",
            "--enforce-eager",
        )

    @property
    def server(self):
        (server,) = registry.running(self.where)
        return server

    def metric(self, name):
        """The sum of a gauge or counter over its labels."""
        with urllib.request.urlopen(f"{self.server.endpoint}/metrics", timeout=10) as answer:
            lines = re.findall(
                rf"^vllm:{name}(?:{{[^}}]*}})? (\S+)$", answer.read().decode(), re.MULTILINE
            )
        assert lines, f"the server has no metric {name}"
        return sum(map(float, lines))


@pytest.fixture(scope="session")
def tiny_gemma4(tmp_path_factory):
    if not PYTHON.exists():
        pytest.skip(ABSENT)
    folder = tmp_path_factory.mktemp("models") / "tiny-gemma4"
    subprocess.run(
        [PYTHON, Path(__file__).with_name("tiny_gemma4.py"), folder],
        check=True,
        capture_output=True,
        timeout=120,
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
    )
    return folder


@pytest.fixture(scope="session")
def another_vllm():
    """Makes a Vllm that is not started, for a server with options of its own."""
    return Vllm


@pytest.fixture(scope="session")
def vllm(tiny_gemma4, tmp_path_factory):
    hub = tmp_path_factory.mktemp("hub")
    snapshot = hub_files.snapshot(hub, "someone/tiny-gemma4")
    shutil.copytree(tiny_gemma4, snapshot, dirs_exist_ok=True)
    made = Vllm(tmp_path_factory.mktemp("state"), "someone/tiny-gemma4", hub)
    started = made.start()
    assert started.returncode == 0, started.stderr
    yield made
    for server in registry.running(made.where, starting=True):
        registry.stop(server, made.where)
