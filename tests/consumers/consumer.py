#!/usr/bin/env python3
"""A strict reader of the event stream, written from its documentation alone; it shares no code with
what it reads.

    reviewer --agent | consumer.py [--exit-code N] [--max-silence SECONDS] [--schema FILE]

Prints a summary and ends with 0, or says in one line on stderr what breaks the contract and ends
with 1. consumer.mjs is the same in JavaScript and prints the same bytes.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import jsonschema

SCHEMA = Path(__file__).parents[2] / "schemas" / "event.schema.json"
KINDS = {
    "review_context": "ReviewContext",
    "status": "Status",
    "heartbeat": "Heartbeat",
    "finding": "Finding",
    "complete": "Complete",
    "error": "Error",
}
SEVERITIES = ("critical", "major", "minor", "trivial", "info")
ERROR_CODES = {"usage": (2,), "config": (2,), "interrupted": (130, 143)}  # any other error is 4
MOST_BYTES = 4 * 1024 * 1024
SAFE = 2**53 - 1  # beyond it, readers in JavaScript see another number
# Control characters, what turns or hides text in a terminal, and the separators that some readers
# take for line ends.
UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]"
)
INSTRUCTION = re.compile(r"Review comment at @(.+?)(?: at line (\d+))?:\n", re.DOTALL)


class Violation(Exception):
    """One line: what breaks the contract."""


def refuse(text: str) -> NoReturn:
    raise Violation(" ".join(text.split()).encode("ascii", "backslashreplace").decode()[:300])


def need(holds: object, text: str) -> None:
    if not holds:
        refuse(text)


def lines(pieces: Iterable[bytes]) -> Iterator[str]:
    """Each line, without its end, as soon as it is there."""
    rest, total = b"", 0
    for piece in pieces:
        total += len(piece)
        need(total < MOST_BYTES, "the stream is larger than 4 MiB")
        *whole, rest = (rest + piece).split(b"\n")
        for line in whole:
            try:
                text = line.decode("utf-8", "strict")
            except UnicodeDecodeError:
                refuse("a line is not UTF-8")
            need(text.strip(), "a line is blank")
            need(
                not UNSAFE.search(text),
                "a line has a control or format character that is not escaped",
            )
            yield text
    need(not rest, "the last line has no end")
    need(total, "the stream is empty")


def parsed(line: str) -> dict[str, Any]:
    """The event. Stricter than `json.loads`: no NaN, no key twice, no number or text that others
    read differently."""

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(items)
        need(len(made) == len(items), "a key occurs twice")
        return made

    try:
        event: Any = json.loads(
            line, object_pairs_hook=pairs, parse_constant=int
        )  # int knows neither NaN nor Infinity
    except (ValueError, RecursionError):
        refuse(f"a line is no JSON: {line[:80]}")
    need(isinstance(event, dict), "a line is no JSON object")
    portable(event)
    need(isinstance(event.get("type"), str), "an event has no type")
    return dict(event)


def portable(value: Any) -> None:
    if isinstance(value, str):
        need(
            not any("\ud800" <= char <= "\udfff" for char in value),
            "a text has half a surrogate pair",
        )
    elif isinstance(value, int | float):
        need(abs(value) <= SAFE, "a number is too large")  # infinity as well
    elif isinstance(value, list):
        for each in value:
            portable(each)
    elif isinstance(value, dict):
        for key, each in value.items():
            portable(key)
            portable(each)


class Reader:
    """What was seen so far. Types and keys that are not known are passed over, as the contract
    asks."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self.valid = {
            kind: jsonschema.Draft202012Validator(
                {"$ref": f"#/$defs/{name}", "$defs": schema["$defs"]}
            )
            for kind, name in KINDS.items()
        }
        self.context: dict[str, Any] | None = None
        self.end: dict[str, Any] | None = None
        self.findings: dict[str, dict[str, Any]] = {}
        self.places: set[str] = set()  # ids of other places of the findings
        self.elapsed = 0.0
        self.said = ""  # the verdict that a status event gave

    def take(self, event: dict[str, Any]) -> None:
        kind = event["type"]
        need(self.end is None, f"{kind} comes after the last event")
        if kind in self.valid:
            wrong = next(self.valid[kind].iter_errors(event), None)
            need(
                wrong is None,
                f"{kind} does not fit the schema: {wrong and wrong.json_path}:"
                f" {wrong and wrong.message}",
            )
        if kind == "review_context":
            need(self.context is None, "review_context comes twice")
            need(event.get("schemaVersion") == "1.0", "review_context has no schemaVersion")
            self.context = event
        elif kind != "error":
            need(self.context is not None, f"{kind} comes before review_context")
        if kind == "status" and event["status"].startswith("review_"):
            self.said = event["status"]
        elif kind == "heartbeat":
            need(
                event["unitsDone"] <= event["unitsTotal"], "a heartbeat has done more than there is"
            )
            need(event["elapsedSeconds"] >= self.elapsed, "heartbeats go back in time")
            self.elapsed = event["elapsedSeconds"]
        elif kind == "finding":
            self.finding(event)
        elif kind == "complete":
            self.complete(event)
            self.end = event
        elif kind == "error":
            need(
                event["message"].strip() and "\n" not in event["message"],
                "the message of an error is not one line",
            )
            need(
                not self.findings or event["errorType"] == "internal",
                "findings, but the run could not look",
            )
            self.end = event

    def finding(self, event: dict[str, Any]) -> None:
        need(event["id"] not in self.findings, f"the id {event['id']} comes twice")
        start, end = event["startLine"], event["endLine"]
        need((start is None) == (end is None), "a finding has half a range of lines")
        need(start is None or start <= end, "a finding ends before it starts")
        need(
            re.fullmatch("model|reviewer|analyzer:.+", event["source"]),
            "a finding has an unknown source",
        )
        need(event["title"].strip() and event["comment"].strip(), "a finding says nothing")
        named(event)
        for quote in event["evidence"]:
            named(quote)
            need(quote["startLine"] <= quote["endLine"], "a quote ends before it starts")
        if event["evidence"] and start is not None:
            first = event["evidence"][0]
            need(key(first) == key(event), "the first quote is from another file")
            need(
                first["startLine"] <= end and start <= first["endLine"],
                "the first quote is not the place",
            )
        if not (instruction := INSTRUCTION.match(event["codegenInstructions"])):
            refuse("codegenInstructions does not begin with the place")
        need(instruction[2] == (start and str(start)), "codegenInstructions names another line")
        ranged = (
            start is None
            or start == end
            or f"around lines {start} - {end}" in event["codegenInstructions"]
        )
        need(ranged, "codegenInstructions does not name the range of lines")
        for place in event.get("places", []):
            named(place)
            need(place["startLine"] <= place["endLine"], "a place ends before it starts")
            need(place["id"] not in self.places, f"the place {place['id']} comes twice")
            self.places.add(place["id"])
        need(
            event["severity"] == "info" or not event.get("preexisting"),
            "what was there before is more than info",
        )
        if event["patch"] is not None:
            need(event["patch"]["diff"].strip(), "a patch is empty")
            decoded(event["patch"].get("diffBase64"), event["patch"]["diff"])
        self.findings[event["id"]] = event

    def complete(self, event: dict[str, Any]) -> None:
        counts = Counter(finding["severity"] for finding in self.findings.values())
        need(
            event["findings"] == len(self.findings),
            "complete.findings is not the number of findings",
        )
        for severity in SEVERITIES:
            need(
                event["counts"].get(severity, -1) >= counts[severity],
                f"complete.counts is wrong about {severity}",
            )
        if unsent := sum(event["counts"][severity] for severity in SEVERITIES) - len(self.findings):
            need(event["outcome"] != "completed", "findings were left out without a warning")
            need(
                f"{unsent} more findings" in event["message"],
                "complete.counts has findings that nothing tells of",
            )
        self.coverage(event)
        resolved = event["resolved"]
        need(
            all(re.fullmatch("[0-9a-f]{12}", name) for name in resolved),
            "complete.resolved has what is no id",
        )
        need(len(set(resolved)) == len(resolved), "complete.resolved names an id twice")
        need(not self.places & set(self.findings), "a place is a finding of its own, too")
        known = self.places | set(self.findings)
        need(not set(resolved) & known, "a finding is both reported and resolved")
        need(
            event["usage"]["cachedTokens"] <= event["usage"]["promptTokens"],
            "more tokens are cached than were sent",
        )
        need(
            event["durationSeconds"] >= self.elapsed, "the run was shorter than its heartbeats say"
        )
        need(self.said in ("", event["status"]), "the last status says otherwise than complete")
        need(event["message"].strip(), "complete has no message")
        failed, code = event["outcome"] == "failed", event["exitCode"]
        if event["message"] == "Review completed":
            need(event["outcome"] == "completed", "the message says that there is nothing to add")
        need(code != 0 or not failed, "the exit code 0 of a failed run")
        need(code != 3 or failed, "the exit code 3 of a run that did not fail")
        counted = [each for each in self.findings.values() if not each.get("preexisting")]
        need(code != 1 or counted, "the exit code 1 without findings")
        if event["status"] == "review_skipped":
            need(
                not self.findings and not event["reviewedFiles"],
                "skipped, but something was reviewed",
            )
            need(code != 1, "the exit code 1 of a skipped review")

    def coverage(self, event: dict[str, Any]) -> None:
        assert self.context is not None
        for item in event["skippedFiles"] + event["unreviewedFiles"]:
            named(item)
        reviewed = [(name, None) for name in event["reviewedFiles"]]
        everything = reviewed + [
            key(item) for item in event["skippedFiles"] + event["unreviewedFiles"]
        ]
        plain = [
            item for item in everything if "\ufffd" not in item[0]
        ]  # two names may be replaced by the same text
        need(
            len(set(plain)) == len(plain),
            "a file is named twice in what was reviewed, skipped and not reviewed",
        )
        missing, listed = event["unreviewedFileCount"], len(event["unreviewedFiles"])
        whole = (
            missing == listed or f"{listed:,} of {missing:,} unreviewedFiles" in event["message"]
        )
        need(missing >= listed and whole, "unreviewedFileCount is not that of the list")
        need(
            (missing > 0) == (event["outcome"] == "failed"),
            "the outcome contradicts what was not reviewed",
        )
        need(len(reviewed) <= self.context["files"], "more files were reviewed than there are")

    def close(self, exit_code: int | None) -> dict[str, Any]:
        if self.end is None:
            refuse("the stream ends without complete or error")
        whole = self.end["type"] == "complete"
        codes = (self.end["exitCode"],) if whole else ERROR_CODES.get(self.end["errorType"], (4,))
        expected = " or ".join(map(str, codes))
        need(
            exit_code is None or exit_code in codes,
            f"the process ended with {exit_code}, not {expected}",
        )
        return self.end


