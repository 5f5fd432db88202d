"""vllm.LLM in the process, which only the environment of vLLM can import: local_run.py runs there,
once."""

import json
import os
import re
import subprocess
from pathlib import Path

import jsonschema
import pytest

from reviewer import replies

pytestmark = pytest.mark.vllm
ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-vllm" / "bin" / "python"
SCHEMA = replies.portable_schema(replies.Reply)


@pytest.fixture(scope="module")
def seen(tiny_gemma4, tmp_path_factory):
    schema = tmp_path_factory.mktemp("schema") / "reply.json"
    schema.write_text(json.dumps(SCHEMA))
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("REVIEWER_", "VLLM_"))
    }
    environ = {
        **kept,
        "PYTHONPATH": str(ROOT),
        "HF_HUB_OFFLINE": "1",
        "VLLM_CPU_KVCACHE_SPACE": "1",
        "VLLM_CPU_ATTN_SPLIT_KV": "0",
    }
    done = subprocess.run(
        [PYTHON, Path(__file__).with_name("local_run.py"), tiny_gemma4, schema],
        env=environ,
        capture_output=True,
        text=True,
        timeout=500,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    (line,) = done.stdout.splitlines()  # vLLM's own messages are on stderr
    return json.loads(line)


def test_what_is_known_of_the_model(seen):
    assert seen["model"] == ["vllm", "tiny-gemma4", "reviewer", 16384, 8]


def test_replies_follow_the_schema(seen):
    assert len(seen["replies"]) == 4
    for reply in seen["replies"]:
        assert not reply["cut"]
        jsonschema.validate(json.loads(reply["text"]), SCHEMA)


def test_later_prompts_are_read_from_the_cache(seen):
    first, *later = [reply["usage"] for reply in seen["again"]]
    assert first["calls"] == 1
    assert first["completion_tokens"] > 1
    for usage in (first, *later):
        assert 512 <= usage["cached_tokens"] < usage["prompt_tokens"]
    assert seen["replies"][0]["usage"]["cached_tokens"] == 0


def test_the_same_seed_gives_the_same_reply(seen):
    assert [reply["text"] for reply in seen["again"]] == [
        reply["text"] for reply in seen["replies"]
    ]


def test_a_prompt_that_does_not_fit_is_too_long(seen):
    assert "16384" in seen["too_long"]


def test_a_cancelled_call_leaves_the_engine_and_holds_up_nobody(seen):
    assert seen["cancelled"] == {"overtaken": True, "cancelled": True, "left": 0, "tokens": [8, 8]}


def test_after_the_end_there_are_no_replies(seen):
    assert seen["closed"] == "the model has been closed"


def test_a_model_that_is_not_there_is_one_line(seen):
    assert re.fullmatch(
        r"vLLM cannot load /\S+/tiny-gemma4-none \(.+\); see its messages above, and what fits here"
        r" with "
        "`reviewer model list`",
        seen["no_model"],
    )
