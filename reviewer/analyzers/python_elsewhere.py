"""Undefined names that exist where the code runs, since the program that runs it defines them or a
module adds them to the builtins; and those that are never reached."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from reviewer.analyzers.base import MAX_BYTES
from reviewer.analyzers.python_dead import dead_names
from reviewer.languages import PYTHON, language_of
from reviewer.types import Change, Evidence

RULE = "F821"
_NAME = re.compile(r"`([^`]+)`")
_MOST = 60  # unchanged files that are looked at
_MOST_NAMES = 80  # that are looked for in them
_EVERYWHERE = frozenset(("get_ipython", "snakemake", "reveal_type", "reveal_locals"))
_SCONS_NAMES = """
    Action AddOption AddPostAction AddPreAction Alias AlwaysBuild Append ARGLIST ARGUMENTS
    BoolVariable Builder BUILD_TARGETS CacheDir Chmod Clean Command COMMAND_LINE_TARGETS Configure
    Copy Decider Default DEFAULT_TARGETS DefaultEnvironment Delete Depends Dir EnsurePythonVersion
    EnsureSConsVersion Entry EnumVariable Environment Execute Exit Export File FindFile
    GetBuildFailures GetLaunchDir GetOption Glob Help Ignore Import Install InstallAs Library
    ListVariable LoadableModule Mkdir Move NoCache NoClean Object PackageVariable PathVariable
    Precious Program Progress Requires Return SConscript Scanner SetOption SharedLibrary
    SharedObject SideEffect Split StaticLibrary StaticObject Tool Touch Value VariantDir Variables
"""
_SCONS = frozenset(_SCONS_NAMES.split())
# By the path and the source of a file: what the program that runs it defines.
_HOSTS: tuple[tuple[re.Pattern[str], re.Pattern[bytes], frozenset[str]], ...] = (
    (re.compile(r"(?:^|/)conf\.py$"), re.compile(rb""), frozenset(("tags",))),  # Sphinx
    (re.compile(r"_config\.py$"), re.compile(rb"get_config\("), frozenset(("get_config",))),
    (
        re.compile(r"config\.py$"),  # qutebrowser
        re.compile(rb"config\.load_autoconfig\("),
        frozenset(("c", "config")),
    ),
    (
        re.compile(r"\.py$"),  # a notebook as a script
        re.compile(rb"^# (?:%%|In\[|COMMAND ---|Databricks notebook)|get_ipython\(", re.MULTILINE),
        frozenset(("display",)),
    ),
    (
        re.compile(r"\.py$"),
        re.compile(rb"\A# Databricks notebook source"),
        frozenset(("spark", "sc", "dbutils", "sqlContext", "displayHTML", "table", "sql")),
    ),
    (re.compile(r"(?:^|/)SCons(?:truct|cript)|^site_scons/"), re.compile(rb""), _SCONS),
    (re.compile(r"\.py$"), re.compile(rb"^Import\(\s*[\"'\[(]", re.MULTILINE), _SCONS),
)
_SCONS_IMPORT = re.compile(rb"^Import\(([^)\n]{1,500})\)", re.MULTILINE)
_WORD = re.compile(rb"[\"' ,\[(](\w+)")
_GETTEXT = frozenset(("_", "gettext", "ngettext", "pgettext", "npgettext", "lgettext", "lngettext"))
_INSTALLS = re.compile(rb"\.install\(|\bimport\b[^\n]{0,200}\binstall\b")
_BUILTIN = re.compile(
    rb"(?P<set>setattr\(\s*)?\b(?:__builtins?__|builtins)(?:\.__dict__)?"
    rb"(?(set)\s*,\s*[\"'](\w+)[\"']"
    rb"|(?:\.(\w+)|\[[\"'](\w+)[\"']\])\s*(?::[^=\n]{0,80})?=(?!=))"
)


def undefined(hit: Evidence) -> str:
    """The name that a hit of RULE is about."""
    found = _NAME.search(hit.message)
    return found[1] if found else ""


def news(
    hits: Iterable[Evidence],
    change: Change,
    sources: Mapping[str, bytes],
    before: Iterable[Evidence],
    check: Callable[[Mapping[str, bytes]], Iterable[Evidence]],
) -> list[Evidence]:
    """The hits without undefined names that are no news. `sources` are the changed files, `before`
    the hits of their old side; `check` finds the hits in other files."""
    every = list(hits)
    open_ = [hit for hit in every if hit.rule == RULE]
    if not open_:
        return every
    known = _EVERYWHERE | {undefined(hit) for hit in before if hit.rule == RULE}
    paths = {hit.path for hit in open_}
    dead = {path: dead_names(sources[path]) for path in paths}
    known_in = {path: known | _of_host(path, sources[path]) for path in paths}
    doubtful = [
        hit
        for hit in open_
        if undefined(hit) not in known_in[hit.path]
        and (hit.start, undefined(hit)) not in dead[hit.path]
    ]
    if doubtful:
        known |= _installed(change, sources)
    if names := sorted({undefined(hit) for hit in doubtful} - known)[:_MOST_NAMES]:
        others = _others(change, names, sources)
        known |= {undefined(hit) for hit in check(others) if hit.rule == RULE} if others else set()
    left = {id(hit) for hit in doubtful if undefined(hit) not in known}
    return [hit for hit in every if hit.rule != RULE or id(hit) in left]


def _of_host(path: str, source: bytes) -> set[str]:
    names: set[str] = set()
    for place, mark, defined in _HOSTS:
        if place.search(path) and mark.search(source):
            names |= defined
    if "Import" in names:
        for statement in _SCONS_IMPORT.finditer(source):
            names |= {
                word.decode("ascii", "replace") for word in _WORD.findall(b"," + statement[1])
            }
    return names


def _installed(change: Change, sources: Mapping[str, bytes]) -> set[str]:
    """The names that some module adds to the builtins."""
    found: set[str] = set()
    words = ("builtins", "__builtin__", "__builtins__", "gettext")
    for source in [*_others(change, words, sources).values(), *sources.values()]:
        if b"gettext" in source and _INSTALLS.search(source):
            found |= _GETTEXT
        for match in _BUILTIN.finditer(source):
            name = match[2] or match[3] or match[4]
            found.add(name.decode("utf-8", "replace"))
    return found


def _others(change: Change, words: Iterable[str], sources: Mapping[str, bytes]) -> dict[str, bytes]:
    """The first unchanged Python files that contain one of the words."""
    found: dict[str, bytes] = {}
    for path in change.grep(list(words)):
        if len(found) == _MOST:
            break
        if language_of(path) is not PYTHON or path in sources:
            continue
        data = change.read(path, "new")
        if data is not None and len(data) <= MAX_BYTES:
            found[path] = data
    return found
