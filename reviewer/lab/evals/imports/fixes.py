"""Real fixes of real repositories, turned round: the change under review brings the defect back.

A row names a repository and commits, no code: {id, kind, repo, license, lang, head, fix, src,
oracle, tests, f2p, what}. Kinds: `reverse_fix` (base = head with the files `src` as the fix leaves
them), `introducing` and `clean` (the commit `head` against its parent). `oracle` holds {file,
start, end, deletion} in lines of the head side.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from reviewer.errors import UsageError
from reviewer.lab.evals.cases import Case, Clone, Defect, Tests
from reviewer.lab.evals.imports import clones
from reviewer.lab.evals.imports.base import (
    Imported,
    LeftOut,
    Places,
    brief,
    defects,
    listed,
    named,
    rows,
    slug,
    string,
)
from reviewer.lab.evals.plumbing import git_dir_of, line
from reviewer.languages import PYTHON, is_test, language, language_of
from reviewer.text import one_line

MAX_TESTS = 50  # names on one command line


def read(path: Path, places: Places) -> Imported:
    """The cases of a file of references. Raises UsageError."""
    assert places.clones is not None
    made = Imported()
    for number, row in rows(path):
        made.add(str(row.get("id", f"line {number}")), _case, row, places.clones)
    return made


def one(places: Places) -> Imported:
    """The case of one fix commit, reversed; its tests stay as they are. Raises UsageError."""
    clone, git_dir = clones.named(places.clone)
    fix = clones.given(git_dir, "--fix", places.fix)
    head = clones.given(git_dir, "--fix (its parent)", f"{fix}~1")
    changed = clones.names(
        git_dir, "diff-tree", "-r", "-z", "--no-renames", "--name-only", head, fix
    )
    paths = [
        path
        for path in changed
        if (known := language_of(path)) and known.kind != "prose" and not is_test(path)
    ]
    if not paths:
        raise UsageError(
            f"--fix: {one_line(places.fix or '')} changes only tests: name another commit"
        )
    said = line(git_dir, "log", "-1", "--format=%s", fix)
    found: list[Defect] = []
    for path in paths:
        found += _lines(git_dir, path, head, fix, said)
    if not found:
        raise UsageError(
            "--fix: the commit only adds or removes files, so no earlier line holds the defect"
        )
    case = Case(
        id=named(clone.name, fix),
        kind="defect",
        language=language(found[0].file) or "text",
        title=brief(said),
        source=Clone(path=str(clone), base=fix, head=head, paths=tuple(paths)),
        defects=tuple(found),
        provenance=f"{clone.name} {fix}",
    )
    return Imported([case])


def _lines(git_dir: Path, path: str, head: str, fix: str, said: str) -> Sequence[Defect]:
    right, wrong = clones.text(git_dir, fix, path), clones.text(git_dir, head, path)
    if right is None or wrong is None or right == wrong:
        return ()
    return defects(path, right, wrong, category=None, description=said)


def _case(row: Mapping[str, Any], folder: Path) -> Case:
    repo, kind = string(row, "repo"), string(row, "kind")
    if kind not in ("reverse_fix", "introducing", "clean"):
        raise LeftOut("unknown kind")
    clone = clones.find(folder, repo)
    git_dir = git_dir_of(clone) if clone else None
    if clone is None or git_dir is None:
        raise LeftOut(f"no clone of {one_line(repo)}")
    head = clones.required(git_dir, string(row, "head"))
    turned = kind == "reverse_fix"
    base = clones.required(git_dir, string(row, "fix") if turned else f"{head}~1")
    what = brief(str(row.get("what", "")))
    security = bool(row.get("security"))
    return Case(
        id=string(row, "id"),
        kind="clean" if kind == "clean" else "defect",
        language=string(row, "lang"),
        title=what,
        source=Clone(
            path=str(clone),
            base=base,
            head=head,
            paths=tuple(listed(row, "src", str)) if turned else (),
        ),
        defects=tuple(
            _defect(entry, what, security=security) for entry in listed(row, "oracle", dict)
        ),
        tests=_tests(row, git_dir, base) if turned else None,
        tags=(
            slug(kind),
            *(("security",) if security else ()),
            *(("curated",) if row.get("curated") else ()),
        ),
        licence=str(row.get("license", "")),
        provenance=f"{repo} {base if turned else head}",
    )


def _defect(entry: Mapping[str, Any], what: str, *, security: bool) -> Defect:
    return Defect(
        file=entry["file"],
        start_line=entry["start"],
        end_line=entry["end"],
        deletion=bool(entry.get("deletion")),
        category="security" if security else None,
        description=what,
    )


def _tests(row: Mapping[str, Any], git_dir: Path, fix: str) -> Tests | None:
    """The tests of the fix, run by pytest; None for other languages, whose commands would need
    packages that are not installed here. Only a run shows whether they fail."""
    if not row.get("tests") or not row.get("f2p"):
        return None
    paths, failing = listed(row, "tests", str), listed(row, "f2p", str)
    texts = {path: clones.text(git_dir, fix, path) for path in paths}
    whole = {path: text for path, text in texts.items() if text is not None}
    if row.get("lang") != PYTHON.name or len(whole) < len(paths):
        return None
    nodes = [_node(name, paths) for name in failing]
    chosen = [node for node in nodes if node][:MAX_TESTS]
    if not chosen:
        return None
    command = (
        "{python}",
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-o",
        "pythonpath=. src",
        *chosen,
    )
    return Tests(command=command, files=whole, failing=tuple(failing), timeout=120.0)


def _node(name: str, paths: Sequence[str]) -> str | None:
    """pytest's name of a test given as `package.module.Class::test`; None when no file matches."""
    dotted, sep, test = name.partition("::")
    for path in paths:
        module = ".".join(PurePosixPath(path).with_suffix("").parts)
        if sep and (dotted + ".").startswith(module + "."):
            return "::".join([path, *filter(None, dotted[len(module) :].split(".")), test])
    return None
