"""examples/finetune/train_peft.py for real: an export becomes an adapter, which a real vLLM serves
and which acts."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from support.rows import chat, example, pair, said, standings

from reviewer.lab import datasets
from reviewer.serving import registry

pytestmark = pytest.mark.vllm
ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-vllm" / "bin" / "python"
SCRIPT = ROOT / "examples" / "finetune" / "train_peft.py"
# Zeroes what an adapter adds, as if a server had ignored its keys.
IDLE = """
import sys
from safetensors.torch import load_file, save_file
tensors = load_file(sys.argv[1])
save_file({key: value * 0 if "lora_B" in key else value for key, value in tensors.items()}, sys.argv[1])
"""  # noqa: E501


def train(*arguments):
    return subprocess.run(
        [PYTHON, SCRIPT, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=500,
        env={**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"},
    )


def write(path, rows):
    path.write_text("".join(rows))
    return path


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    """What `reviewer dataset export` writes for four accepted findings."""
    examples = [
        example(said(f"return {n}"), user=f"+def f{n}(x):\n+    return {n}", at=float(n))
        for n in range(4)
    ]
    made = datasets.make(examples, standings(a="applied"), "chat")
    return write(tmp_path_factory.mktemp("data") / "rows.jsonl", [row.line for row in made.rows])


@pytest.fixture(scope="module")
def trained(tiny_gemma4, rows, tmp_path_factory):
    """(adapter folder, what the script said)"""
    out = tmp_path_factory.mktemp("adapters") / "review"
    done = train(
        "--model",
        tiny_gemma4,
        "--data",
        rows,
        "--eval",
        rows,
        "--out",
        out,
        "--max-steps",
        8,
        "--accumulate",
        2,
        "--lr",
        "3e-2",
        "--rank",
        8,
    )
    assert done.returncode == 0, done.stderr
    return out, done.stdout


def test_the_loss_falls(trained):
    out, said_ = trained
    report = json.loads((out / "training.json").read_text())
    assert (report["rows"], report["skipped"], len(report["losses"])) == (4, 0, 8)
    assert report["losses"][-1] < report["losses"][0] - 0.3
    assert report["evalAfter"] < report["evalBefore"] - 0.3
    assert "no GPU: this takes about" in said_
    assert "step 8/8" in said_


def test_only_modules_that_are_there_are_trained(trained):
    """Four of the eight layers share the keys and values of earlier ones: they have q_proj and
    o_proj only. Nothing is put on the per-layer embeddings."""
    out, _ = trained
    by_layer = {}
    for name in json.loads((out / "training.json").read_text())["modules"]:
        layer, module = name.removeprefix("model.layers.").split(".", 1)
        by_layer.setdefault(int(layer), set()).add(module)
    mlp = {"mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"}
    own = {"self_attn.q_proj", "self_attn.o_proj"}
    full = mlp | own | {"self_attn.k_proj", "self_attn.v_proj"}
    assert by_layer == {layer: full if layer < 4 else mlp | own for layer in range(8)}


@pytest.mark.parametrize(
    ("row", "more", "expected"),
    [
        (pair(said(), said("x")), [], "these are preference pairs: export with --format chat"),
        (chat(), ["--max-tokens", "10"], "has at most 10 tokens: raise --max-tokens"),
    ],
)
def test_what_cannot_be_trained_on_is_said_at_once(tiny_gemma4, tmp_path, row, more, expected):
    data = write(tmp_path / "rows.jsonl", [json.dumps(row)])
    done = train("--model", tiny_gemma4, "--data", data, "--out", tmp_path / "out", *more)
    assert (done.returncode, (tmp_path / "out").exists()) == (1, False)
    assert expected in done.stderr


def test_vllm_serves_the_adapter_and_doctor_proves_that_it_acts(
    trained, another_vllm, tiny_gemma4, tmp_path
):
    """The same adapter without its weights is served as well, and found out."""
    idle = tmp_path / "idle"
    shutil.copytree(trained[0], idle)
    subprocess.run(
        [PYTHON, "-c", IDLE, idle / "adapter_model.safetensors"], check=True, timeout=300
    )
    made = another_vllm(tmp_path / "state", tiny_gemma4)
    started = made.start("--lora", f"review={trained[0]}", "--lora", f"idle={idle}")
    try:
        assert started.returncode == 0, started.stderr
        found = {}
        for name in ("review", "idle"):
            shown = made.reviewer("doctor", "--adapter", name, "--format", "json", cwd=tmp_path)
            checks = json.loads(shown.stdout)["checks"]
            found[name] = [
                (each["status"], each["detail"]) for each in checks if each["name"] == "adapter"
            ]
    finally:
        for server in registry.running(made.where, starting=True):
            registry.stop(server, made.where)
    assert found["review"] == [("ok", "review changes the answer to question 1 of 3")]
    assert [status for status, _ in found["idle"]] == ["failed"]
    assert "the adapter has no effect" in found["idle"][0][1]
