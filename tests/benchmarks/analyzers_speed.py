"""Time to the first and to the last analyzer result: python tests/benchmarks/analyzers_speed.py
[FILES] [CHANGED]

A repository of FILES Python modules (500 by default, about 100 lines each) of which CHANGED (30)
change: one signature that callers in unchanged files do not fit, and bodies everywhere else.
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from support.change import change

from reviewer import analyzers
from reviewer.analyzers.severity import rating

_MODULE = """
import json

from shop.m{previous:03} import Thing{previous}, work_{previous}


class Thing{n}:
    def __init__(self, value):
        self.value = value

    def run(self, other):
        return Thing{previous}(self.value).value + other


def work_{n}(value, other):
    return work_{previous}(value, other)
"""
_HELPER = '''

def helper_{n}_{k}(value, other=None):
    """Do a thing."""
    if value > {k}:
        return json.dumps(work_{n}(value, other))
    return Thing{n}(value).run(other)
'''


def repository(files: int) -> dict[str, bytes]:
    bodies = {
        f"shop/m{n:03}.py": (
            _MODULE.format(n=n, previous=(n - 1) % files)
            + "".join(_HELPER.format(n=n, k=k) for k in range(11))
        )
        for n in range(files)
    }
    return {path: body.encode() for path, body in {"shop/__init__.py": "", **bodies}.items()}


def main() -> None:
    files = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    changed = int(sys.argv[2]) if len(sys.argv) > 2 else 30
    base = repository(files)
    head = dict(base)
    for n in range(0, files, files // changed):
        path = f"shop/m{n:03}.py"
        head[path] = base[path].replace(
            b"return json.dumps(", b"return json.dumps(  # as text\n            "
        )
    head["shop/m000.py"] = head["shop/m000.py"].replace(b"(value, other):", b"(value, other, key):")
    subject = change(base, head)
    began = time.monotonic()
    first: list[float] = []

    def report(result: analyzers.AnalyzerResult) -> None:
        seconds = time.monotonic() - began
        findings = [hit for hit in result.evidence if rating(hit.source, hit.rule)]
        first.extend([seconds] if findings and not first else [])
        print(
            f"{seconds:6.2f} s  {result.analyzer:15} {len(findings)} findings "
            f" {result.problem or ''}"
        )

    asyncio.run(analyzers.run(subject, report=report))
    print(
        f"{len(subject.files)} changed files of {files}; first finding after"
        f" {first[0] if first else 0:.2f} s"
    )


if __name__ == "__main__":
    main()
