"""What the product knows of a language: one record, in which everything but the name is optional.

A field that is left out means "nothing known": a stage that needs it then treats the files of the
language as text. What must be code is a plain function on the record, typed by a Protocol here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

from reviewer.languages.common import COMMON

if TYPE_CHECKING:
    from reviewer.languages.manifests import Facts
    from reviewer.languages.outline import Outline

Kind = Literal["code", "data", "markup", "style", "prose"]
Problem = tuple[str, int, str]  # rule, line, message


class Outliner(Protocol):
    """Reads definitions, references and imports from the source of a file in `language`."""

    def __call__(self, source: bytes, language: Language) -> Outline: ...


class Modules(Protocol):
    """Where the imports of a language lead, in one repository. A module is a file; one that is only
    a folder ends in `/`."""

    def module(self, path: str, name: str, level: int) -> str | None:
        """The module that an import in the file `path` names, None when it is not here. `level`
        counts the dots before the name."""

    def within(self, module: str, part: str) -> str | None:
        """The module `part` of the package `module`."""


class Survey(Protocol):
    """Gets to know the files of a repository, once, to follow imports among them."""

    def __call__(self, files: frozenset[str]) -> Modules: ...


class Parser(Protocol):
    """Whether a source is well formed; False also when that cannot be told."""

    def __call__(self, source: bytes) -> bool: ...


class Checker(Protocol):
    """What a parser says against the content of a file."""

    def __call__(self, data: bytes, path: str) -> list[Problem]: ...


class Reader(Protocol):
    """Takes from the text of a manifest what it says about the project."""

    def __call__(self, facts: Facts, text: str, path: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Content:
    """Files of other languages' suffixes that are in this one if their beginning has `marks`."""

    suffixes: tuple[str, ...]
    marks: re.Pattern[bytes]


@dataclass(frozen=True, slots=True, eq=False)
class Grammar:
    """A grammar of ast-grep, and which kinds of its nodes mean what. Kinds that the installed
    version does not have are passed over."""

    name: str  # ast-grep ends the process on a name that it does not know
    functions: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    values: tuple[str, ...] = ()  # constants, fields, variants, members of interfaces and objects
    calls: tuple[str, ...] = ()  # of functions, methods and constructors
    uses: tuple[str, ...] = ()  # fields and types that are named
    imports: tuple[str, ...] = ()
    # Kinds that define a function only where their field `value` is one of `anonymous`.
    assigned: frozenset[str] = frozenset()
    anonymous: frozenset[str] = frozenset()
    bodied: frozenset[str] = frozenset()  # kinds that without a body only name what is elsewhere
    bound: re.Pattern[str] | None = None  # an import statement, with groups `names` and `module`
    # Rules for what defines an async function; its field `name` is the name.
    async_functions: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Scopes:
    """How names work."""

    # Outline and `modules` suffice to say what a name stands for, or that it comes from outside of
    # the repository. Without, names are compared, nothing more.
    resolves: bool = False
    members: bool = False  # the outline has each member of a class body as a definition
    receivers: tuple[str, ...] = ()  # names of the object that a method is called on
    parent: str = ""  # a call of this gives the same object as one of the class above
    constructor: str = ""  # the method that users call by the name of the class
    package: str = ""  # the stem of a file that stands for the folder it is in


@dataclass(frozen=True, slots=True)
class Syntax:
    """What of a syntax error is certain."""

    certain: bool = False  # an error of the grammar is one of the file, even with all brackets
    strict: bool = False  # what the grammar reads without an error is well formed
    dialects: tuple[str, ...] = ()  # suffixes of dialects that the tools do not know
    templates: re.Pattern[bytes] | None = None  # what shows another dialect, or a template
    parses: Parser | None = None  # the language's own parser, in this process
    program: str = ""  # the same as a Python program that reads stdin: it fails and says why
    check: Checker | None = None  # for data: all that is wrong, with its place


@dataclass(frozen=True, slots=True)
class Style:
    """How tests are written, a line each. Group 1 of `start` is the name of the test."""

    start: re.Pattern[str]
    check: re.Pattern[str]
    skip: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Tests:
    """Which files hold tests, by their name alone (what folders say holds for all languages, see
    `testing`), and what tests look like."""

    files: re.Pattern[str] | None = None
    beside: re.Pattern[str] | None = None  # files that belong to the tests too
    style: Style | None = None
    runners: tuple[str, ...] = ()  # packages that run tests


@dataclass(frozen=True, slots=True)
class Comments:
    line: tuple[str, ...] = ()
    block: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Manifest:
    """A file at the top of a repository that tells about the project. `names` is for those whose
    names vary: they are read after all others."""

    name: str
    read: Reader
    names: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    name: str  # lower case; part of what is stored
    kind: Kind = "code"
    suffixes: tuple[str, ...] = ()  # lower case, with the dot
    names: tuple[str, ...] = ()  # whole names of files
    globs: tuple[str, ...] = ()  # of names that are none of these
    content: Content | None = None
    family: str = ""  # shared by languages that call each other; a language alone is its own
    any_script: bool = False  # its text is in the languages of people, whatever the alphabet
    grammar: Grammar | None = None
    outline: Outliner | None = None
    scopes: Scopes = field(default_factory=Scopes)
    modules: Survey | None = None
    syntax: Syntax = field(default_factory=Syntax)
    tests: Tests = field(default_factory=Tests)
    comments: Comments = field(default_factory=Comments)
    common: frozenset[str] = COMMON  # names that are no evidence of what they stand for
    manifests: Sequence[Manifest] = ()
    frameworks: Mapping[str, str] = field(default_factory=dict)  # package: how people call it
    run_by: tuple[str, ...] = ()  # files that say how a project is installed and tested

    @property
    def kin(self) -> str:
        return self.family or self.name
