"""reviewer model, through click, on a machine whose GPU a program on the PATH invents."""

import json

import pytest
from click.testing import CliRunner
from support.devices import program

from reviewer.cli.model import model
from reviewer.errors import ReviewerError
from reviewer.serving.plan import Plan

QAT12 = "google/gemma-4-12B-it-qat-w4a16-ct"
BEST = "google/gemma-4-26B-A4B-it-qat-q4_0-gguf"


@pytest.fixture
def rtx_4090(tmp_path):
    return program(tmp_path / "bin", "nvidia-smi", "NVIDIA GeForce RTX 4090, 24576, 24000, 8.9\n")


@pytest.fixture
def no_gpu(tmp_path):
    (tmp_path / "empty").mkdir()
    return {"PATH": str(tmp_path / "empty")}


def run(*arguments, env, fails=False):
    result = CliRunner().invoke(model, arguments, env={"COLUMNS": "80", "NO_COLOR": None, **env})
    if fails:
        assert isinstance(result.exception, ReviewerError)
    elif result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_list(rtx_4090):
    result = run("list", env=rtx_4090)
    lines = result.output.splitlines()
    assert result.exit_code == 0
    assert lines[:3] == [
        "On NVIDIA GeForce RTX 4090 (24.0 GiB, 23.4 free, 1008 GB/s by its name), with",
        "requests of 16384 tokens:",
        "  program       form    coding  tokens/s   GiB  context  at once",
    ]
    suggested = lines.index(f"{BEST}  <- start with this")
    assert lines[suggested + 1].split() == [
        *("llama-server", "q4_0", "77.1", "139", "15.1", "131072", "14.3")
    ]
    assert lines[-3:] == [
        "`reviewer model plan` says why, and how to get and serve it; `--model ID`",
        "another one.",
        "9 more do not fit: --all lists them.",
    ]
    assert max(map(len, lines)) <= 80


def test_list_everything(rtx_4090):
    lines = run("list", "--all", env=rtx_4090).output.splitlines()
    assert "google/gemma-4-31B-it" in lines
    assert "Not suggested: nvidia/Gemma-4-31B-IT-NVFP4: NVFP4 is for Blackwell GPUs." in lines
    assert sum(line.startswith("Not suggested: ") for line in lines) == 8
    assert max(map(len, lines)) <= 80


def test_list_as_json_is_fastest_first(rtx_4090):
    result = run("list", "--format", "json", "--context", "8192", env=rtx_4090)
    report = json.loads(result.output)
    plans = [Plan.model_validate(entry) for entry in report["plans"]]
    speeds = [plan.decode_tokens_per_second for plan in plans]
    assert report["device"] == {
        "kind": "cuda",
        "name": "NVIDIA GeForce RTX 4090",
        "memoryBytes": 24 << 30,
        "freeBytes": 24000 << 20,
        "bandwidthBytesPerSecond": 1_008_000_000_000,
        "bandwidthSource": "name",
    }
    assert report["suggested"] == BEST
    recommendation = report["recommendation"]
    assert (recommendation["model"], recommendation["engine"]) == (BEST, "llama-server")
    assert [other["model"] for other in recommendation["alternatives"]] == [
        "google/gemma-4-31B-it-qat-q4_0-gguf",
        "gemma4:26b-a4b-it-qat",
    ]
    assert all(plan.fits and plan.context == 8192 for plan in plans)
    assert speeds == sorted(speeds, reverse=True)


def test_list_for_an_engine(rtx_4090):
    plans = json.loads(run("list", "--engine", "ollama", "--format", "json", env=rtx_4090).output)[
        "plans"
    ]
    assert {plan["engine"] for plan in plans} == {"ollama"}
    assert {plan["getCommand"][0] for plan in plans} == {"ollama"}


def test_a_machine_without_a_gpu(no_gpu):
    report = json.loads(run("list", "--format", "json", env=no_gpu).output)
    assert report["device"]["kind"] == "cpu"
    assert (report["device"]["bandwidthSource"], report["device"]["bandwidthBytesPerSecond"]) == (
        "estimate",
        40 * 10**9,
    )


