"""Runs oxlint over files in a scratch directory, with a configuration of our own."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from reviewer.analyzers import external, tree
from reviewer.analyzers.base import Limits
from reviewer.types import Evidence

_RULE = re.compile(r"[\w-]+\(([\w-]+)\)")


def reported(
    program: Path,
    scratch: Path,
    plugins: Sequence[str],
    rules: Sequence[str],
    arguments: Sequence[str | Path],
    names: Sequence[str],
    limits: Limits,
    environ: Mapping[str, str] | None = None,
) -> list[Evidence]:
    """What oxlint says of the files `names` below `scratch` by the `rules` of `plugins`. Raises
    AnalyzerError like `external.run`."""
    settings = {
        "plugins": plugins,
        "categories": {"correctness": "off"},
        "rules": dict.fromkeys(rules, "error"),
    }
    tree.write(scratch, {".oxlintrc.json": json.dumps(settings).encode()})
    argv: list[str | Path] = [
        program,
        "--config",
        scratch / ".oxlintrc.json",
        "--disable-nested-config",
        "--no-ignore",
        "--format=json",
        *arguments,
        "--",
        *(f"./{name}" for name in names),
    ]
    output = external.run(argv, cwd=scratch, limits=limits, ok=(0, 1), environ=environ)
    return external.readable(output, _read)


def _read(report: Any) -> list[Evidence]:
    found = []
    for item in report["diagnostics"]:
        rule = _RULE.fullmatch(item.get("code") or "")
        if rule is None:
            continue  # it does not parse, which others report
        line = max(label["span"]["line"] for label in item["labels"])
        message = item["message"].rstrip(".") + "."
        path = item["filename"].removeprefix("./")
        found.append(Evidence("oxlint", rule[1], path, line, line, message))
    return sorted(found, key=lambda hit: (hit.path, hit.start or 0, hit.rule))
