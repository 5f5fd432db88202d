"""Our own text in files: a complete skill file, or a block in a file of others. A marker line
identifies it, shows whether it was edited, and records what was created along with it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reviewer import resources
from reviewer.doors.integrations.hosts import NAME, Host

VERSION = 1
_HEAD = 4096  # bytes searched for the marker of a skill file
_MARK = re.compile(rb"<!-- %s (\d+) ([0-9a-f]{16}) (\{[^\n]*\}) -->\r?\n" % NAME.encode())
_END = f"<!-- /{NAME} -->\n"


@dataclass(frozen=True, slots=True)
class MarkedText:
    """Our text and its marker, at `start` to `end` of the file. `made`: what the marker records
    about files and keys created along with it; `edited`: the text was changed."""

    start: int
    end: int
    made: Mapping[str, Any]
    edited: bool


def skill(host: Host, made: Mapping[str, Any]) -> bytes:
    """The complete skill file. The marker follows the front matter, which must come first."""
    front, body = _front(), _body(host)
    return (front + _marker(front + body, made) + "\n" + body).encode()


def find_skill(data: bytes) -> MarkedText | None:
    mark = _MARK.search(data[:_HEAD])
    if mark is None:
        return None
    rest = data[: mark.start()] + data[mark.end() :].removeprefix(b"\r").removeprefix(b"\n")
    return MarkedText(0, len(data), _made(mark[3]), _digest(rest) != mark[2])


def with_block(data: bytes | None, host: Host) -> bytes:
    """The file with our block, at its end or where it was. `data` is None for a missing file."""
    old = data or b""
    found, mark = find_block(old), _MARK.search(old)
    newline = b"\r\n" if b"\r\n" in old else b"\n"
    lead = 0 if not old else 1 if old.endswith(b"\n") else 2
    made = found.made if found else {"lead": lead, "file": data is None}
    body = _body(host)
    block = (_marker(body, made) + body + _END).encode().replace(b"\n", newline)
    if found and mark:
        return old[: mark.start()] + block + old[found.end :]
    return old + newline * lead + block


def find_block(data: bytes) -> MarkedText | None:
    """Our block, with the empty lines that we put before it."""
    mark = _MARK.search(data)
    if mark is None:
        return None
    end = re.compile(re.escape(_END.strip().encode()) + rb"\r?\n?").search(data, mark.end())
    if end is None:  # the end marker is lost, so the extent of our block is unknown
        return MarkedText(mark.start(), len(data), {}, True)
    made = _made(mark[3])
    start = mark.start()
    for _ in range(min(2, made["lead"]) if isinstance(made.get("lead"), int) else 0):
        before = data[:start]
        start -= 2 if before.endswith(b"\r\n") else 1 if before.endswith(b"\n") else 0
    return MarkedText(start, end.end(), made, _digest(data[mark.end() : end.start()]) != mark[2])


def _marker(text: str, made: Mapping[str, Any]) -> str:
    digest = _digest(text.encode()).decode()
    return f"<!-- {NAME} {VERSION} {digest} {json.dumps(made, separators=(',', ':'))} -->\n"


def _digest(text: bytes) -> bytes:
    """Ignores line endings, which git may have changed."""
    return hashlib.sha256(text.replace(b"\r\n", b"\n")).hexdigest()[:16].encode()


def _made(text: bytes) -> Mapping[str, Any]:
    try:
        made = json.loads(text)
    except ValueError:
        return {}
    return made if isinstance(made, dict) else {}


def _front() -> str:
    return resources.text("prompts/integrations/skill.md")


def _body(host: Host) -> str:
    body = resources.text("prompts/integrations/body.md")
    return (
        body
        if host.name == "generic"
        else body + resources.text(f"prompts/integrations/{host.name}.md")
    )
