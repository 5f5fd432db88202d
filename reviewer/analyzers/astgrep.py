"""Syntax errors in every language that ast-grep parses, and bug patterns in some, by the rules
under rules/."""

from __future__ import annotations

import importlib.metadata
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from reviewer import text
from reviewer.analyzers import brackets, delta, external, isolate, registry, tree
from reviewer.analyzers.base import (
    AnalyzerError,
    AnalyzerResult,
    Limits,
    content,
    is_too_large,
    old_name,
)
from reviewer.languages import Language, all_languages, is_template, language_of
from reviewer.types import Change, Evidence, FileDiff

_AT_ONCE = 500  # files
_HOLE = re.compile(r"\$+\w*")  # what a pattern leaves open
_WORD = re.compile(r"\w+")
_HERE = Path(__file__).parent
_BROKEN_ON_PURPOSE = re.compile(
    r"(?i)(?:^|/)(?:testdata|fixtures?|__fixtures__|corpus|snapshots?)/|invalid|broken"
)


@dataclass(frozen=True, slots=True)
class _Job:
    language: Language
    new: str  # source
    old: str | None


def check(change: Change, limits: Limits) -> AnalyzerResult:
    files = {
        index: job
        for index, file in enumerate(change.files)
        if (job := _job(change, file)) is not None
    }
    reads = registry.ANALYZERS["astgrep"].reads
    large = [
        file.path
        for index, file in enumerate(change.files)
        if index not in files and reads(file.path) and is_too_large(change, file)
    ]
    if not files and not large:
        return AnalyzerResult("astgrep")
    known = {job.language.tree for job in files.values()}
    rules = [
        {key: value for key, value in rule.items() if key != "rewrite"}
        for rule in load_rules()
        if known & set(rule["languages"])
    ]
    tasks = [[index, job.language.tree, job.new, job.old] for index, job in files.items()]
    facts_of, lost = _examine(rules, tasks, limits)
    evidence: list[Evidence] = []
    old_hits: list[Evidence] = []
    new_hits: list[Evidence] = []
    for facts in facts_of:
        file, job = change.files[facts["key"]], files[facts["key"]]
        if job.language.grammar is not None:  # else another analyzer reports its syntax errors
            evidence += _syntax(file, job, facts["new"], facts["old"])
        new_hits += _hits(file.path, facts["new"])
        old_hits += _hits(old_name(file), facts["old"] or {"hits": []})
    new = delta.split({change.files[index].path: job.new.encode() for index, job in files.items()})
    old = delta.split(
        {old_name(change.files[index]): (job.old or "").encode() for index, job in files.items()}
    )
    evidence += delta.introduced(change, old_hits, new_hits, old, new)
    return isolate.result(
        "astgrep", evidence, {change.files[index].path: why for index, why in lost.items()}, large
    )


def rewritten(path: str, source: str, rule: str, line: int, limits: Limits) -> str | None:
    """`source` with the hit of `rule` at `line` fixed by the rule's own rewrite; None if it has no
    rewrite, or unless there is exactly one hit. Raises AnalyzerError like `external.run`."""
    rules = [each for each in load_rules() if each["id"] == rule and "rewrite" in each]
    language = language_of(path, source.encode("utf-8", "replace"))
    if not rules or language is None or not language.tree:
        return None
    (facts,) = _facts(rules, [[0, language.tree, source, None]], limits)
    edits = [edit for _, start, _, edit in facts["new"]["hits"] if start == line]
    if len(edits) != 1 or edits[0] is None:
        return None
    start, end, text = edits[0]
    if re.match(r"\w\w", source[max(0, start - 1) : start] + text[:1]):
        return None  # `return(a)`: the first word would become part of the one before
    return f"{source[:start]}{text}{source[end:]}"


def _examine(
    rules: list[dict[str, Any]], files: list[list[Any]], limits: Limits
) -> tuple[list[dict[str, Any]], dict[int, str]]:
    """The child's facts about each file, and why it fails on some of them, by key."""
    tasks = {str(task[0]): task for task in files}
    results, lost = isolate.each(
        list(tasks),
        lambda part, left: _facts(rules, [tasks[key] for key in part], left),
        limits,
        at_once=_AT_ONCE,
    )
    return [facts for part in results for facts in part], {int(key): lost[key] for key in lost}


