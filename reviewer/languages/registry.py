"""All languages, and which of them a file is in."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property

from reviewer.languages.base import Language
from reviewer.languages.c import CPP, OBJC, C
from reviewer.languages.csharp import CSHARP
from reviewer.languages.dart import DART
from reviewer.languages.data import COMPOSE, INI, JSON, NOTEBOOK, PROTOBUF, TOML, XML, YAML
from reviewer.languages.docker import DOCKERFILE
from reviewer.languages.go import GO
from reviewer.languages.groovy import GROOVY
from reviewer.languages.hcl import HCL
from reviewer.languages.java import JAVA
from reviewer.languages.javascript import JAVASCRIPT, TSX, TYPESCRIPT
from reviewer.languages.kotlin import KOTLIN
from reviewer.languages.lua import LUA
from reviewer.languages.make import MAKE
from reviewer.languages.markup import CSS, HTML, SVELTE, VUE
from reviewer.languages.php import PHP
from reviewer.languages.prose import MARKDOWN, RST, TEXT
from reviewer.languages.python import PYTHON
from reviewer.languages.ruby import RUBY
from reviewer.languages.rust import RUST
from reviewer.languages.scala import SCALA
from reviewer.languages.shell import SHELL
from reviewer.languages.sql import SQL
from reviewer.languages.swift import SWIFT

HEAD = 8192  # bytes at the beginning of a file that decide its language

# The order matters: of two manifests, the first to name a language's version or a dependency wins.
LANGUAGES: tuple[Language, ...] = (
    PYTHON,
    JAVASCRIPT,
    TYPESCRIPT,
    TSX,
    GO,
    RUST,
    JAVA,
    KOTLIN,
    SCALA,
    GROOVY,
    C,
    CPP,
    OBJC,
    CSHARP,
    SWIFT,
    DART,
    RUBY,
    PHP,
    LUA,
    SHELL,
    SQL,
    HCL,
    DOCKERFILE,
    MAKE,
    PROTOBUF,
    HTML,
    CSS,
    VUE,
    SVELTE,
    JSON,
    YAML,
    COMPOSE,
    TOML,
    XML,
    INI,
    NOTEBOOK,
    MARKDOWN,
    RST,
    TEXT,
)


@dataclass(frozen=True)
class _Registry:
    languages: tuple[Language, ...]

    @cached_property
    def by_name(self) -> Mapping[str, Language]:
        return {each.name: each for each in self.languages}

    @cached_property
    def by_suffix(self) -> Mapping[str, Language]:
        return {suffix: each for each in self.languages for suffix in each.suffixes}

    @cached_property
    def by_file(self) -> Mapping[str, Language]:
        return {name: each for each in self.languages for name in each.names}

    @cached_property
    def globs(self) -> tuple[tuple[str, Language], ...]:
        return tuple((glob, each) for each in self.languages for glob in each.globs)

    @cached_property
    def by_content(self) -> Mapping[str, tuple[Language, ...]]:
        """By suffix, the languages that may claim a file of another."""
        found: dict[str, tuple[Language, ...]] = {}
        for each in self.languages:
            for suffix in each.content.suffixes if each.content else ():
                found[suffix] = (*found.get(suffix, ()), each)
        return found

    def of(self, path: str, head: bytes | None) -> Language | None:
        name = path.rpartition("/")[2]
        dot = name.rfind(".")
        suffix = name[dot:].lower() if dot > 0 else ""  # `.profile` has none
        for each in self.by_content.get(suffix, ()) if head else ():
            if each.content and head and each.content.marks.search(head, 0, HEAD):
                return each
        return (
            self.by_file.get(name)
            or self.by_suffix.get(suffix)
            or next((each for glob, each in self.globs if fnmatchcase(name, glob)), None)
        )


_known = [_Registry(LANGUAGES)]  # the last one is in effect


def all_languages() -> tuple[Language, ...]:
    return _known[-1].languages


def by_name(name: str) -> Language | None:
    return _known[-1].by_name.get(name)


def language_of(path: str, head: bytes | None = None) -> Language | None:
    """The language of a file; None if unknown. `head` is its content, or the beginning of it, if
    available: some suffixes belong to several languages."""
    return _known[-1].of(path, head)


def language(path: str) -> str | None:
    """The name of the language, by the name of the file: `python`, `typescript`, `tsx`, `cpp`, …"""
    found = language_of(path)
    return found.name if found else None


@contextlib.contextmanager
def with_languages(languages: Iterable[Language]) -> Iterator[None]:
    """Register these languages too, for as long as the context lasts."""
    _known.append(_Registry((*all_languages(), *languages)))
    try:
        yield
    finally:
        _known.pop()
