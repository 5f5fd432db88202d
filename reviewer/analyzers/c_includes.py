"""The headers of the repository that C and C++ files include. Every other `#include` is taken out:
whoever reads the files must not open what lies outside of them."""

from __future__ import annotations

import posixpath
import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from reviewer.analyzers.base import MAX_BYTES, Limits
from reviewer.types import Change, Side

_MAX_FILES = 300
_MAX_TOTAL = 8 << 20  # bytes
_MAX_FOLDERS = 60
# With names of plain letters only: nothing in them has another meaning for a preprocessor.
_DIRECTIVE = rb"^(?P<begins>[ \t]*#[ \t]*include[ \t]*)[\"<](?P<name>[\w./+-]{1,200})[\">]"
_ASKED = rb"\b__has_include(?:_next)?\s*\(\s*[\"<][^\">\n]{0,200}[\">]\s*\)"
_SPLIT = rb"(?:(?:\\|\?\?/)[ \t]*\r?\n)?"  # a line may be continued in the middle of a word
_WORD = re.compile(
    _DIRECTIVE
    + rb"|(?P<asked>%s)|(?P<word>%s)"
    % (_ASKED, _SPLIT.join(bytes((each,)) for each in b"include")),
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Included:
    files: dict[str, bytes] = field(default_factory=dict)  # by path, as they may be read
    folders: dict[str, None] = field(default_factory=dict)  # where headers are looked for


def gather(change: Change, side: Side, sources: Mapping[str, bytes], limits: Limits) -> Included:
    """`sources`, by path, and the headers that they include, near or far.

    Raises AnalyzerError if the time is up.
    """
    found = Included()
    index: dict[str, list[str]] = {}
    for path in change.list_files(side):
        index.setdefault(posixpath.basename(path), []).append(path)
    waiting = deque(sources.items())
    known = set(sources)
    total = sum(map(len, sources.values()))

    def include(path: str, name: str) -> bool:
        """Whether the file `path` may include `name`."""
        nonlocal total
        target, folder = _resolved(path, name, index)
        if target is None or (folder not in found.folders and len(found.folders) >= _MAX_FOLDERS):
            return False
        if target not in known:
            data = change.read(target, side) if len(known) < _MAX_FILES + len(sources) else None
            if data is None or len(data) > MAX_BYTES or total + len(data) > _MAX_TOTAL:
                return False
            total += len(data)
            known.add(target)
            waiting.append((target, data))
        if folder is not None:
            found.folders[folder] = None
        return True

    while waiting:
        limits.check()
        path, data = waiting.popleft()

        def harmless(match: re.Match[bytes], path: str = path) -> bytes:
            if match["name"] and include(path, match["name"].decode("ascii", "replace")):
                return match[0]
            if match["asked"]:
                return b"0" + b"\n" * match[0].count(b"\n")
            return re.sub(rb"e(?=[^e]*\Z)", b"_", match["begins"] or match["word"]) + (
                match[0][len(match["begins"]) :] if match["begins"] else b""
            )

        found.files[path] = _WORD.sub(harmless, data)
    return found


def _resolved(
    path: str, name: str, index: Mapping[str, list[str]]
) -> tuple[str | None, str | None]:
    """The file of the repository that an include means, and the folder to look for it in, unless it
    is found from the file that includes it."""
    known = index.get(posixpath.basename(name), ())
    beside = posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
    if name.startswith("/"):
        return None, None
    if beside in known:
        return beside, None
    if ".." in name.split("/"):
        return None, None
    fitting = [each for each in known if f"/{each}".endswith(f"/{name}")]
    if not fitting:
        return None, None
    best = max(fitting, key=lambda each: (len(posixpath.commonprefix((each, path))), each))
    return best, best[: -len(name)].rstrip("/")
