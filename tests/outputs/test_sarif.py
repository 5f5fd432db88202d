from __future__ import annotations

import base64
import json
import re
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from support.event_cases import NAMES, complete, context, finding, load, many
from support.output_runs import rendered, runs

from reviewer.events import Event, Patch
from reviewer.fixes import patch as patches
from reviewer.outputs import sarif_rules

TEXT = {"type": "string", "minLength": 1}


def closed(required: str, **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": required.split(),
        "additionalProperties": False,
    }


def many_of(items: Any, least: int = 0) -> dict[str, Any]:
    return {"type": "array", "items": items, "minItems": least}


MESSAGE = closed("text", text=TEXT)
LEVEL = {"enum": ["none", "note", "warning", "error"]}
NUMBER = {"type": "integer", "minimum": 1}
URI = {
    "type": "string",
    "pattern": "^(?!/)[A-Za-z0-9._~/%-]*$",
}  # relative, without a scheme, percent-encoded
ARTIFACT = closed("uri uriBaseId", uri=URI, uriBaseId={"const": "%SRCROOT%"})
REGION = closed(
    "startLine endLine",
    startLine=NUMBER,
    endLine=NUMBER,
    startColumn=NUMBER,
    endColumn=NUMBER,
    snippet=closed("text", text={"type": "string"}),
)
PHYSICAL = closed(
    "artifactLocation", artifactLocation=ARTIFACT, region=REGION, contextRegion=REGION
)
LOCATION = closed(
    "physicalLocation",
    id={"type": "integer", "minimum": 0},
    physicalLocation=PHYSICAL,
    message=MESSAGE,
)
CONTENT = closed("", text={"type": "string"}, binary={"type": "string"})
FIX = closed(
    "artifactChanges",
    description=MESSAGE,
    artifactChanges=many_of(
        closed(
            "artifactLocation replacements",
            artifactLocation=ARTIFACT,
            replacements=many_of(
                closed("deletedRegion", deletedRegion=REGION, insertedContent=CONTENT), 1
            ),
        ),
        1,
    ),
)
FLOW = closed(
    "threadFlows",
    message=MESSAGE,
    threadFlows=many_of(
        closed("locations", locations=many_of(closed("location", location=LOCATION), 1)), 1
    ),
)
RESULT = closed(
    "ruleId ruleIndex level message locations partialFingerprints",
    ruleId=TEXT,
    ruleIndex={"type": "integer", "minimum": 0},
    level=LEVEL,
    message=MESSAGE,
    rank={"type": "number", "minimum": 0, "maximum": 100},
    locations=many_of(LOCATION, 1),
    relatedLocations=many_of(LOCATION),
    codeFlows=many_of(FLOW),
    partialFingerprints={"type": "object", "additionalProperties": TEXT},
    fixes=many_of(FIX),
    properties={"type": "object"},
)
NOTIFICATION = closed(
    "message",
    descriptor=closed("id", id=TEXT),
    level=LEVEL,
    message=MESSAGE,
    locations=many_of(LOCATION),
)
SHORT = closed("text", text={**TEXT, "maxLength": 1024})
DESCRIPTOR = closed(
    "id",
    id=TEXT,
    name={**TEXT, "maxLength": 255},
    shortDescription=SHORT,
    fullDescription=SHORT,
    help=closed("text markdown", text=TEXT, markdown=TEXT),
    helpUri={**TEXT, "pattern": "^https://"},
    defaultConfiguration=closed("", level=LEVEL),
    properties={"type": "object"},
)
RULE = {**DESCRIPTOR, "required": ["id", "shortDescription", "fullDescription", "help"]}
RUN = closed(
    "tool results",
    tool=closed(
        "driver",
        driver=closed(
            "name",
            name=TEXT,
            version=TEXT,
            rules=many_of(RULE),
            notifications=many_of(DESCRIPTOR),
        ),
    ),
    invocations=many_of(
        closed(
            "executionSuccessful",
            executionSuccessful={"type": "boolean"},
            exitCode={"type": "integer"},
            toolExecutionNotifications=many_of(NOTIFICATION),
        )
    ),
    originalUriBaseIds={"type": "object", "additionalProperties": closed("", description=MESSAGE)},
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    results=many_of(RESULT),
    properties={"type": "object"},
)
# What we use of SARIF 2.1.0, written from the standard, as closed objects.
LOG = Draft202012Validator(
    closed(
        "version runs", **{"$schema": TEXT, "version": {"const": "2.1.0"}, "runs": many_of(RUN, 1)}
    )
)


