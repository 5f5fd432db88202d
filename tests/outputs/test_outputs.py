from __future__ import annotations

import io
import subprocess
import sys

import pytest
from support.event_cases import load
from support.output_runs import rendered

from reviewer.errors import UsageError
from reviewer.outputs import OUTPUTS, open_output

OPTIONS = {"color": False, "width": 80, "quiet": False, "verbose": False}


@pytest.mark.parametrize("name", OUTPUTS)
def test_every_output_opens_and_says_something_of_every_run(name: str) -> None:
    silent = (
        {"clean", "skipped"} if name == "rdjsonl" else set()
    )  # a list of diagnostics, and there are none
    assert all(
        rendered(name, load(case)).strip()
        for case in {"clean", "skipped", "error", "incomplete"} - silent
    )


@pytest.mark.parametrize("name", OUTPUTS)
def test_the_stream_stays_open(name: str) -> None:
    stream = io.StringIO()
    open_output(name, stream, **OPTIONS).close()
    assert not stream.closed


def test_an_unknown_name_is_told_the_known_ones() -> None:
    with pytest.raises(
        UsageError, match="unknown format 'yaml'; use one of terminal, ndjson, json, "
    ):
        open_output("yaml", io.StringIO(), **OPTIONS)


def test_the_registry_imports_no_output() -> None:
    code = (
        "import sys, reviewer.outputs; print([name for name in sys.modules if"
        " name.startswith('reviewer.outputs.')])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "['reviewer.outputs.base']\n"


def test_the_terminal_needs_no_rich() -> None:
    code = (
        "import sys, reviewer.outputs.terminal, reviewer.outputs.progress; print('rich' in"
        " sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"
