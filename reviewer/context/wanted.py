"""Reads what the model asks to see: a name as it is written in some language, a file, a place in
one, or a literal."""

from __future__ import annotations

import re
from dataclasses import dataclass

from reviewer.context.index import Index, distance
from reviewer.languages.arity import listed

_MAX = 160  # characters; nothing longer is a name
_NAME = r"[A-Za-z_$][\w$]*"
_DOTTED = re.compile(rf"{_NAME}(?:\.{_NAME}){{0,6}}")
_STEPS = re.compile(r"\?\.|!\.|->|::|#|\.{1,2}")
_GENERIC = re.compile(r"<[^<>]{0,80}>")
_EMPTY = re.compile(r"\(\)(?=\.|->|::|\?\.)")  # `cart().total`
_RECEIVER = re.compile(rf"\(\s*(?:{_NAME}\s+)?\*?({_NAME})\s*\)\s*\.?\s*({_NAME})")  # Go's methods
_WORDS = re.compile(
    r"(?i)(?:(?:the|a|an|definition|body|source|signature|code|implementation|of|public|private|"
    r"static|async|new|function|func|def|fn|fun|method|class|struct|interface|trait|impl|enum|type|"
    r"macro|const|constant|var|variable|let|field|property|attribute|key|module|package|file|regex|"
    r"#define)\s+){1,6}"
)
_IN = re.compile(r"(\S{1,120})\s{1,4}(?:(?:in|from|of|at)\s{1,4}(\S{1,160})|\((\S{1,160})\))")
_PLACE = re.compile(r"([^\s:]{1,160}):{1,2}(\S{1,120})")
_LINES = re.compile(r"L?(\d{1,7})(?:-L?\d{1,7})?")
_QUOTES = "`'\"“”‘’"


@dataclass(frozen=True, slots=True)
class Wanted:
    """`parts` are those of a dotted name, empty if it is none. `files` are the files named with it,
    nearest first; a file without a name or `line` is asked for as a whole. `passed` is the number
    of arguments in the call that was written, if one was."""

    asked: str  # what the model wrote
    parts: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    line: int = 0
    call: bool = False
    passed: int | None = None
    literal: str = ""


def wanted(asked: str, index: Index, near: str) -> Wanted:
    """What `asked` names, in a unit of the file `near`."""
    said = asked.strip().strip(_QUOTES).strip()
    if not said or len(said) > _MAX:
        return Wanted(asked)
    words = None if said in index.files else _WORDS.match(said)
    bare = said[words.end() :].strip(_QUOTES) if words else said
    if files := _files(bare, index, near):
        return Wanted(asked, files=files)
    for pattern, file_first in ((_IN, False), (_PLACE, True)):
        if match := pattern.fullmatch(bare):
            name, where = match[1], next(filter(None, match.groups()[1:]))
            name, where = (where, name) if file_first else (name, where)
            if files := _files(where.strip(f"{_QUOTES}:,"), index, near):
                if lines := _LINES.fullmatch(name):
                    return Wanted(asked, files=files, line=int(lines[1]))
                return _named(asked, name.strip(_QUOTES), files)
    return _named(asked, bare, ())


def _named(asked: str, said: str, files: tuple[str, ...]) -> Wanted:
    literal = said if said and said.isprintable() else ""
    name, call, passed = said.lstrip("&*@~:").removesuffix(";").strip(), False, None
    if match := _RECEIVER.match(name):
        name = f"{match[1]}.{match[2]}{name[match.end() :]}"
    name = _EMPTY.sub("", name)
    bracket = name.find("(")
    if bracket > 0 and name.endswith(")"):
        inside = name[bracket + 1 : -1].strip(" .…")
        call, passed = True, listed(name[bracket:]) if inside else None
        name = name[:bracket]
    name = _GENERIC.sub("", name).strip().rstrip("!:.").lstrip("$")
    name = _STEPS.sub(".", name)
    if not _DOTTED.fullmatch(name):
        return Wanted(asked, files=files, literal=literal)
    return Wanted(asked, tuple(name.split(".")), files, 0, call, passed, literal)


def _files(name: str, index: Index, near: str) -> tuple[str, ...]:
    """The files that a path, or the end of one, can mean, nearest first."""
    name = name.removeprefix("./")
    if not name or name.startswith("/") or name.endswith("/"):
        return ()
    if name in index.files:
        return (name,) if name not in index.removed else ()
    if "/" not in name and "." not in name:
        return ()
    found = (path for path in index.files - index.removed if path.endswith(f"/{name}"))
    return tuple(sorted(found, key=lambda path: distance(path, near)))
