"""The whole of `reviewer --agent` against a real vLLM, on the example workspace."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import jsonschema
import pytest

from reviewer.cli import schema

pytestmark = pytest.mark.vllm
EXAMPLES = Path(__file__).parents[2] / "examples"
VALIDATOR = jsonschema.Draft202012Validator(schema.generate("event"))
FILES = {
    "shop/checkout.py",
    "shop/cli.py",
    "shop/export.py",
    "shop/orders.py",
    "shop/pricing.py",
    "shop/settings.py",
    "tests/test_pricing.py",
    "web/cart.js",
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    target = tmp_path_factory.mktemp("example") / "shop"
    subprocess.run(
        [sys.executable, EXAMPLES / "make_workspace.py", target], check=True, capture_output=True
    )
    return target


def events(out):
    lines = [json.loads(line) for line in out.splitlines()]
    for line in lines:
        VALIDATOR.validate(line)
    assert [line["type"] in ("complete", "error") for line in lines] == [False] * (
        len(lines) - 1
    ) + [True]
    return lines


def covered(complete):
    """Every file is in exactly one list."""
    unreviewed = [item["fileName"] for item in complete["unreviewedFiles"]]
    assert sorted([*complete["reviewedFiles"], *unreviewed]) == sorted(FILES)


def test_the_example_is_reviewed_by_a_server_that_was_found(vllm, shop):
    done = vllm.reviewer(
        "--agent",
        "--engine",
        "vllm",
        "--max-tokens",
        1500,
        "--timeout",
        240,
        "--no-cache",
        cwd=shop,
    )
    lines = events(done.stdout)
    context, complete = lines[0], lines[-1]
    assert (context["engine"], context["model"], context["modelRole"]) == (
        "vllm",
        "tiny-gemma4",
        "reviewer",
    )
    assert complete["type"] == "complete"
    assert (
        done.returncode == complete["exitCode"] in (0, 3)
    )  # a random model does not always come to an end
    assert {item["reason"] for item in complete["unreviewedFiles"]} <= {"bad_reply"}
    covered(complete)
    usage = complete["usage"]
    assert usage["calls"] >= len(FILES)
    # All but the first read at least the rules, some 1,000 tokens, from the cache.
    assert usage["cachedTokens"] > 500 * (len(FILES) - 1)
    analyzers = [
        line
        for line in lines
        if line["type"] == "finding" and line["source"].startswith("analyzer:")
    ]
    assert len(analyzers) >= 9


def test_doctor_knows_the_server(vllm, shop):
    done = vllm.reviewer("doctor", "--format", "json", cwd=shop)
    report = json.loads(done.stdout)
    jsonschema.validate(report, schema.generate("doctor"))
    mine = {
        check["name"]: check
        for check in report["checks"]
        if check["endpoint"] == vllm.server.endpoint
    }
    assert {name for name, check in mine.items() if check["status"] == "failed"} <= {"speed"}
    assert len(mine) >= 5


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=["stopped", "killed"])
def test_a_server_that_goes_away_leaves_the_rest_listed(vllm, shop, number):
    """Last of this folder's uses of the shared server but for the tests that stop it: it is started
    anew."""
    process = subprocess.Popen(
        [
            sys.executable,
            "-P",
            "-m",
            "reviewer",
            "--agent",
            "--engine",
            "vllm",
            "--concurrency",
            "1",
            "--no-cache",
            "--timeout",
            "120",
        ],
        cwd=shop,
        env=vllm.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while not vllm.metric("num_requests_running"):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    server = vllm.server
    os.killpg(server.pid, number)
    out, err = process.communicate(timeout=150)
    complete = events(out)[-1]
    assert (process.returncode, complete["outcome"], err) == (3, "failed", "")
    covered(complete)
    assert "model_error" in {item["reason"] for item in complete["unreviewedFiles"]}
    started = vllm.start()
    assert started.returncode == 0, started.stderr
