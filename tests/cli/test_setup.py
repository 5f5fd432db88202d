"""The command, with steps that do nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from click.testing import CliRunner, Result
from support.machines import MACHINES

from reviewer.cli import setup as command
from reviewer.cli import setup_offers
from reviewer.doors.setup import look, plan, run
from reviewer.installer import Installer
from reviewer.serving import hardware
from reviewer.serving.catalogue import GIB

HAVE = plan.Have(
    frozenset(), frozenset(), frozenset(), "", "", "~/hub", 200 * GIB, Installer("pip", "python")
)
NO_HUB = "cannot reach the hub"


class World:
    """What the machine has, and the steps that were taken."""

    def __init__(self) -> None:
        self.have, self.reach = HAVE, ""
        self.ran: list[plan.Setup] = []
        self.offered: list[dict[str, Any]] = []
        self.fails: BaseException | None = None

    def run(self, made: plan.Setup, say: Any) -> None:
        self.ran.append(made)
        if self.fails:
            raise self.fails


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made = World()
    monkeypatch.setattr(hardware, "detect", lambda: MACHINES["no_gpu_32"])
    monkeypatch.setattr(look, "have", lambda device: made.have)
    monkeypatch.setattr(look, "reach", lambda model: made.reach)
    monkeypatch.setattr(run, "run", made.run)
    monkeypatch.setattr(setup_offers, "offer", lambda **given: made.offered.append(given))
    return made


def invoke(*arguments: str, answers: str | None = None) -> Result:
    return CliRunner().invoke(command.setup, arguments, input=answers, standalone_mode=False)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "_asks", lambda: True)


def test_a_dry_run_changes_nothing(world):
    done = invoke("--dry-run")
    assert (done.return_value, world.ran, world.offered) == (0, [], [])
    assert done.stdout.startswith("machine   13th Gen Intel(R) Core(TM) i7-13700, 31.1 GiB")
    read = json.loads(invoke("--dry-run", "--format", "json").stdout)
    assert [step["name"] for step in read["steps"]][-1] == "review"
    assert "add --dry-run" in invoke("--format", "json").exception.message  # type: ignore[union-attr]


def test_yes_takes_the_steps(world):
    done = invoke("--yes")
    assert done.return_value == 0, done.exception
    assert world.ran[0].steps[0].name == "install"
    assert world.offered == [{"ask": False, "hook": False, "agents": False}]
    assert done.stdout.splitlines()[-1] == "Ready. In a repository, type: reviewer"


def test_it_asks_once(world, terminal):
    assert invoke(answers="n\n").return_value == 0
    assert world.ran == []
    assert invoke(answers="\n").return_value == 0
    assert len(world.ran) == 1
    assert world.offered[0]["ask"]
    world.have = replace(HAVE, running="gemma4 answers")
    assert invoke(answers="").return_value == 0  # nothing to change, nothing to ask
    assert [step.name for step in world.ran[1].steps] == ["check", "review"]


def test_a_second_best_needs_a_yes(world, terminal, monkeypatch):
    """Return alone is no yes to a model on the CPU beside a GPU."""
    monkeypatch.setattr(hardware, "detect", lambda: MACHINES["cuda_8"])
    assert invoke(answers="\n").return_value == 0
    assert world.ran == []
    assert invoke(answers="y\n").return_value == 0
    assert len(world.ran) == 1


def test_a_question_that_nobody_answers(world):
    error = invoke().exception
    assert error.message == "setup asks before it changes anything: repeat it with --yes"  # type: ignore[union-attr]


def test_no_hub_ends_in_a_smoke_run_that_says_so(world):
    world.reach = NO_HUB
    done = invoke("--yes")
    assert done.return_value == 3
    assert world.ran[0].smoke == NO_HUB
    assert " ".join(done.stdout.splitlines()[-2:]) == (
        "SMOKE RUN: no Gemma 4 was set up: cannot reach the hub. Repeat `reviewer setup` when that"
        " has changed. `reviewer` runs the analyzers without it."
    )


def test_the_smoke_model_is_only_offered(world, terminal):
    world.reach = NO_HUB
    done = invoke(answers="\n")
    assert (done.return_value, world.ran) == (3, [])
    assert "No model was set up. Repeat `reviewer setup`" in done.stdout
    assert invoke(answers="y\n").return_value == 3
    assert world.ran[0].smoke == NO_HUB
    assert world.offered == [{"ask": False, "hook": False, "agents": False}]  # no hook without one


def test_a_disk_without_room_ends_it(world):
    world.have = replace(HAVE, free=GIB)
    error = invoke("--yes").exception
    assert "only 1.0 GiB are free: free some space" in error.message  # type: ignore[union-attr]
    assert world.ran == []


@pytest.mark.fault(
    "deadline",
    "Ctrl-C in any step of `reviewer setup`",
    "what is there stays, and it is said that the same command goes on",
)
def test_an_interrupt_says_how_to_go_on(world):
    world.fails = KeyboardInterrupt()
    error = invoke("--yes").exception
    assert error.message == "interrupted; `reviewer setup` goes on from there"  # type: ignore[union-attr]
    assert error.exit_code == 130  # type: ignore[union-attr]
