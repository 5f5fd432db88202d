"""A reader that accepts everything proves nothing: every way in which a stream can lie is refused
by both."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from consumers import consumer
from consumers.sessions import (
    LANGUAGES,
    MODELS,
    NODE,
    QUICK,
    SCHEMA,
    asked,
    command,
    run,
    workspace,
)
from support.scripted import finding, reply
from support.server import Server, sse

Events = list[dict[str, Any]]
CONFLICT = "<<<<<<< ours\nx = 1\n=======\nx = 2\n>>>>>>> theirs\n"


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Events:
    """A real stream with findings (one with a patch), a skipped file and one that nobody looked at;
    and a heartbeat, and further places of that one finding."""
    repo = workspace(tmp_path_factory.mktemp("good"))
    repo.write("c.py", CONFLICT)
    repo.write("image.png", b"\x89PNG\0\0")
    repo.write(b"\xff.py", CONFLICT)
    repo.git("update-index", "--assume-unchanged", "b.py")
    patched = finding(
        "    return x + 1", "a.py", oldLines=["    return x + 1"], newLines=["    return x"]
    )
    with Server(chat=[sse(reply(patched))], get=MODELS) as server:
        events = run(repo, *QUICK, "--endpoint", server.url).events()
    events = [event for event in events if event["type"] != "heartbeat"]
    beat = {
        "type": "heartbeat",
        "status": "reviewing",
        "elapsedSeconds": 0.001,
        "unitsDone": 1,
        "unitsTotal": 3,
    }
    one = next(event for event in events if event.get("patch"))
    one["places"] = [
        {"fileName": "c.py", "id": f"{number:012x}", "startLine": 2, "endLine": 3, "side": "new"}
        for number in (1, 2)
    ]
    return [*events[:-1], beat, events[-1]]


def encoded(events: Events) -> bytes:
    return b"".join(json.dumps(event, separators=(",", ":")).encode() + b"\n" for event in events)


def at(events: Events, kind: str, number: int = 0) -> int:
    return [index for index, event in enumerate(events) if event["type"] == kind][number]


def of(events: Events, kind: str, number: int = 0) -> dict[str, Any]:
    return events[at(events, kind, number)]


def patched(events: Events) -> dict[str, Any]:
    return next(event for event in events if event.get("patch"))


def place(events: Events) -> dict[str, Any]:
    found: dict[str, Any] = patched(events)["places"][0]
    return found


def unnamed(events: Events) -> dict[str, Any]:
    return next(event for event in events if event.get("fileNameBase64"))


def put(kind: str, **fields: Any) -> Callable[[Events], None]:
    return lambda events: of(events, kind).update(fields)


def drop(kind: str, key: str) -> Callable[[Events], None]:
    return lambda events: of(events, kind).pop(key)


def inside(kind: str, key: str, **fields: Any) -> Callable[[Events], None]:
    return lambda events: of(events, kind)[key].update(fields)


def moved(kind: str, to: int) -> Callable[[Events], None]:
    return lambda events: events.insert(to, events.pop(at(events, kind)))


def again(kind: str) -> Callable[[Events], None]:
    return lambda events: events.insert(at(events, kind) + 1, copy.deepcopy(of(events, kind)))


def gone(kind: str) -> Callable[[Events], None]:
    return lambda events: events.pop(at(events, kind)) and None


LIES: dict[str, Callable[[Events], object]] = {
    "no end": gone("complete"),
    "two ends": again("complete"),
    "complete, then error": lambda events: events.append(
        {"type": "error", "errorType": "internal", "message": "x", "recoverable": False}
    ),
    "a finding after the end": lambda events: events.append(
        {**of(events, "finding"), "id": "0" * 12}
    ),
    "something unknown after the end": lambda events: events.append({"type": "later"}),
    "no context": gone("review_context"),
    "context late": moved("review_context", 1),
    "context twice": again("review_context"),
    "a finding gone": gone("finding"),
    "a finding twice": again("finding"),
    "two findings with one id": lambda events: of(events, "finding", 1).update(
        id=of(events, "finding")["id"]
    ),
    "wrong number": put("complete", findings=0),
    "wrong count": lambda events: of(events, "complete")["counts"].update(minor=7),
    "count too small": lambda events: of(events, "complete")["counts"].update(major=0),
    "count missing": lambda events: of(events, "complete")["counts"].pop("info"),
    "count negative": inside("complete", "counts", info=-1),
    "unknown severity": put("finding", severity="none"),
    "other severity": put("finding", severity="trivial"),
    "unknown category": put("finding", category="style"),
    "unknown state": put("finding", state="resolved"),
    "unknown source": put("finding", source="somebody"),
    "unknown side": put("finding", side="right"),
    "line 0": put("finding", startLine=0),
    "line 1.5": put("finding", startLine=1.5),
    "line as text": put("finding", startLine="1"),
    "line true": put("finding", startLine=True),
    "ends before it starts": lambda events: patched(events).update(endLine=1),
    "half a range": put("finding", endLine=None),
    "id too short": put("finding", id="abc"),
    "id with capitals": put("finding", id="ABCDEF123456"),
    "title missing": drop("finding", "title"),
    "title empty": put("finding", title=" "),
    "comment null": put("finding", comment=None),
    "no file name": put("finding", fileName=""),
    "confidence 1.5": put("finding", confidence=1.5),
    "suggestions no list": put("finding", suggestions="x"),
    "suggestions of numbers": put("finding", suggestions=[1]),
    "quote of another file": lambda events: of(events, "finding")["evidence"][0].update(
        fileName="z.py"
    ),
    "quote of another place": lambda events: of(events, "finding")["evidence"][0].update(
        startLine=90, endLine=91
    ),
    "quote without text": lambda events: of(events, "finding")["evidence"][0].pop("quote"),
    "instructions without place": put("finding", codegenInstructions="Fix it."),
    "instructions of another line": lambda events: of(events, "finding").update(
        codegenInstructions="Review comment at @c.py at line 77:\nx"
    ),
    "instructions without range": lambda events: next(
        e for e in events if e.get("fileName") == "c.py"
    ).update(codegenInstructions="Review comment at @c.py at line 1:\nx"),
    "place ends before it starts": lambda events: place(events).update(endLine=1),
    "place twice": lambda events: place(events).update(id=f"{2:012x}"),
    "place without a side": lambda events: place(events).pop("side"),
    "place that is the finding": lambda events: place(events).update(id=patched(events)["id"]),
    "place without a name": lambda events: place(events).update(fileName=""),
    "place that is resolved": put("complete", resolved=[f"{1:012x}"]),
    "there before, and major": put("finding", preexisting=True),
    "patch empty": lambda events: patched(events)["patch"].update(diff=""),
    "patch unproved": lambda events: patched(events)["patch"].update(verification="hoped"),
    "check unknown": lambda events: patched(events)["patch"]["checks"][0].update(status="maybe"),
    "base64 of another name": lambda events: unnamed(events).update(fileNameBase64="YWJj"),
    "base64 broken": lambda events: unnamed(events).update(fileNameBase64="/y5we"),
    "base64 with garbage": lambda events: unnamed(events).update(fileNameBase64="/y5w\neQ=="),
    "half a surrogate pair": put("finding", comment="\ud800"),
    "reviewed twice": lambda events: of(events, "complete")["reviewedFiles"].append("a.py"),
    "reviewed and not": lambda events: of(events, "complete")["reviewedFiles"].append("b.py"),
    "skipped and not": lambda events: of(events, "complete")["skippedFiles"].append(
        {"fileName": "b.py", "reason": "binary"}
    ),
    "unknown reason": lambda events: of(events, "complete")["unreviewedFiles"][0].update(
        reason="lazy"
    ),
    "reason to skip": lambda events: of(events, "complete")["unreviewedFiles"][0].update(
        reason="binary"
    ),
    "unreviewed count": put("complete", unreviewedFileCount=0),
    "unreviewed hidden": put("complete", unreviewedFileCount=0, unreviewedFiles=[]),
    "failed called completed": put("complete", outcome="completed"),
    "failed called a warning": put("complete", outcome="completed_with_warnings"),
    "unknown outcome": put("complete", outcome="fine"),
    "nothing to add": put("complete", message="Review completed"),
    "no message": put("complete", message=""),
    "skipped with findings": put("complete", status="review_skipped"),
    "exit code 0": put("complete", exitCode=0),
    "exit code 1": put("complete", exitCode=1),
    "exit code 3 of a whole review": put(
        "complete", unreviewedFiles=[], unreviewedFileCount=0, outcome="completed_with_warnings"
    ),
    "exit code 2": put("complete", exitCode=2),
    "exit code missing": drop("complete", "exitCode"),
    "resolved no id": put("complete", resolved=["x"]),
    "resolved twice": put("complete", resolved=["0" * 12] * 2),
    "resolved and found": lambda events: of(events, "complete").update(
        resolved=[of(events, "finding")["id"]]
    ),
    "more cached than sent": inside("complete", "usage", cachedTokens=10**6),
    "negative tokens": inside("complete", "usage", promptTokens=-1),
    "huge tokens": inside("complete", "usage", promptTokens=2**53),
    "cache gone": drop("complete", "cache"),
    "negative time": put("complete", durationSeconds=-1),
    "shorter than its heartbeats": lambda events: of(events, "heartbeat").update(
        elapsedSeconds=9999
    ),
    "more done than there is": put("heartbeat", unitsDone=4),
    "heartbeats go back": lambda events: events.insert(
        1, {**of(events, "heartbeat"), "elapsedSeconds": 0.002}
    ),
    "status unknown": put("status", status="dreaming"),
    "status skipped": lambda events: of(events, "status", -1).update(status="review_skipped"),
    "phase missing": drop("status", "phase"),
    "other schema version": put("review_context", schemaVersion="2.0"),
    "no schema version": drop("review_context", "schemaVersion"),
    "scope unknown": lambda events: of(events, "review_context")["scope"].update(kind="some"),
    "tool without version": lambda events: of(events, "review_context")["tool"].pop("version"),
    "fewer files than were reviewed": put("review_context", files=0),
    "files null": put("review_context", files=None),
    "no type": drop("status", "type"),
    "type null": put("status", type=None),
    "findings before an error": lambda events: events.__setitem__(
        -1, {"type": "error", "errorType": "auth", "message": "no", "recoverable": True}
    ),
    "error of two lines": lambda events: events.__setitem__(
        slice(None),
        [{"type": "error", "errorType": "auth", "message": "a\nb", "recoverable": True}],
    ),
    "error unknown": lambda events: events.__setitem__(
        slice(None), [{"type": "error", "errorType": "odd", "message": "a", "recoverable": True}]
    ),
    "error of another exit code": lambda events: events.__setitem__(
        slice(None), [{"type": "error", "errorType": "usage", "message": "a", "recoverable": True}]
    ),
}
BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda out: b"",
    "no end of line": lambda out: out[:-1],
    "cut in a line": lambda out: out[: len(out) // 2],
    "cut after a line": lambda out: out[: out.rindex(b"\n", 0, -1) + 1],
    "BOM": lambda out: b"\xef\xbb\xbf" + out,
    "UTF-16": lambda out: out.decode().encode("utf-16-le"),
    "CRLF": lambda out: out.replace(b"\n", b"\r\n"),
    "blank line": lambda out: out.replace(b"\n", b"\n\n", 1),
    "blank line at the end": lambda out: out + b"\n",
    "text before": lambda out: b"reviewing...\n" + out,
    "text after": lambda out: out + b"done\n",
    "two events on a line": lambda out: out.replace(b"\n", b"", 1),
    "one array": lambda out: b"[" + out[:-1].replace(b"\n", b",") + b"]\n",
    "an array among them": lambda out: out.replace(b"\n", b"\n[]\n", 1),
    "a number among them": lambda out: out.replace(b"\n", b"\n1\n", 1),
    "NaN": lambda out: out.replace(b'"durationSeconds":', b'"durationSeconds":NaN,"x":'),
    "infinity": lambda out: out.replace(b'"durationSeconds":', b'"durationSeconds":1e999,"x":'),
    "key twice": lambda out: out.replace(b'"exitCode":', b'"exitCode":0,"exitCode":'),
    "key twice, once escaped": lambda out: out.replace(
        b'"exitCode":', b'"\\u0065xitCode":0,"exitCode":'
    ),
    "not UTF-8": lambda out: out.replace(b'"setting_up"', b'"setting_up","x":"\xff"'),
    "over-long UTF-8": lambda out: out.replace(b'"setting_up"', b'"setting_up","x":"\xc0\xaf"'),
    "surrogate in UTF-8": lambda out: out.replace(
        b'"setting_up"', b'"setting_up","x":"\xed\xa0\x80"'
    ),
    "raw escape": lambda out: out.replace(b'"setting_up"', b'"setting_up","x":"\x1b[2J"'),
    "raw bidi": lambda out: out.replace(b'"setting_up"', '"setting_up","x":"\u202e"'.encode()),
    "raw line separator": lambda out: out.replace(
        b'"setting_up"', '"setting_up","x":"\u2028"'.encode()
    ),
    "raw C1": lambda out: out.replace(b'"setting_up"', '"setting_up","x":"\x9b2J"'.encode()),
    "raw DEL": lambda out: out.replace(b'"setting_up"', b'"setting_up","x":"\x7f"'),
    "comma too many": lambda out: out.replace(b"}\n", b",}\n", 1),
    "single quotes": lambda out: out.replace(b'"type"', b"'type'", 1),
    "too long": lambda out: out.replace(
        b'"setting_up"', b'"setting_up","x":"' + b"x" * 2**22 + b'"'
    ),
}


def refused(out: bytes, code: int) -> str:
    with pytest.raises(consumer.Violation) as caught:
        consumer.check([out], code, SCHEMA)
    return str(caught.value)


def all_refused(streams: dict[str, bytes], code: int) -> None:
    """Both say the same in one line, but for details that their libraries word, and print nothing
    else."""
    reasons = {name: f"violation: {refused(out, code)}\n" for name, out in streams.items()}
    if not NODE:
        pytest.skip("no node: only the consumer in Python was tried")
    with ThreadPoolExecutor(2) as pool:
        answers = pool.map(
            lambda out: asked("node", out, "--exit-code", str(code)), streams.values()
        )
        said = {
            name: (status, out, err.decode())
            for name, (status, out, err) in zip(streams, answers, strict=True)
        }
    details = re.compile("(schema|no JSON): .*")
    short = {
        name: (status, out, details.sub(r"\1", err)) for name, (status, out, err) in said.items()
    }
    assert short == {name: (1, b"", details.sub(r"\1", reason)) for name, reason in reasons.items()}


def test_the_stream_is_good_as_it_is(good: Events):
    said = consumer.check([encoded(good)], 3, SCHEMA)
    assert said.startswith("outcome: failed\nclean: no\nfindings: 3\nreviewed: 3\n")
    for language in LANGUAGES:
        assert asked(language, encoded(good), "--exit-code", "3") == (0, said.encode(), b"")


def test_lies_are_refused(good: Events):
    streams = {}
    for name, lie in LIES.items():
        events = copy.deepcopy(good)
        lie(events)
        streams[name] = encoded(events)
        assert streams[name] != encoded(good), name
    all_refused(streams, 3)


def test_broken_bytes_are_refused(good: Events):
    streams = {name: broken(encoded(good)) for name, broken in BROKEN.items()}
    assert encoded(good) not in streams.values()
    all_refused(streams, 3)


def test_any_other_exit_code_is_refused(good: Events):
    assert {refused(encoded(good), code) for code in (0, 1, 2, 4, 130)} == {
        f"the process ended with {code}, not 3" for code in (0, 1, 2, 4, 130)
    }


@pytest.mark.skipif(not NODE, reason="no node")
def test_a_keyword_that_the_reader_does_not_know_stops_it(good: Events, tmp_path: Path):
    schema = copy.deepcopy(SCHEMA)
    schema["$defs"]["Complete"]["properties"]["message"]["maxLength"] = 10
    (tmp_path / "schema.json").write_text(json.dumps(schema), encoding="utf-8")
    code, out, err = asked("node", encoded(good), "--schema", str(tmp_path / "schema.json"))
    assert (code, out) == (1, b"")
    assert b"unknown keyword in the schema: maxLength" in err
    assert b"violation" not in err


def test_the_readers_import_nothing_of_ours():
    imports = [
        line
        for line in Path(consumer.__file__).read_text(encoding="utf-8").splitlines()
        if line.startswith(("import ", "from "))
    ]
    assert not [line for line in imports if "reviewer" in line or "support" in line]
    for name in ("consumer.mjs", "schema.mjs"):
        text = Path(command("node")[1]).with_name(name).read_text(encoding="utf-8")
        sources = [
            line.rsplit(" from ", 1)[1] for line in text.splitlines() if line.startswith("import ")
        ]
        assert {source.strip(';"') for source in sources} <= {
            "node:fs",
            "node:util",
            "./schema.mjs",
        }
