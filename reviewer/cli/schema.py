"""`reviewer schema`: the contracts as JSON Schema (2020-12), generated from the models in use."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from reviewer.cli import common, pager

NAMES = ("event", "finding", "report", "reply", "refutation", "plan", "doctor", "case")


def generate(name: str) -> dict[str, Any]:
    """The schema of one contract."""
    from reviewer import events, replies
    from reviewer.lab.evals.cases import Case
    from reviewer.serving.checks.base import Report as DoctorReport
    from reviewer.serving.plan import Plan

    body: dict[str, Any] = {
        "event": lambda: events.EVENT.json_schema(mode="serialization", by_alias=True),
        "finding": lambda: events.Finding.model_json_schema(mode="serialization", by_alias=True),
        "report": lambda: events.Report.model_json_schema(mode="serialization", by_alias=True),
        "reply": lambda: replies.portable_schema(replies.Reply),
        "refutation": lambda: replies.portable_schema(replies.Refutation),
        "doctor": lambda: DoctorReport.model_json_schema(mode="serialization", by_alias=True),
        "case": lambda: Case.model_json_schema(mode="validation"),
        "plan": lambda: Plan.model_json_schema(mode="serialization", by_alias=True),
    }[name]()
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"{name}.schema.json"}
    return {**head, **body}


@click.command(cls=common.Command)
@click.argument("name", type=click.Choice(NAMES))
@click.option("--write", type=click.Path(file_okay=False, path_type=Path), hidden=True)
def schema(name: str, write: Path | None) -> None:
    """Print a JSON Schema.

    The schemas describe an event of the stream, a finding, a report, a model's reply and
    refutation, a plan, a report of `reviewer doctor`, and an evaluation case.
    """
    document = json.dumps(generate(name), indent=2)
    if write:
        (write / f"{name}.schema.json").write_text(document + "\n", encoding="utf-8")
    else:
        pager.show(document)
