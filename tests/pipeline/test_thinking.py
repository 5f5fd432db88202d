"""Which calls think: what the settings say, what the engine and its context allow, and what the
stream says about it."""

from dataclasses import replace
from pathlib import Path

import pytest
from support.pipeline import found, run
from support.repo import Repo
from support.scripted import UNDECIDED, Scripted, finding, reply

from reviewer import memory
from reviewer.config import Settings
from reviewer.memory import listing
from reviewer.messages import Reply, Usage
from reviewer.pipeline import thinking
from reviewer.serving.choose import Choice

FILE, LINE = "shop/a.py", "    return x + 1"
CHOICE = Choice("vllm", "gemma4", "reviewer", 16384, True, "", len, lambda: None, thinks=True)
BY_EFFORT = {"low": "off", "medium": "verify", "high": "on"}


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = Repo(tmp_path / "repo", tmp_path / "home")
    made.commit({FILE: "def f(x):\n    return x\n"})
    made.git("checkout", "-q", "-b", "work")
    made.write(FILE, f"def f(x):\n{LINE}\n")
    return made


def wrong(prompt):
    """A finding, and then no verdict on it, after a thought of seven tokens."""
    said = UNDECIDED if "The candidates" in prompt.user else reply(finding(LINE, FILE))
    return Reply(said, False, Usage(1, 100, 50, 10, 7))


def reviewed(repo, settings, **options):
    """(what may be thought while reviewing, and while verifying; in effect; the run's last
    event)."""
    model = Scripted(wrong, thinks=True, **options)
    events, _ = run(repo, model, **{"effort": "medium", "cache": "off", **settings})
    verifying = ["The candidates" in prompt.user for prompt in model.prompts]
    both = zip(model.thoughts, verifying, strict=True)
    pairs = sorted({(verifies, tokens) for tokens, verifies in both})
    return [tokens for _, tokens in pairs], events[0].thinking, events[-1]


@pytest.mark.parametrize(
    ("settings", "thoughts", "effective"),
    [
        ({}, [0, 2048], "verify"),
        ({"effort": "low"}, [0], "off"),
        ({"effort": "high"}, [2048, 2048], "on"),
        ({"thinking": "off", "effort": "high"}, [0, 0], "off"),
        ({"thinking": "verify", "effort": "high"}, [0, 2048], "verify"),
        ({"thinking": "on"}, [2048, 2048], "on"),
        ({"thinking": "on", "effort": "low"}, [2048], "on"),
    ],
)
def test_which_calls_think(repo, settings, thoughts, effective):
    said, shown, end = reviewed(repo, settings)
    assert (said, shown, end.outcome) == (thoughts, effective, "completed")


@pytest.mark.parametrize("effort", BY_EFFORT)
def test_auto_goes_by_the_effort(effort):
    settings = Settings(effort=effort)
    assert settings.thinking == "auto"
    assert thinking.mode(settings, CHOICE) == BY_EFFORT[effort]


def test_the_smoke_model_never_thinks(repo):
    thoughts, shown, end = reviewed(repo, {"thinking": "on"}, role="smoke", context_tokens=2048)
    assert (thoughts, shown) == ([0], "off")
    assert end.message == (
        "thinking on: the smoke model cannot be asked to think, so it answers at once."
    )


CANNOT = "this server (vllm) cannot be asked to think, so it answers at once"
ROOM = "the context of {} tokens leaves"


@pytest.mark.parametrize(
    ("context", "tokens", "effective", "said"),
    [
        (16384, 2048, "on", ""),
        (
            8192,
            774,
            "on",
            f"{ROOM.format('8,192')} 774 tokens for a thought instead of 2,048",
        ),
        (
            3072,
            0,
            "off",
            f"{ROOM.format('3,072')} no room for thoughts; serve the model with a longer context",
        ),
    ],
)
def test_a_small_context_shortens_the_thought_and_says_so_once(
    repo, context, tokens, effective, said
):
    thoughts, shown, end = reviewed(repo, {"thinking": "on"}, context_tokens=context)
    assert (thoughts, shown) == ([tokens, tokens], effective)
    assert end.message == (f"thinking on: {said}." if said else "Review completed")
    quiet = reviewed(repo, {"effort": "high"}, context_tokens=context)
    assert (quiet[:2], quiet[2].message) == ((thoughts, shown), "Review completed")


@pytest.mark.parametrize(
    ("choice", "asked", "said"),
    [
        ({"thinks": False}, "on", f"thinking on: {CANNOT}"),
        ({"thinks": False}, "verify", f"thinking verify: {CANNOT}"),
        ({"thinks": False}, "auto", ""),
        ({"thinks": False}, "off", ""),
        ({"role": "none"}, "on", ""),
    ],
)
def test_an_engine_that_cannot_think(choice, asked, said):
    settings, engine = Settings(thinking=asked, effort="high"), replace(CHOICE, **choice)
    tokens = thinking.budget(settings, engine, 9000)
    assert (tokens, thinking.in_effect(settings, engine, tokens)) == (0, "off")
    assert thinking.warning(settings, engine, tokens) == said


def test_the_tokens_of_thoughts_are_counted(repo):
    _, _, end = reviewed(repo, {})
    usage = end.usage
    assert (usage.calls, usage.completion_tokens, usage.thinking_tokens) == (2, 20, 14)
    with memory.open_store({}) as store:
        assert listing.stats(store, None).thinking_tokens == 14


def test_another_mode_asks_again_only_where_it_differs(repo):
    def calls(**settings):
        model = Scripted(wrong, thinks=True)
        events, _ = run(repo, model, effort="medium", **settings)
        assert len(found(events)) == 1
        return model.thoughts

    assert calls() == [0, 2048]
    assert calls() == []
    assert calls(thinking="off") == [0]  # the judging
    assert calls(thinking="on") == [2048]  # the review; the judging has been thought about
    assert calls(thinking="off") == []


def test_a_unit_that_was_not_thought_about_is_read_again(repo):
    def calls(mode):
        model = Scripted(wrong, thinks=True)
        run(repo, model, thinking=mode, max_units=1)
        return model.thoughts

    repo.write("shop/b.py", "y = 1\n")
    assert calls("off") == [0]
    assert calls("off") == [0]  # the other unit
    assert calls("off") == []
    assert calls("on") == [2048]
