"""Every `vllm serve` that a plan prints, read by the option parser of the real vLLM. Starts
nothing."""

import json
import subprocess
from pathlib import Path

import pytest
from support.machines import MACHINES

from reviewer.serving import catalogue, plan
from reviewer.serving.fit import Want
from reviewer.serving.recommend import places

pytestmark = pytest.mark.vllm
PYTHON = Path(__file__).parents[2] / ".venv-vllm" / "bin" / "python"
PARSE = """
import json, sys
from vllm.entrypoints.launchers.cli_args import make_arg_parser
from vllm.utils.argparse_utils import FlexibleArgumentParser
parser = make_arg_parser(FlexibleArgumentParser())
for words in json.load(sys.stdin):
    chosen = parser.parse_args(words)
    print(json.dumps([chosen.model_tag, chosen.max_model_len, chosen.max_num_batched_tokens,
                      chosen.gpu_memory_utilization, chosen.tensor_parallel_size]))
"""


def planned():
    """The plans for every checkpoint that vLLM serves, on every machine with a GPU for it."""
    return [
        plan.make_plan(model, checkpoint, device, Want(gpus=count, kv_dtype=kv), machine.cpu)
        for machine in MACHINES.values()
        for device, count in places(machine, "vllm")
        if device.kind == "cuda"
        for model, checkpoint in catalogue.checkpoints()
        if checkpoint.engine == "vllm"
        for kv in ("auto", "fp8")
    ]


def test_the_real_parser_reads_every_planned_command():
    if not PYTHON.exists():
        pytest.skip("no real vLLM here: `make test-vllm` makes .venv-vllm and runs these")
    plans = planned()
    assert len(plans) > 200
    done = subprocess.run(
        [PYTHON, "-c", PARSE],
        input=json.dumps([made.command[2:] for made in plans]),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    read = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("[")]
    assert [row[:3] + row[4:] for row in read] == [
        [made.command[2], made.context, Want().batched_tokens, made.device_count] for made in plans
    ]
    shares = [row[3] for row in read]
    assert all(
        abs(share * made.memory_bytes - made.usable_bytes) < 2**20
        for share, made in zip(shares, plans, strict=True)
    )
