"""`reviewer model plan` on every stubbed machine, whole: tests/cli/plans/NAME.txt. After a change
that is meant, `PYTHONPATH=tests python -m cli.test_model_machines` writes them anew."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

import pytest
from click.testing import CliRunner
from support.machines import MACHINES

from reviewer.cli.model import model
from reviewer.serving import hardware

PLANS = Path(__file__).parent / "plans"


def printed(name: str) -> str:
    with patch.object(hardware, "detect", lambda: MACHINES[name]):
        result = CliRunner().invoke(model, ["plan"], env={"COLUMNS": "80", "NO_COLOR": "1"})
    assert result.exception is None
    return result.output


@pytest.mark.parametrize("name", MACHINES)
def test_a_plan_for_the_machine(name: str) -> None:
    assert printed(name) == (PLANS / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", MACHINES)
def test_lines_have_80_columns(name: str) -> None:
    with patch.object(hardware, "detect", lambda: MACHINES[name]):
        listed = CliRunner().invoke(model, ["list", "--all"], env={"COLUMNS": "80"}).output
    lines = [*listed.splitlines(), *printed(name).splitlines()]
    assert [line for line in lines if len(line) > 80] == []


def test_there_is_a_file_for_each_machine_and_no_other() -> None:
    assert {path.stem for path in PLANS.iterdir()} == set(MACHINES)


if __name__ == "__main__":
    for each in MACHINES:
        (PLANS / f"{each}.txt").write_text(printed(each), encoding="utf-8")