def test_the_cpu_beside_a_gpu(rtx_4090):
    assert (
        json.loads(run("list", "--cpu", "--format", "json", env=rtx_4090).output)["device"]["kind"]
        == "cpu"
    )


def test_nothing_fits(no_gpu):
    result = run("list", "--memory", "1", "--cpu", env=no_gpu)
    assert result.exit_code == 0
    assert "No Gemma 4 model fits. `reviewer model plan` shows what is missing." in result.output
    assert run("plan", "--memory", "1", "--cpu", env=no_gpu).exit_code == 1


def test_a_gpu_that_is_too_small_leaves_the_cpu(no_gpu):
    made = json.loads(run("plan", "--memory", "1", "--format", "json", env=no_gpu).output)
    assert (made["deviceKind"], made["fits"]) == ("cpu", True)


def test_a_gpu_that_does_not_exist_yet(no_gpu):
    report = json.loads(
        run("list", "--memory", "24", "--bandwidth", "1008", "--format", "json", env=no_gpu).output
    )
    assert report["device"] == {
        "kind": "cuda",
        "name": "a GPU with 24 GiB",
        "memoryBytes": 24 << 30,
        "freeBytes": None,
        "bandwidthBytesPerSecond": 1_008_000_000_000,
        "bandwidthSource": "given",
    }


def test_plan_that_fits(rtx_4090):
    result = run("plan", "--model", "12b", "--concurrency", "4", env=rtx_4090)
    lines = result.output.splitlines()
    assert result.exit_code == 0
    assert lines[0] == "On NVIDIA GeForce RTX 4090 (24.0 GiB, 23.4 free, 1008 GB/s by its name):"
    assert lines[2] == "Gemma 4 12B (w4a16) with vllm on NVIDIA GeForce RTX 4090: fits"
    assert lines[3].count("█") > lines[3].count("▒") > 0
    assert len(lines[3]) == 80
    assert f"Runs:    vllm serve {QAT12} \\" in lines
    assert max(map(len, lines)) <= 80


def test_plan_that_does_not_fit(rtx_4090):
    result = run("plan", "--model", "google/gemma-4-31B-it-qat-w4a16-ct", env=rtx_4090)
    assert result.exit_code == 1
    assert "! It does not fit: 1 × 16384 tokens need 5.5 GiB more." in result.output
    assert result.output.splitlines()[-2:] == [
        "Gemma 4 26B-A4B with llama-server fits instead. See it with:",
        f"  reviewer model plan --model {BEST}",
    ]


