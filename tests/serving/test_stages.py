"""The logs are what vLLM 0.32 and 0.33 and llama.cpp print, and what users of them reported."""

import pytest

from reviewer.serving.stages import STARTING, Watch, of_log

LOAD = "(EngineCore pid=129) INFO 05-06 06:05:43 [gpu_model_runner.py:4979] Starting to load model"
SHARDS = "Loading safetensors checkpoint shards: {:3}% Completed | {}/4 [00:02<00:07,  2.47s/it]\n"
COMPILE = (
    "INFO 05-06 21:00:16 [backends.py:1069] Using cache directory: /root/.cache/vllm/torch_compile_"
    "cache/7b98594710/rank_0_0/backbone for vLLM's torch.compile\n"
)
GRAPHS = "Capturing CUDA graphs (mixed prefill-decode, PIECEWISE):   {}%|#         | 1/51 [00:00<?]"


ENGINE = "starting the engine"


@pytest.mark.parametrize(
    ("log", "said"),
    [
        ("", "starting"),
        ("INFO [api_utils.py:286] non-default args: {'seed': 1}", "reading the configuration"),
        ("INFO [core.py:140] Initializing a V1 LLM engine: compilation_config=…", ENGINE),
        (f"{LOAD} google/gemma-4-12B-it...\n", "loading the weights"),
        (LOAD + SHARDS.format(0, 0) + SHARDS.format(50, 2), "loading the weights, 50 %"),
        (SHARDS.format(100, 4), "loading the weights, 100 %"),  # all that runner V2 prints
        (LOAD + COMPILE, "compiling"),
        (COMPILE + "INFO [backends.py:1128] Dynamo bytecode transform time: 3.54 s\n", "compiling"),
        ("INFO [cpu_model_runner.py:87] Warming up model for the compilation...\n", "compiling"),
        (COMPILE + GRAPHS.format(0) + "\r" + GRAPHS.format(37), "capturing graphs, 37 %"),
        (
            "Capturing CUDA graphs\nINFO:     Application startup complete.\n",
            "answering the first request",
        ),
        ("Fetching 12 files:   8%|8", "downloading the model, 8 %"),
        ("load_tensors: loading model tensors, this can take a while", "loading the weights"),
        ("main: server is listening on http://127.0.0.1:8080", "answering the first request"),
    ],
)
def test_stages(log, said):
    assert str(of_log(log)) == said


def test_what_the_user_is_told():
    watch = Watch(0.0, every=10.0)
    logs = {
        0: "",
        5: "",
        11: "",
        20: LOAD,
        21: LOAD + SHARDS.format(25, 1),
        31: LOAD + SHARDS.format(50, 2),
        32: LOAD + SHARDS.format(75, 3),
        40: LOAD + COMPILE,
        55: LOAD + COMPILE,
        120: LOAD + COMPILE,
    }
    assert {now: words for now, log in logs.items() if (words := watch.look(log, now))} == {
        0: "starting: usually up to a minute",
        11: "starting",
        20: "loading the weights: usually a minute, longer from a slow disk",
        31: "loading the weights, 50 %",
        40: "compiling: usually 1 to 3 minutes, much less the next time",
        55: "compiling",
        120: "compiling; no news in its log for 80 s",
    }
    assert watch.last(125) == "compiling for 85 s"


def test_a_log_that_never_came():
    watch = Watch(3.0, every=10.0)
    assert watch.last(5.0) == "starting for 2 s"
    watch.look("", 4.0)
    assert watch.last(63.0) == "starting for 60 s"
    assert of_log("") is STARTING
