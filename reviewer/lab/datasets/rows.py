"""Turns remembered questions and the decisions about their findings into training rows.

A row repeats the two messages that the model got; its target is the reply as it should have been:
accepted findings stay, dismissed and refuted ones are removed, undecided ones stay as the model
wrote them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import ValidationError

from reviewer.lab.datasets.redact import Redactor
from reviewer.memory.examples import Example
from reviewer.memory.feedback import ACCEPTED, Feedback
from reviewer.replies import Reply
from reviewer.text import timestamp

Form = Literal["chat", "preference"]
_DISPROVED = (
    "refuted: ",
    "claim: ",
)  # stages that prove a finding wrong; others only find it not worth reporting
_CHANGE = re.compile(
    r'"(=====[0-9a-f]{12})":\n\1\n(.*?)\n\1(?:\n|$)', re.DOTALL
)  # as prompts/review shows it
_NUMBER = re.compile(r"(?m)^ *\d+ ?")
Standings = Mapping[tuple[str, str], Feedback]  # by (repository, finding id)


@dataclass(frozen=True, slots=True)
class DatasetRow:
    """One line of a dataset. `findings`: the ids with a decision; `at`: seconds since the epoch;
    `shown`: hashes of the code in the question."""

    value: dict[str, Any]
    repository: str
    at: float
    findings: frozenset[str]
    shown: frozenset[str] = frozenset()

    @property
    def line(self) -> str:
        """ASCII, so that no reader sees a line break inside."""
        return json.dumps(self.value) + "\n"


@dataclass
class Dataset:
    """The rows, oldest first; the number left out by reason; the number of masked secrets."""

    rows: list[DatasetRow] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    masked: int = 0


@dataclass(frozen=True, slots=True)
class _JudgedReply:
    """A reply by the positions of its findings: `outcomes` of those with a decision, `wrong` those
    to remove."""

    outcomes: Mapping[str, str]
    wrong: frozenset[int]
    kind: Literal["positive", "negative", "mixed"]


def make(
    examples: Iterable[Example], standings: Standings, form: Form, *, redact: bool = True
) -> Dataset:
    """The rows of a dataset, identical for identical memories. For each question only the newest
    answer counts (`chat`); each pair appears once (`preference`)."""
    made = Dataset()
    rows: dict[str, DatasetRow] = {}
    for example in sorted(examples, key=lambda one: (one.at, one.repository, one.user)):
        judged = _judge(example, standings)
        if judged is None:
            made.left_out["no decision about its findings"] += 1
        elif form == "preference" and not judged.wrong:
            made.left_out["no dismissed or refuted finding"] += 1
        else:
            row = _row(example, judged, form, Redactor(redact), made)
            if row:
                made.left_out["duplicate question"] += _key(row) in rows
                rows.pop(_key(row), None)  # to the end: the order is by time
                rows[_key(row)] = row
    made.rows = list(rows.values())
    made.left_out = +made.left_out
    return made


def _judge(example: Example, standings: Standings) -> _JudgedReply | None:
    """None when there is no decision about any finding in it."""
    outcomes, wrong, right, placed = {}, set(), False, set()
    for each, positions in example.items.items():
        placed.update(positions)
        known = standings.get((example.repository, each))
        if known and known.kind in (*ACCEPTED, "dismissed"):
            outcomes[each] = "fixed by hand" if known.kind == "fixed" else str(known.kind)
        elif example.rejected.get(each, "").startswith(_DISPROVED):
            outcomes[each] = "refuted"
        else:
            continue
        if known and known.kind in ACCEPTED:
            right = True
        else:
            wrong.update(positions)
    if not outcomes:
        return None
    kind: Literal["positive", "negative", "mixed"] = (
        "mixed" if right and wrong else "positive" if right else "negative"
    )
    known_places = set(range(len(_findings(example.reply))))
    nowhere = known_places - placed  # its quote matches nothing: never a training target
    return _JudgedReply(outcomes, frozenset(wrong & known_places | nowhere), kind)


def _row(
    example: Example, judged: _JudgedReply, form: Form, redactor: Redactor, made: Dataset
) -> DatasetRow | None:
    system, user = redactor.prompt(example.system), redactor.prompt(example.user)
    try:
        said = Reply.model_validate(example.reply)
        good = Reply.model_validate(redactor.reply(_without(_plain(said), judged.wrong)))
        bad = Reply.model_validate(redactor.reply(_plain(said)))
    except ValidationError:
        made.left_out["its reply does not match the current schema"] += 1
        return None
    made.masked += redactor.count
    asked = [{"role": "system", "content": system}, {"role": "user", "content": user}]
    value: dict[str, Any] = {"messages": [*asked, _answer(good)]}
    if form == "preference":
        value = {"prompt": asked, "chosen": [_answer(good)], "rejected": [_answer(bad)]}
    value["metadata"] = _provenance(example, judged)
    return DatasetRow(
        value, example.repository, example.at, frozenset(judged.outcomes), _shown(example.user)
    )


def _shown(user: str) -> frozenset[str]:
    """sha256 of the lines of each hunk in a question: without line numbers, since hunks move, and
    without the rest, since a hunk appears again with other hunks, context or tasks."""
    change = _CHANGE.search(user)
    hunks = change[2].split("\n\n") if change else []
    return frozenset(
        hashlib.sha256(
            _NUMBER.sub("", each.partition("\n")[2]).encode("utf-8", "replace")
        ).hexdigest()
        for each in hunks
    )


def _provenance(example: Example, judged: _JudgedReply) -> dict[str, Any]:
    findings = _findings(example.reply)
    about = [
        {
            "id": each,
            "outcome": outcome,
            "category": str(findings[example.items[each][0]].get("category", "")),
        }
        for each, outcome in sorted(judged.outcomes.items())
        if example.items[each] and example.items[each][0] < len(findings)
    ]
    date = timestamp(example.at)
    return {
        "kind": judged.kind,
        "findings": about,
        "repository": example.repository_name,
        "commit": example.commit,
        "licence": example.licence or None,
        "date": date,
        "engine": example.engine,
        "model": example.model,
        "toolVersion": example.tool_version,
    }


def _findings(reply: Mapping[str, Any]) -> Sequence[dict[str, Any]]:
    found = reply.get("findings")
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _plain(reply: Reply) -> dict[str, Any]:
    return reply.model_dump(mode="json", by_alias=True)


def _without(reply: dict[str, Any], wrong: frozenset[int]) -> dict[str, Any]:
    """The reply without some findings, and without the checked statements that led only to them."""
    kept = [each for number, each in enumerate(reply["findings"]) if number not in wrong]
    gone = [each["quote"] for number, each in enumerate(reply["findings"]) if number in wrong]
    left = [each["quote"] for each in kept]
    checked = [
        each
        for each in reply["checked"]
        if not _about(each["quote"], gone) or _about(each["quote"], left)
    ]
    return {**reply, "checked": checked, "findings": kept}


def _about(statement: str, quotes: Iterable[str]) -> bool:
    one = "".join(statement.split())
    return any(one and (one in other or (other and other in one)) for other in _bare(quotes))


def _bare(quotes: Iterable[str]) -> Iterator[str]:
    return ("".join(quote.split()) for quote in quotes)


def _answer(reply: Reply) -> dict[str, str]:
    """As a server's grammar formats it: properties in schema order, one space after `,` and `:`."""
    return {"role": "assistant", "content": json.dumps(_plain(reply), ensure_ascii=False)}


def _key(row: DatasetRow) -> str:
    value = row.value
    parts = (
        value["messages"][:2]
        if "messages" in value
        else [value["prompt"], value["chosen"], value["rejected"]]
    )
    return hashlib.sha256(json.dumps(parts).encode("ascii")).hexdigest()
