"""Runs TypeScript's compiler over one side of a project, with a configuration of our own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewer.analyzers import isolate, rows, tree, tsc_config, tsc_program
from reviewer.analyzers.base import Limits, old_name
from reviewer.analyzers.tsc_project import Project
from reviewer.types import Change, Evidence

# Codes that mean breakage. All others depend on what is installed, or on taste.
RULES: Mapping[int, str] = {
    code: rule
    for rule, codes in {
        "missing-export": (2305, 2459, 2614, 2724),
        "missing-module": (2307,),
        "missing-name": (2304, 2552),
        "missing-member": (2339, 2551),
        "missing-property": (2739, 2740, 2741),
        "unknown-property": (2353, 2561),
        "wrong-arguments": (2554, 2555),
        "wrong-type": (2322, 2345, 2769),
        "not-callable": (2349,),
        "unchecked-null": (2531, 2532, 2533, 2721, 2722, 2723, 18047, 18048, 18049),
        "unfit-class": (2416, 2420, 2515),
        "never-equal": (2367, 2678),
        "always-true": (2774, 2801),
    }.items()
    for code in codes
}
_OPTIONS: Mapping[str, Any] = {
    "allowArbitraryExtensions": True,
    "allowImportingTsExtensions": True,
    "allowUmdGlobalAccess": True,
    "experimentalDecorators": True,
    "jsx": "preserve",
    "lib": ["esnext", "dom", "dom.iterable", "dom.asynciterable"],
    "module": "esnext",
    "moduleResolution": "bundler",
    "noEmit": True,
    "noUncheckedSideEffectImports": False,
    "skipLibCheck": True,
    "strict": True,
    "target": "esnext",
    "types": [],
}
_FOLDER = "in"
_OURS = "reviewer.d.ts"  # declares what stands around every module
_UNKNOWN = "unknown.d.ts"  # stands in for what is installed, so that it is not searched for
_NO_CHECK = re.compile(rb"(?i)@ts-nocheck")
_GLOBALS = Path(__file__).parent / "tsc_globals.d.ts"


@dataclass(frozen=True, slots=True)
class Side:
    """The files of one side of a project that are written, those of them that are checked, and the
    rest of what a configuration says."""

    files: Mapping[str, bytes]
    checked: frozenset[str]
    around: frozenset[str]
    declared: frozenset[str]
    modules: Mapping[str, str | None]
    strict: Mapping[str, bool]


def sides(project: Project, change: Change) -> tuple[Side, Side]:
    """The new and the old side, both as strict as the repository was before the change."""
    names = frozenset(change.list_files("old"))
    strict = tsc_config.strictness(project.changed, names, lambda path: change.read(path, "old"))
    renamed = {file.path: old_name(file) for file in change.files}
    before = frozenset(renamed.get(path, path) for path in project.checked)
    rest = project.around, project.declared, project.modules, strict
    return (
        Side(project.new, frozenset(project.checked), *rest),
        Side(project.old, before, *rest),
    )


def write(root: Path, side: Side) -> tree.Names:
    """Write a side and its configuration below `root`. Raises AnalyzerError like `tree.write`."""
    names = _names(side.files)
    tree.write(
        root,
        {names.of[path]: _read(data, path in side.checked) for path, data in side.files.items()}
        | {_OURS: _ours(side), _UNKNOWN: b"", "tsconfig.json": _config(side, names)},
    )
    return names


def _names(paths: Iterable[str]) -> tree.Names:
    """Names in a folder of their own, so that none can be that of a file of ours."""
    inner = tree.stand_ins(f"{_FOLDER}/{path}" for path in paths)
    of = {path.removeprefix(f"{_FOLDER}/"): name for path, name in inner.of.items()}
    return tree.Names(of, {name: path for path, name in of.items()}, inner.parts)


def found(program: Path, root: Path, side: Side, limits: Limits) -> list[Evidence]:
    """The errors in the checked files of a side, which is written below `root`. Raises
    AnalyzerError like `tsc_program.run`."""
    names = write(root, side)
    return [
        placed(
            Evidence("tsc", rule, each.name, each.line, each.line, _sentences(each)), side, names
        )
        for each in tsc_program.run(program, ("--project", root), root, limits)
        if names.path.get(each.name) in side.checked and (rule := RULES.get(each.code))
    ]


def placed(hit: Evidence, side: Side, names: tree.Names) -> Evidence:
    """A hit of a compiler, with its own path and git's line numbers."""
    path = names.path[hit.path]
    return isolate.placed(hit, path, rows.script(side.files[path]))


def _sentences(said: tsc_program.Diagnostic) -> str:
    """An error with its code and its innermost reason."""
    message = said.message.replace(f'import("{_FOLDER}/', 'import("')
    first, *reasons = (line.strip() for line in message.split("\n"))
    end = "" if first.endswith((".", "?", "!")) else "."
    why = f" {reasons[-1].rstrip('.')}." if reasons else ""
    return f"{first}{end} (TS{said.code}){why}"


def _ours(side: Side) -> bytes:
    """Our declarations, with all modules that are not in the repository: what comes from them is of
    any type. Those that the repository declares itself are left to it."""
    unknown = sorted(
        name for name, path in side.modules.items() if path is None and name not in side.declared
    )
    lines = (f"declare module {json.dumps(name)};\n" for name in unknown if "*" not in name)
    return _GLOBALS.read_bytes() + "".join(lines).encode()


def _config(side: Side, names: tree.Names) -> bytes:
    paths = {
        name: [f"./{names.of[path]}" if path else f"./{_UNKNOWN}"]
        for name, path in side.modules.items()
        if (path is None or path in names.of) and "*" not in name
    }
    roots = [path for path in side.files if path in side.checked or path in side.around]
    config = {
        "compilerOptions": {**_OPTIONS, **side.strict, "paths": paths},
        "files": [_OURS, *(names.of[path] for path in roots)],
    }
    return json.dumps(config).encode()


def _read(data: bytes, is_checked: bool) -> bytes:
    """A source as the compiler reads it: no file can have itself not checked, and those that are
    only there for others are not, which saves most of the time."""
    if is_checked:
        return _NO_CHECK.sub(b"@ts_nocheck", data)
    start = data.find(b"\n") + 1 if data.startswith(b"#!") else 0
    return data[:start] + b"// @ts-nocheck\n" + data[start:]
