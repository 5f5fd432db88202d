"""Runs ty over one side of a project, without the files that it fails on."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewer.analyzers import external, isolate, python_version, rows, tree
from reviewer.analyzers.base import AnalyzerError, Limits
from reviewer.analyzers.ty_report import AWAITS, CALLS
from reviewer.types import Change, Evidence

_NAMES = ("missing-attribute", "missing-module-member", "import-not-found")
_HINTS = (
    "invalid-argument-type",
    "invalid-explicit-return",
    "invalid-implicit-return",
    "unsupported-operator",
    "not-callable",
    "not-iterable",
    "not-subscriptable",
    "no-matching-overload",
    "possibly-unresolved-reference",
    "missing-union-attribute",
    "incompatible-method-override",
    "index-out-of-bounds",
    "division-by-zero",
    "invalid-context-manager",
    "missing-typed-dict-key",
)
_RULES = (*CALLS, *AWAITS, *_NAMES, *_HINTS)


@dataclass(frozen=True)
class Tree:
    """One side of a project as it stands below `root`, which imports start from at `roots`."""

    program: Path
    change: Change
    root: Path
    contents: Mapping[str, bytes]
    names: tree.Names
    roots: tuple[str, ...]


def written(
    program: Path, change: Change, root: Path, contents: Mapping[str, bytes], roots: Iterable[str]
) -> Tree:
    """The tree, after writing it. Raises AnalyzerError if that cannot be done."""
    names = tree.stand_ins(contents)
    tree.write(root, {names.of[path]: data for path, data in contents.items()})
    return Tree(program, change, root, contents, names, tuple(roots))


def found(
    where: Tree, checked: Sequence[str], limits: Limits
) -> tuple[list[Evidence], dict[str, str]]:
    """The hits in the `checked` files, and why ty fails on some of these, which are then gone from
    the tree: ty also reads what a file imports, so one of them could spoil the others. Raises
    AnalyzerError if ty fails without them, too."""
    if not checked:
        return [], {}
    try:
        return _run(where, checked, limits.within(limits.remaining() * 2 / 3)), {}
    except AnalyzerError as exc:
        if exc.hopeless:
            raise

    def attempt(part: Sequence[str], limits: Limits) -> None:
        with _without(where, sorted(set(checked).difference(part))):
            _run(where, part, limits)

    share = limits.within(limits.remaining() * 2 / 3)
    _, lost = isolate.each(checked, attempt, share, at_once=len(checked))
    for path in lost:
        (where.root / where.names.of[path]).unlink()
    return _run(where, [path for path in checked if path not in lost], limits), lost


@contextlib.contextmanager
def _without(where: Tree, paths: Iterable[str]) -> Iterator[None]:
    """The tree without some files, which are back afterwards."""
    aside = where.root.with_name(f"{where.root.name}-aside")
    aside.mkdir(exist_ok=True)
    moved = [(where.root / where.names.of[path], aside / str(n)) for n, path in enumerate(paths)]
    for place, away in moved:
        place.rename(away)
    try:
        yield
    finally:
        for place, away in moved:
            away.rename(place)


def _run(where: Tree, checked: Sequence[str], limits: Limits) -> list[Evidence]:
    """The hits, with git's line numbers. Each file is checked for the Python version that it must
    run on."""
    hits: list[Evidence] = []
    for output in outputs(where, checked, "gitlab", limits):
        hits += external.readable(output, _read)
    paths = where.names.path
    row_of = {
        name: rows.universal(where.contents[paths[name]]) for name in {hit.path for hit in hits}
    }
    return [isolate.placed(hit, paths[hit.path], row_of[hit.path]) for hit in hits]


def outputs(where: Tree, checked: Sequence[str], style: str, limits: Limits) -> Iterator[bytes]:
    """What ty prints about the files in one of its formats, by Python version. Raises AnalyzerError
    like `external.run`."""
    sources = {path: where.contents[path] for path in checked}
    for version, paths in python_version.by_version(where.change, sources).items():
        yield external.run(
            _command(where, style, paths, version), cwd=where.root, limits=limits, ok=(0,)
        )


def _command(
    where: Tree, style: str, paths: Iterable[str], version: tuple[int, int]
) -> list[str | Path]:
    return [
        where.program,
        "check",
        "--project",
        where.root,
        "--config-file",
        _configured(where, f"{version[0]}.{version[1]}"),
        "--output-format",
        style,
        "--no-progress",
        "--color",
        "never",
        "--exit-zero",
        "--no-respect-ignore-files",
        *(f"./{where.names.of[path]}" for path in paths),
    ]


def _configured(where: Tree, version: str) -> Path:
    """A configuration file, written: our rules, an environment without packages, and the folders
    that imports start from."""
    base = where.root.with_name(f"{where.root.name}-{version}")
    for packages in (f"lib/python{version}/site-packages", "Lib/site-packages"):
        (base / packages).mkdir(parents=True, exist_ok=True)
    (base / "pyvenv.cfg").write_text(f"home = {base}\nversion = {version}.0\n", encoding="utf-8")
    folders = [where.root / where.names.folder(root) for root in where.roots]
    names = [str(folder) for folder in folders if folder.is_dir()]
    file = base.with_name(f"{base.name}.toml")
    file.write_text(
        "[environment]\n"
        f"python = {json.dumps(str(base), ensure_ascii=False)}\n"
        f'python-version = "{version}"\npython-platform = "all"\n'
        f"root = {json.dumps(names, ensure_ascii=False)}\n"
        '[rules]\nall = "ignore"\n' + "".join(f'{rule} = "error"\n' for rule in _RULES),
        encoding="utf-8",
    )
    return file


def _read(report: Any) -> list[Evidence]:
    broken = {
        item["location"]["path"] for item in report if item["check_name"] == "invalid-syntax"
    }  # left to ruff
    hits = []
    for item in report:
        rule, place = item["check_name"], item["location"]
        if place["path"] in broken or rule not in _RULES:
            continue
        begin, end = place["positions"]["begin"]["line"], place["positions"]["end"]["line"]
        message = item["description"].removeprefix(f"{rule}: ").rstrip(".")
        path = place["path"].removeprefix("./")
        hits.append(Evidence("ty", rule, path, begin, max(begin, end), f"{message}."))
    return hits
