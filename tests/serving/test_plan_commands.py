import pytest

from reviewer.serving.fit import Want
from reviewer.serving.plan_commands import start_command


@pytest.mark.parametrize(
    ("program", "want", "options"),
    [
        ("vllm", Want(), ""),
        ("vllm", Want(8192, 2, gpus=2), "--context 8192 --tensor-parallel 2"),
        # llama-server spreads a model over the GPUs by itself, and knows no such option.
        ("llama-server", Want(8192, 2, gpus=2), "--context 8192 --concurrency 2"),
        ("llamacpp", Want(), ""),
        ("ollama", Want(concurrency=3), "--concurrency 3"),
    ],
)
def test_what_differs_from_the_defaults_is_said(program, want, options):
    assert start_command(program, "M", want) == [
        *("reviewer", "serve", "start", "--engine", program, "--model", "M"),
        *options.split(),
    ]
