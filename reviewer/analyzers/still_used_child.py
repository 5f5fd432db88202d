"""Reads what files define, import and mention, in a process of its own: hostile input can make a
parser hang, overflow its stack or panic, which must not end the review.

Reads {"files": [[key, path, source, [name, …]], …]} on stdin and writes a JSON line for each file:
{"key", "defs": [[name, kind, start, end, header], …], "imports": [[name, module, attr, level,
line], …], "exports": [[name, …], [module, …], known] or null, "mentions": [[name, line, role,
before, count, scope, types], …]}; only {"key"} for a file that has no outline.
"""

from __future__ import annotations

import json
import sys
from typing import Any

_HEADER, _LINES = 3000, 60  # characters of a header, and lines of the beginning of a class


def main() -> None:
    sys.path[:0] = sys.argv[1:2]  # where this project is
    sys.path += sys.argv[2:]  # where ast-grep-py is installed
    for key, path, source, names in json.load(sys.stdin)["files"]:
        sys.stdout.write(json.dumps({"key": key} | facts(path, source, names)) + "\n")


def facts(path: str, source: str, names: list[str]) -> dict[str, Any]:
    from ast_grep_py import SgRoot

    from reviewer.languages import language_of
    from reviewer.languages.outline import MAX_BYTES, split_lines
    from reviewer.languages.roles import mentions

    data = source.encode("utf-8", "replace")
    language = language_of(path, data)
    if language is None or language.outline is None or language.grammar is None:
        return {}
    if len(data) > MAX_BYTES:
        return {}
    outline = language.outline(data, language)
    text = split_lines(data)[0].replace("\0", " ")
    root = SgRoot(text, language.grammar.name).root()
    exports = language.exports(root) if language.exports else None
    return {
        "defs": [
            (item.name, item.kind, item.start, item.end, _header(outline.lines, item))
            for item in outline.defs
        ],
        "imports": [
            (item.name, item.module, item.attr, item.level, item.start) for item in outline.imports
        ],
        "exports": exports and (sorted(exports.names), exports.stars, exports.known),
        "mentions": [
            (each.name, each.line, each.role, each.before, each.count, each.scope, each.types)
            for each in mentions(root, text, outline, names)
        ],
    }


def _header(lines: Any, item: Any) -> str:
    last = min(item.end, item.start + _LINES if item.kind == "class" else item.header)
    return "\n".join(lines[item.start - 1 : last])[:_HEADER]


if __name__ == "__main__":
    main()
