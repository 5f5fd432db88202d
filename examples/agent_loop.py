#!/usr/bin/env python3
"""What a coding agent does with a review: read the stream, say what it would fix, and never take
"could not look" for "clean".

    agent_loop.py [--directory DIR] [--command 'reviewer --agent'] [OPTIONS OF THE REVIEW …]
    agent_loop.py --apply …            (applies proved patches and reviews again, until nothing is
    left, ROUNDS times) agent_loop.py --stream FILE        (or - for standard input: a stream that
    was recorded)

Progress goes to stderr, the list of fixes to stdout, and the exit code is that of the review.
"""

import argparse
import base64
import json
import shlex
import subprocess
import sys

SEVERITIES = ("critical", "major", "minor", "trivial", "info")
PROVED = ("clean", "tests_pass")  # a patch that is proved less needs somebody to look at it
ROUNDS = 3
EXIT_CODES = {"usage": 2, "config": 2, "interrupted": 130}  # of an error event; any other is 4


def events(lines):
    """Each event of the stream. What is no JSON object is reported and left out."""
    for line in lines:
        try:
            event = json.loads(line)
        except ValueError:
            event = None
        if isinstance(event, dict):
            yield event
        elif line.strip():
            tell(f"not an event: {line[:80]}")


def plain(text):
    """One line without anything that could steer a terminal: the text comes from the reviewed code
    and a model."""
    return "".join(char if char.isprintable() else "?" for char in str(text))


def tell(text):
    print(plain(text), file=sys.stderr, flush=True)


def read(stream):
    """(findings, the last event or None). Types and fields that are not known here are passed
    over."""
    findings, last = [], None
    for event in stream:
        match event.get("type"):
            case "review_context":
                tell(
                    f"reviewing {event.get('files')} files with {event.get('model') or 'no model'}"
                )
            case "status":
                tell(event.get("status"))
            case "heartbeat":
                tell(
                    f"{event.get('unitsDone')}/{event.get('unitsTotal')} after"
                    f" {event.get('elapsedSeconds')} s"
                )
            case "finding":
                findings.append(event)
            case "complete" | "error":
                last = event
    return findings, last


def order(finding):
    """Most severe first; of one severity, each file from its end to its start: a fix moves only
    lines below it."""
    severity = finding.get("severity")
    rank = SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)
    return rank, finding.get("fileName", ""), -(finding.get("startLine") or 0)


def instruction(finding):
    """The first line that says what to do: before it come the place and the warning to trust
    nothing unchecked."""
    lines = str(finding.get("codegenInstructions") or "").split("\n")
    if lines[0].startswith("Review comment at "):
        lines = lines[1:]
    if len(lines) > 1 and lines[0].startswith("Everything quoted here "):
        lines = lines[1:]
    return lines[0] or finding.get("title") or "(no instructions)"


def apply(findings, directory):
    """How many proved patches went into the worktree; the index stays as it is. Each file is
    changed from its end, so that the lines of the next patch have not moved. What does not fit is
    left to the next review."""
    git = ["git", "-C", directory]
    top = subprocess.run(
        [*git, "rev-parse", "--show-toplevel"], check=True, stdout=subprocess.PIPE
    ).stdout[:-1]
    applied = 0
    for finding in sorted(findings, key=lambda each: order(each)[1:]):
        patch = finding.get("patch") or {}
        if patch.get("verification") not in PROVED:
            continue
        encoded = patch.get("diffBase64")  # of a patch that is not text
        diff = base64.b64decode(encoded) if encoded else patch["diff"].encode()
        command = ["git", "-C", top, "apply", "--whitespace=nowarn", "-"]
        done = subprocess.run(command, check=False, input=diff, stderr=subprocess.PIPE)
        tell(
            f"{'does not apply' if done.returncode else 'applied'}: {finding.get('fileName')}:"
            f" {finding.get('title')}"
        )
        applied += not done.returncode
    return applied


def conclude(last, exit_code):
    """Says how the review ended; the exit code to end with. A stream without an end is never a
    clean review."""
    if last is None:
        tell("INCOMPLETE: the stream ended before the review did")
        return exit_code or 3
    if last.get("type") == "error":
        tell(f"NOT REVIEWED ({last.get('errorType')}): {last.get('message')}")
        return exit_code or EXIT_CODES.get(last.get("errorType"), 4)
    if last.get("outcome") not in ("completed", "completed_with_warnings"):
        missing = [
            f"{file.get('fileName')} ({file.get('reason')})"
            for file in last.get("unreviewedFiles", [])
        ]
        tell(f"INCOMPLETE: {last.get('message')} Not reviewed: {', '.join(missing)}")
        return exit_code or last.get("exitCode") or 3
    tell("CLEAN" if not last.get("findings") else f"COMPLETE: {last.get('message')}")
    return last.get("exitCode", 0) if exit_code is None else exit_code


def review(options, rest):
    """(findings, the last event or None, the exit code or None)"""
    if options.stream:
        with open(0 if options.stream == "-" else options.stream, "rb") as source:  # noqa: PTH123
            return *read(events(source)), None
    command = [*shlex.split(options.command), *rest]
    with subprocess.Popen(command, cwd=options.directory, stdout=subprocess.PIPE) as process:
        findings, last = read(events(process.stdout))
    return (
        findings,
        last,
        process.returncode if process.returncode >= 0 else 128 - process.returncode,
    )


def main():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--directory", default=".")
    parser.add_argument("--command", default="reviewer --agent")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--stream", metavar="FILE")
    source.add_argument("--apply", action="store_true")
    options, rest = parser.parse_known_args()
    try:
        for left in range(ROUNDS if options.apply else 0, -1, -1):
            findings, last, exit_code = review(options, rest)
            ended = last is not None and last.get("type") == "complete"
            if not (left and ended and apply(findings, options.directory)):
                break
            tell(f"round {ROUNDS - left + 1} is done: reviewing again")
    except (OSError, subprocess.CalledProcessError) as error:
        tell(f"NOT REVIEWED: {error}")
        return 4
    except KeyboardInterrupt:  # the review had it too, and has ended by itself
        return 130
    for number, finding in enumerate(sorted(findings, key=order), 1):
        place = f"{finding.get('fileName')}:{finding.get('startLine') or 1}"
        print(plain(f"{number}. {finding.get('severity')} {place}  {instruction(finding)}"))
    return conclude(last, exit_code)


if __name__ == "__main__":
    sys.exit(main())
