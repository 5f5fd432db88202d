"""Checks whether a file can be trained on: every line by itself, and no duplicates."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewer import replies, text
from reviewer.errors import UsageError

MAX_LINE = 16 << 20  # bytes
ROLES = ("system", "user", "assistant")
PROVENANCE = ("kind", "findings", "repository", "commit", "licence", "date", "model", "toolVersion")


@dataclass(frozen=True, slots=True)
class Problem:
    line: int  # 1-based
    message: str


def read_rows(path: Path) -> Iterator[tuple[int, Any, str]]:
    """(line number, value, "") or (line number, None, problem) for each line that is not blank.

    Raises UsageError when the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            for number, line in enumerate(iter(lambda: file.readline(MAX_LINE + 1), b""), 1):
                if len(line) > MAX_LINE:
                    yield (
                        number,
                        None,
                        f"longer than {MAX_LINE >> 20} MiB; nothing after it was read",
                    )
                    return
                if line.strip():
                    yield (number, *_parsed(line))
    except OSError as exc:
        raise UsageError(f"cannot read {text.one_line(str(path))}: {exc.strerror}") from None


def _parsed(line: bytes) -> tuple[Any, str]:
    try:
        value = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        return None, "not JSON in UTF-8"
    return (value, "") if isinstance(value, dict) else (None, "not a JSON object")


def validate(
    rows: Iterable[tuple[int, Any, str]], *, max_tokens: int, estimate: Callable[[str], int]
) -> tuple[int, list[Problem]]:
    """(number of rows, their problems). `estimate` returns the number of tokens in a text."""
    from jsonschema import Draft202012Validator

    schema = Draft202012Validator(replies.portable_schema(replies.Reply))
    count = 0
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for number, value, broken in rows:
        count += 1
        found = [broken] if broken else [*_problems(value, schema, max_tokens, estimate)]
        said = (
            json.dumps([value.get(name) for name in ("messages", "prompt", "chosen", "rejected")])
            if value
            else ""
        )
        if said and seen.setdefault(said, number) != number:
            found.append(f"the same as line {seen[said]}")
        problems += [Problem(number, each) for each in found]
    return count, problems


def _problems(
    value: dict[str, Any], schema: Any, max_tokens: int, estimate: Callable[[str], int]
) -> Iterator[str]:
    pairs = "prompt" in value
    shapes = (
        {"prompt": ROLES[:2], "chosen": ROLES[2:], "rejected": ROLES[2:]}
        if pairs
        else {"messages": ROLES}
    )
    broken = [
        said for name, roles in shapes.items() if (said := _shape(name, value.get(name), roles))
    ]
    yield from broken
    if not broken:
        parts = {name: [str(each["content"]) for each in value[name]] for name in shapes}
        for name, contents in parts.items():
            if any(text.neutral(each) != each for each in contents):
                yield f"{name} holds a control token of the chat template"
            if name != "prompt" and (said := _target(contents[-1], schema)):
                yield f"{name}: {said}"
        if pairs and parts["chosen"] == parts["rejected"]:
            yield "chosen and rejected are the same"
        asked = sum(map(estimate, parts.get("prompt", [])))
        longest = asked + max(
            sum(map(estimate, each)) for name, each in parts.items() if name != "prompt"
        )
        if longest > max_tokens:
            yield f"about {longest:,} tokens, more than {max_tokens:,}"
    known = value.get("metadata")
    missing = [name for name in PROVENANCE if not isinstance(known, dict) or name not in known]
    if missing:
        yield f"metadata lacks {', '.join(missing)}"


def _shape(name: str, messages: Any, roles: Sequence[str]) -> str:
    wanted = ", ".join(roles)
    if not isinstance(messages, list) or not all(isinstance(each, dict) for each in messages):
        return f"{name} is not a list of messages ({wanted})"
    if [each.get("role") for each in messages] != list(roles):
        return f"the roles of {name} are not {wanted}"
    if not all(
        isinstance(each.get("content"), str) and each["content"].strip() for each in messages
    ):
        return f"a message of {name} is empty or not text"
    return ""


def _target(content: str, schema: Any) -> str:
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return "the target is not JSON"
    wrong = min(
        schema.iter_errors(value), key=lambda error: list(map(str, error.path)), default=None
    )
    if wrong is None:
        return ""
    place = "/".join(map(str, wrong.path)) or "the top level"
    return text.one_line(
        f"the target does not match the reply schema at {place} ({wrong.validator})"
    )