def key(item: dict[str, Any]) -> tuple[str, str | None]:
    return item["fileName"], item.get("fileNameBase64")


def named(item: dict[str, Any]) -> None:
    need(item["fileName"], "a file has no name")
    decoded(item.get("fileNameBase64"), item["fileName"])


def decoded(encoded: str | None, text: str) -> None:
    """Base64 is for bytes that are not UTF-8, and the text beside it shows them with U+FFFD."""
    if encoded is None:
        return
    try:
        data = base64.b64decode(encoded, validate=True)
    except ValueError:
        refuse("base64 is broken")
    need(base64.b64encode(data).decode() == encoded, "base64 is broken")
    need(data.decode(errors="replace") == text and "\ufffd" in text, "base64 and text differ")


def described(finding: dict[str, Any]) -> str:
    place = (
        f"{json.dumps(finding['fileName'])}:{finding['startLine'] or 0}-{finding['endLine'] or 0}"
        f" {finding['id']}"
    )
    patch = finding["patch"]["verification"] if finding["patch"] else "no-patch"
    return (
        f"{finding['severity']} {place} {finding['state']} {patch} {json.dumps(finding['title'])}\n"
    )


def summary(findings: Iterable[dict[str, Any]], end: dict[str, Any]) -> str:
    """ASCII only; ordered by what it says, so that no language's own order of text plays a part."""
    made = sorted(map(described, findings))
    if end["type"] == "error":
        return (
            f"outcome: error {end['errorType']}\nclean: unknown\nfindings: {len(made)}\n"
            + "".join(made)
        )
    skipped, looked = end["status"] == "review_skipped", end["outcome"] != "failed"
    outcome = f"{end['outcome']}{' (skipped)' if skipped else ''}"
    clean = "no" if made else "yes" if looked and not skipped else "unknown"
    missing = sorted(
        f"unreviewed {item['reason']} {json.dumps(item['fileName'])}\n"
        for item in end["unreviewedFiles"]
    )
    head = (
        f"outcome: {outcome}\nclean: {clean}\nfindings: {len(made)}\nreviewed:"
        f" {len(end['reviewedFiles'])}\n"
    )
    return head + "".join(made) + "".join(missing)


def check(pieces: Iterable[bytes], exit_code: int | None, schema: dict[str, Any]) -> str:
    """The summary. Raises Violation."""
    reader = Reader(schema)
    for line in lines(pieces):
        reader.take(parsed(line))
    return summary(reader.findings.values(), reader.close(exit_code))


def arriving(most: float | None) -> Iterator[bytes]:
    last = time.monotonic()
    while piece := os.read(0, 1 << 16):
        now = time.monotonic()
        need(most is None or now - last <= most, "the stream was silent for too long")
        last = now
        yield piece


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--exit-code", type=int)
    parser.add_argument("--max-silence", type=float)
    parser.add_argument("--schema", type=Path, default=SCHEMA)
    options = parser.parse_args()
    schema = json.loads(options.schema.read_text(encoding="utf-8"))
    try:
        print(check(arriving(options.max_silence), options.exit_code, schema), end="")
    except Violation as violation:
        print(f"violation: {violation}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
