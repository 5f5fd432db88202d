"""The page of languages: what is known of each, and the engines that read it."""

from __future__ import annotations

from collections.abc import Iterator

from support.reference.markdown import table

from reviewer.analyzers import ANALYZERS
from reviewer.analyzers.registry import Tool
from reviewer.languages import Language, all_languages

_EVERYWHERE = "any-file"  # a name that only analyzers of all files read


def page() -> str:
    return (
        "\n\n".join(
            (
                "# Languages",
                "Every text file is reviewed, whatever its language. This page says what else is"
                " known of a language: **names**, the definitions and uses in a file, for the code"
                " that is shown around a change; **imports**, which file an import means;"
                " **still used**, uses of what a change removed that are certain without a"
                " compiler; **tests**, what a test, an assertion and a skip look like, for related"
                " tests and for tests that a change weakens; **manifests**, which say what the"
                " project is written for. The engines find what only a compiler or a linter of the"
                " language knows.",
                _languages(),
                "## Engines",
                "An engine runs on copies of the files, with our own configuration. None executes"
                " the code that it reads, and none is taken from the reviewed repository. The ones"
                " without a command are part of every installation.",
                _engines(),
            )
        )
        + "\n"
    )


def _languages() -> str:
    header = ("language", "names", "imports", "still used", "tests", "manifests", "engines")
    return table(header, (_row(each) for each in _sorted()))


def _sorted() -> list[Language]:
    known = [each for each in all_languages() if each.outline or each.tests.style]
    return sorted(known, key=lambda each: each.name)


def _row(each: Language) -> tuple[str, ...]:
    manifests = dict.fromkeys(manifest.name for manifest in each.manifests if manifest.name)
    return (
        each.name,
        _yes(each.outline),
        _yes(each.modules),
        _yes(each.links),
        _yes(each.tests.style),
        ", ".join(f"`{name}`" for name in manifests),
        ", ".join(f"`{name}`" for name in _read_by(each)),
    )


def _read_by(each: Language) -> Iterator[str]:
    names = [*(f"a{suffix}" for suffix in each.suffixes), *each.names]
    for name, analyzer in ANALYZERS.items():
        if not analyzer.reads(_EVERYWHERE) and any(map(analyzer.reads, names)):
            yield name


def _engines() -> str:
    rows = (
        (f"`{name}`", each.finds, _brought(each.tool) if each.tool.is_optional else "")
        for name, each in ANALYZERS.items()
        if each.tool
    )
    return table(("engine", "finds", "what brings it"), rows)


def _yes(value: object) -> str:
    return "yes" if value else ""


def _brought(tool: Tool) -> str:
    return f"`{tool.get}`" if tool.get else f"the extra `{tool.extra}`"