def _facts(
    rules: list[dict[str, Any]], files: list[list[Any]], limits: Limits
) -> list[dict[str, Any]]:
    package = importlib.metadata.distribution("ast-grep-py").locate_file("")
    grammars = [each.grammar for each in all_languages() if each.grammar]
    lags = {each.name: each.lags for each in grammars if each.lags}
    task = json.dumps({"rules": rules, "lags": lags, "files": files}).encode("ascii")
    with tree.scratch() as scratch:
        output = external.run(
            [sys.executable, "-I", _HERE / "astgrep_child.py", str(package)],
            cwd=scratch,
            limits=limits,
            ok=(0,),
            stdin=task,
        )
    facts = [json.loads(line) for line in output.split(b"\n") if line]
    if len(facts) != len(files):
        raise AnalyzerError("its report cannot be read")
    return facts


def is_parsed(change: Change, file: FileDiff) -> bool:
    """Whether `check` reports this file if it no longer parses."""
    job = _job(change, file)
    return job is not None and job.language.grammar is not None


@cache
def load_rules() -> list[dict[str, Any]]:
    """The pattern rules of all languages. Each gets the words without which it cannot match, as
    alternatives; one about calls of async functions also gets, per grammar, the rules that match
    the definition of such a function."""
    paths = sorted((_HERE / "rules").glob("*.toml"))
    rules: list[dict[str, Any]] = [
        rule for path in paths for rule in tomllib.loads(path.read_text(encoding="utf-8"))["rule"]
    ]
    grammars = [each.grammar for each in all_languages() if each.grammar]
    defines = {each.name: each.async_functions for each in grammars}
    return [
        {**rule, "words": _words(rule["rule"])}
        | ({"async": defines} if rule.get("calls") == "async" else {})
        for rule in rules
    ]


def _words(rule: dict[str, Any]) -> list[list[str]]:
    """Lists of words: a source that has all words of none of them has no match. Compiling a rule
    takes longer than searching most files for it."""
    if isinstance(rule.get("pattern"), str):
        return [_WORD.findall(_HOLE.sub(" ", rule["pattern"]))]
    alternatives = [words for part in rule.get("any", ()) for words in _words(part)]
    return alternatives or [[]]


def _job(change: Change, file: FileDiff) -> _Job | None:
    """The sources to parse; None if there is nothing to parse."""
    language = language_of(file.path)
    if language is None or not language.tree or not file.hunks:
        return None
    new = content(change, file, "new")
    language = language_of(file.path, new)
    if new is None or language is None or not language.tree:
        return None
    syntax = language.syntax
    if file.path.endswith(syntax.dialects) or (syntax.dialect and syntax.dialect.search(new)):
        return None
    old = content(change, file, "old")
    return _Job(language, text.decode(new), None if old is None else text.decode(old))


def _syntax(
    file: FileDiff, job: _Job, new: dict[str, Any], old: dict[str, Any] | None
) -> Iterator[Evidence]:
    """The first error of a file that used to parse, or of one that never did if it lost a bracket.
    A lost bracket is certain, and so is a statement that no version of the language allows."""
    syntax = job.language.syntax
    lost = bool(new["errors"]) and brackets.is_lost(
        syntax, new["open"], job.new, old["open"] if old else {}, job.old or ""
    )
    if not new["errors"] or (old is not None and old["errors"] and not lost):
        return
    source = job.new.encode()
    if any(is_template(file.path, source, *error) for error in new["errors"]):
        return
    sample = old is None and _BROKEN_ON_PURPOSE.search(file.path)
    counts = lost and (old is not None or syntax.brackets)
    if old is not None and not old["errors"] and syntax.brackets and syntax.strict:
        added = {number for number, _ in delta.added_lines(file)}
        counts = counts or not added.isdisjoint(new["impossible"])
    certain = (syntax.certain or counts) and not sample
    line = _place(file, new["errors"])
    yield Evidence(
        source="astgrep",
        rule="syntax-error" if certain else "parse-error",
        path=file.path,
        start=line,
        end=line,
        message=(
            "The file does not parse any more." if old is not None else "The file does not parse."
        ),
        fix=(
            "Correct the syntax: something is missing, doubled or misplaced at or before this line."
        ),
    )


def _place(file: FileDiff, errors: list[list[int]]) -> int | None:
    """The added line in or nearest to the smallest error: parsers often report an error far from
    its cause."""
    added = [number for number, _ in delta.added_lines(file)]
    start, end = min(errors, key=lambda error: (error[1] - error[0], error[0]))
    if not added:
        lines = delta.LineMap(file)
        return next((begin for begin, last in errors if lines.touches(begin, last + 1)), None)
    return min(added, key=lambda number: (max(start - number, number - end, 0), number))


def _hits(path: str, facts: dict[str, Any]) -> list[Evidence]:
    rules = {rule["id"]: rule for rule in load_rules()}
    return [
        Evidence("astgrep", rule, path, start, end, rules[rule]["message"], fix=rules[rule]["fix"])
        for rule, start, end, _ in facts["hits"]
    ]