def test_plan_as_json(rtx_4090):
    result = run(
        "plan",
        "--model",
        "31b",
        "--context",
        "8192",
        "--batched-tokens",
        "4096",
        "--kv-dtype",
        "fp8",
        "--gpus",
        "2",
        "--vllm-version",
        "0.32.0",
        "--engine",
        "vllm",
        "--format",
        "json",
        env=rtx_4090,
    )
    made = json.loads(result.output)
    assert result.exit_code == 0
    assert (made["model"], made["quantization"]) == ("google/gemma-4-31B-it-qat-w4a16-ct", "w4a16")
    assert (made["context"], made["deviceCount"], made["fits"]) == (8192, 2, True)
    assert made["command"][-4:] == ["--kv-cache-dtype", "fp8", "--tensor-parallel-size", "2"]
    assert made["kvBytesPerSequence"] == 2 * (8192 * 20480 + 204800 * 16 * ((8192 + 15) // 16 + 1))


def test_the_known_case_of_31b_in_ollama(rtx_4090):
    result = run(
        *("plan", "--model", "gemma4:31b", "--context", "32768", "--format", "json"), env=rtx_4090
    )
    made = json.loads(result.output)
    assert result.exit_code == 1
    assert made["bound"] == "host_memory_bandwidth"
    assert "31B on a 24 GB card is known to reach only 10 tokens/s" in made["warnings"][1]


def test_what_is_never_suggested_is_planned_by_its_id(rtx_4090):
    repack = "xbill9/gemma-4-26B-A4B-it-qat-q4_0-w4a16-ct"
    result = run("plan", "--model", repack, "--format", "json", env=rtx_4090)
    made = json.loads(result.output)
    assert (made["model"], made["engine"], made["fits"]) == (repack, "vllm", True)
    assert any(warning.startswith("Not recommended: ") for warning in made["warnings"])


def test_without_a_name_it_plans_what_it_suggests(rtx_4090):
    assert json.loads(run("plan", "--format", "json", env=rtx_4090).output)["model"] == BEST


def test_a_size_that_does_not_fit_shows_what_lacks_least(no_gpu):
    made = json.loads(
        run("plan", "--model", "31b", "--memory", "8", "--format", "json", env=no_gpu).output
    )
    assert (made["model"], made["fits"]) == ("google/gemma-4-31B-it-qat-q4_0-gguf", False)


def test_what_does_not_fit_is_a_makers_form_and_not_the_smallest_repack(rtx_4090):
    made = json.loads(
        run("plan", "--model", "31b", "--engine", "vllm", "--format", "json", env=rtx_4090).output
    )
    assert (made["model"], made["fits"]) == ("google/gemma-4-31B-it-qat-w4a16-ct", False)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("plan", "--model", "70b"), "'70b' is not in the catalogue"),
        (("plan", "--model", "google/diffusiongemma-26B-A4B-it"), "DiffusionGemma cannot review"),
        (
            ("plan", "--model", "12b", "--context", "999999"),
            "Gemma 4 12B supports 1 to 131072 tokens",
        ),
        (
            ("plan", "--model", "gemma4:31b", "--engine", "vllm"),
            "Gemma 4 31B does not run on vllm",
        ),
        (("plan", "--vllm-version", "new"), "'new' is not a vLLM version"),
        (("plan", "--batched-tokens", "4"), "at least the number of sequences"),
        (("pull", "gemma4:31b"), "ollama pull gemma4:31b"),
        (("pull", "no-such-thing"), "is not an id such as"),
    ],
)
def test_errors_name_the_next_step(rtx_4090, arguments, message):
    result = run(*arguments, env=rtx_4090, fails=True)
    assert message in result.exception.message
    assert result.exception.exit_code in (2, 4)


@pytest.mark.parametrize(
    "arguments",
    [
        ("plan", "--memory", "0"),
        ("plan", "--bandwidth", "-1"),
        ("plan", "--context", "0"),
        ("list", "--format", "xml"),
        ("plan", "--kv-dtype", "turboquant_k8v4"),
        ("list", "--memory", "nan"),
    ],
)
def test_values_that_click_refuses(no_gpu, arguments):
    assert run(*arguments, env=no_gpu).exit_code == 2


def test_colour(rtx_4090):
    def output(**env):
        result = CliRunner().invoke(
            model, ["plan", "--model", "12b"], env={**rtx_4090, "NO_COLOR": None, **env}, color=True
        )
        return result.output

    assert "\x1b[34m█" in output(FORCE_COLOR="1")
    assert "\x1b" not in output() + output(NO_COLOR="1", FORCE_COLOR="1")


def test_a_terminal_that_cannot_show_blocks(rtx_4090):
    runner = CliRunner(charset="ascii")
    output = runner.invoke(
        model, ["plan", "--model", "12b"], env={**rtx_4090, "COLUMNS": "60"}
    ).output
    assert "[#####" in output
    assert "█" not in output


@pytest.mark.parametrize("columns", ["10", "40", "200"])
def test_the_bar_keeps_to_the_width(rtx_4090, columns):
    lines = run("plan", "--model", "12b", env={**rtx_4090, "COLUMNS": columns}).output.splitlines()
    (bar,) = (line for line in lines if line.startswith("[█"))
    assert len(bar) == {"10": 20, "40": 40, "200": 100}[columns]


@pytest.mark.parametrize("command", [(), ("list",), ("plan",), ("pull",)])
def test_help_teaches_by_example(no_gpu, command):
    result = run(*command, "--help", env=no_gpu)
    assert result.exit_code == 0
    assert "reviewer model " in result.output.partition("Options:")[0].partition("\n\n")[2]
    if command == ("plan",):
        assert "Exits with 0 when it fits, with 1 when it does not." in result.output