def check(run: list[Event]) -> dict[str, Any]:
    """The run of the log, held against the standard also where a schema cannot."""
    text = rendered("sarif", run)
    assert text.isascii()
    log = json.loads(text)
    LOG.validate(log)
    (written,) = log["runs"]
    rules = [rule["id"] for rule in written["tool"]["driver"]["rules"]]
    assert len(set(rules)) == len(rules)
    for result in written["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        ids = [each["id"] for each in result.get("relatedLocations", [])]
        assert ids == list(range(1, len(ids) + 1))
        assert not re.search(r"(?<!\{)\{\d+\}(?!\})|\]\(", result["message"]["text"])
        for place in [*result["locations"], *result.get("relatedLocations", [])]:
            region = place["physicalLocation"]["region"]
            assert region["startLine"] <= region["endLine"]
    known = {each["id"] for each in written["tool"]["driver"]["notifications"]}
    notes = written["invocations"][0]["toolExecutionNotifications"]
    assert {note["descriptor"]["id"] for note in notes} <= known
    run_: dict[str, Any] = written
    return run_


@pytest.mark.parametrize("case", NAMES)
def test_the_cases_keep_the_standard(case: str) -> None:
    check(load(case))


@given(runs())
@settings(max_examples=60, deadline=None, derandomize=True)
def test_hostile_runs_keep_the_standard(run: list[Event]) -> None:
    written = check(run)
    assert len(written["results"]) == len(run) - 2


def test_limits_of_code_scanning() -> None:
    written = check(many(1000))
    assert len(written["results"]) == 1000
    assert [rule["id"] for rule in written["tool"]["driver"]["rules"]] == [
        "model/functional_correctness"
    ]


def test_levels_and_security_scores() -> None:
    found = [
        finding(1, severity="minor", category="security", source="analyzer:ruff", rule="S105"),
        finding(2, severity="critical", category="security", source="analyzer:ruff", rule="S105"),
        finding(3, severity="info"),
    ]
    written = check([context(), *found, complete(findings=3)])
    assert [(result["level"], result["ruleId"]) for result in written["results"]] == [
        ("error", "ruff/S105"),
        ("warning", "ruff/S105"),
        ("note", "model/functional_correctness"),
    ]
    assert written["tool"]["driver"]["rules"][1]["properties"] == {
        "tags": ["security"],
        "security-severity": "9.5",
    }


def test_the_id_is_the_fingerprint_that_code_scanning_tracks() -> None:
    (result,) = check([context(), finding(10), complete(findings=1)])["results"]
    assert result["partialFingerprints"] == {
        "reviewerFindingId/v1": "00000000000a",
        "primaryLocationLineHash": "00000000000a:1",
    }


def test_lines_that_are_gone_and_whole_files_stand_at_line_one() -> None:
    run = [
        context(),
        finding(1, side="old", end_line=4),
        finding(2, start_line=None, end_line=None),
        complete(),
    ]
    regions = [
        result["locations"][0]["physicalLocation"]["region"] for result in check(run)["results"]
    ]
    assert regions == [{"startLine": 1, "endLine": 1}] * 2
    said = sorted(result["message"]["text"].split("\n")[0] for result in check(run)["results"])
    assert said == ["The loop never ends", "The loop never ends (lines 3–4 of the base)"]


def test_names_that_are_not_utf8_are_given_exactly() -> None:
    (result,) = check([context(), finding(file_name="caf\udce9 :1.py"), complete(findings=1)])[
        "results"
    ]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert (uri, unquote_to_bytes(uri)) == ("caf%E9%20%3A1.py", b"caf\xe9 :1.py")


def apply(old: bytes, replacements: list[dict[str, Any]]) -> bytes:
    """The fix as a consumer does it: regions in lines and UTF-16 columns, from the last to the
    first."""
    lines = old.split(b"\n")

    def offset(line: int, column: int) -> int:
        start = sum(len(each) + 1 for each in lines[: line - 1])
        if column == 1:
            return start
        units = lines[line - 1].decode("utf-8", "replace").encode("utf-16-le")[: 2 * (column - 1)]
        return start + len(units.decode("utf-16-le").encode())

    for each in reversed(replacements):
        region, content = each["deletedRegion"], each.get("insertedContent", {})
        new = (
            content["text"].encode()
            if "text" in content
            else base64.b64decode(content.get("binary", ""))
        )
        begin, end = (offset(region[f"{at}Line"], region[f"{at}Column"]) for at in ("start", "end"))
        old = old[:begin] + new + old[end:]
    return old


LINES = st.lists(st.sampled_from(["a\n", "b\n", "\n", "ä𐐀\r\n", "c\n"]), max_size=8)


@given(LINES, st.sampled_from(["", "e𐐀nd"]), LINES, st.sampled_from(["", "end"]))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_fixes_make_what_the_patch_makes(
    before: list[str], tail: str, after: list[str], new_tail: str
) -> None:
    old, new = ("".join(before) + tail).encode(), ("".join(after) + new_tail).encode()
    if old == new:
        return
    diff = patches.write([("shop/cart.py", old, new)]).decode()
    patch = Patch(diff=diff, verification="parses", checks=[])
    (result,) = check([context(), finding(patch=patch), complete(findings=1)])["results"]
    (fix,) = result["fixes"]
    assert fix["description"] == {"text": "Patch: applies, parses"}
    (change,) = fix["artifactChanges"]
    assert change["artifactLocation"]["uri"] == "shop/cart.py"
    assert apply(old, change["replacements"]) == new


def test_the_own_lines_are_the_place_and_removed_lines_are_in_words() -> None:
    """The quote of the place begins with a line of context: its number is not the finding's."""
    own = {"start_line": 2, "end_line": 4, "quote": "a\nb\nc", "why": "the place"}
    gone = {"start_line": 9, "end_line": 9, "quote": "  d()", "why": "was called", "side": "old"}
    quotes = [{"file_name": "shop/cart.py", **each} for each in (own, gone)]
    (result,) = check([context(), finding(evidence=quotes), complete(findings=1)])["results"]
    file = {"uri": "shop/cart.py", "uriBaseId": "%SRCROOT%"}
    around = {"startLine": 2, "endLine": 4, "snippet": {"text": "a\nb\nc"}}
    assert result["relatedLocations"] == [
        {
            "id": 1,
            "physicalLocation": {
                "artifactLocation": file,
                "region": {"startLine": 3, "endLine": 3},
                "contextRegion": around,
            },
            "message": {"text": "the place"},
        },
        {
            "id": 2,
            "physicalLocation": {
                "artifactLocation": file,
                "region": {"startLine": 1, "endLine": 1},
            },
            "message": {"text": "was called (removed, line 9 of the base):\n  d()"},
        },
    ]


def test_evidence_is_related_and_the_steps_of_the_flow() -> None:
    quote = {
        "file_name": "b.py",
        "start_line": 7,
        "end_line": 8,
        "quote": "x\ny",
        "why": "called [here](1) {0}",
    }
    (result,) = check([context(), finding(evidence=[quote]), complete(findings=1)])["results"]
    where = {
        "artifactLocation": {"uri": "b.py", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 7, "endLine": 8, "snippet": {"text": "x\ny"}},
    }
    said = {"text": "called [here] (1) {{0}}"}
    assert result["relatedLocations"] == [{"id": 1, "physicalLocation": where, "message": said}]
    (flow,) = result["codeFlows"][0]["threadFlows"]
    assert [step["location"]["message"]["text"] for step in flow["locations"]] == [
        said["text"],
        "The loop never ends",
    ]


@pytest.mark.fault("output", "a SARIF rule in GitHub's code scanning", "it has help of its own")
def test_every_rule_says_what_it_finds_and_what_to_do() -> None:
    found = finding(source="analyzer:ruff", rule="F821", category="functional_correctness")
    model = finding(source="model", rule=None, category="security", severity="critical")
    odd = finding(source="analyzer:new", rule="x](y){0}", category="stability", severity="minor")
    written = {rule["id"]: rule for rule in sarif_rules.rules([found, model, odd])}
    assert list(written) == ["model/security", "new/x](y){0}", "ruff/F821"]
    assert written["ruff/F821"]["name"] == "undefined-name"
    assert written["ruff/F821"]["helpUri"] == "https://docs.astral.sh/ruff/rules/undefined-name/"
    assert written["ruff/F821"]["help"] == {
        "text": "A name is used that is defined nowhere, so the line raises NameError when it runs."
        "\n\nWhat to do: Define or import the name before it is used, or correct its spelling."
        "\n\nSee https://docs.astral.sh/ruff/rules/undefined-name/",
        "markdown": "A name is used that is defined nowhere, so the line raises NameError when it"
        " runs.\n\nWhat to do: Define or import the name before it is used, or correct its"
        " spelling."
        "\n\n[ruff/F821](https://docs.astral.sh/ruff/rules/undefined-name/)",
    }
    assert written["model/security"]["properties"] == {
        "tags": ["security"],
        "security-severity": "9.5",
    }
    unknown = written["new/x](y){0}"]
    assert unknown["fullDescription"]["text"] == (
        "Stability, found by new under the rule new/x] (y){{0}}: each finding says why."
    )
    assert unknown["help"]["markdown"] == (
        r"Stability, found by new under the rule new/x\](y){0}: each finding says why."
    )
    assert "helpUri" not in unknown
    for rule in written.values():
        Draft202012Validator(RULE).validate(rule)
