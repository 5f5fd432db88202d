"""What we know about a language: one record, in which everything but the name is optional.

A missing field means "unknown": a stage that needs it treats files of the language as plain text.
Fields that need code are plain functions, typed by a Protocol here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from reviewer.languages.common import COMMON
from reviewer.languages.lexis import Lexis
from reviewer.languages.links import Links
from reviewer.languages.shapes import Shapes

if TYPE_CHECKING:
    from ast_grep_py import SgNode

    from reviewer.languages.exports import Exports
    from reviewer.languages.manifests import Facts
    from reviewer.languages.outline import Outline
    from reviewer.languages.project_files import ProjectFiles

LanguageKind = Literal["code", "data", "markup", "style", "prose"]
Problem = tuple[str, int, str]  # rule, line, message


class Outliner(Protocol):
    """Reads definitions, references and imports from the source of a file in `language`."""

    def __call__(self, source: bytes, language: Language) -> Outline: ...


class Bound(NamedTuple):
    """What an import statement says: the fields of an `Import` without its lines."""

    name: str
    module: str
    attr: str = ""
    level: int = 0


class Binder(Protocol):
    """Reads an import statement, or a call that imports."""

    def __call__(self, node: SgNode) -> Iterable[Bound]: ...


class Modules(Protocol):
    """Where the imports of a language lead, in one repository. A module is a file; a module that is
    only a folder ends in `/` (`/` alone is the top)."""

    def module(self, path: str, name: str, level: int) -> str | None:
        """The module that an import in the file `path` names; None if it is not in the repository.
        `level` counts the dots before the name."""

    def within(self, module: str, part: str) -> str | None:
        """The module `part` of the package `module`."""

    def beyond(self, path: str, name: str) -> Sequence[str]:
        """The last parts of a name that `module` did not follow, since no file is called so."""

    def files(self, module: str) -> Sequence[str]:
        """The files that a module consists of: one, or the sources in a folder."""


class Survey(Protocol):
    """Indexes the files of a repository, once, to follow imports among them."""

    def __call__(self, files: ProjectFiles) -> Modules: ...


class Exporter(Protocol):
    """What a module exports, from its syntax tree."""

    def __call__(self, root: SgNode) -> Exports: ...


class Library(Protocol):
    """What the standard library says of a dotted name, in one line; "" if it has no such name."""

    def __call__(self, dotted: str) -> str: ...


class WellFormed(Protocol):
    """Whether a source is well formed; False also if it cannot be told."""

    def __call__(self, source: bytes) -> bool: ...


class Checker(Protocol):
    """The problems that a parser finds in a file."""

    def __call__(self, data: bytes, path: str) -> list[Problem]: ...


class ManifestReader(Protocol):
    """Adds what the text of a manifest says about the project to `facts`."""

    def __call__(self, facts: Facts, text: str, path: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Content:
    """Files with another language's suffix that are in this language if their beginning contains
    `marks`."""

    suffixes: tuple[str, ...]
    marks: re.Pattern[bytes]


@dataclass(frozen=True, slots=True, eq=False)
class Grammar:
    """An ast-grep grammar, and the meaning of its node kinds. Kinds that the installed version
    lacks are ignored."""

    name: str  # ast-grep aborts the process on an unknown name
    functions: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    values: tuple[str, ...] = ()  # constants, fields, variants, members of interfaces and objects
    imports: tuple[str, ...] = ()
    # Kinds that define a function only if their field `value` is one of `anonymous`.
    assigned: frozenset[str] = frozenset()
    anonymous: frozenset[str] = frozenset()
    # Kinds that without a body only mention a definition elsewhere.
    bodied: frozenset[str] = frozenset()
    # Rules that match what defines a member of the class around it, also inside a method.
    members: tuple[Mapping[str, Any], ...] = ()
    tops: tuple[Mapping[str, Any], ...] = ()  # rules that match what defines other values
    # Kinds, also of the field `declaration_kind`, that add members to a class defined elsewhere.
    parts: frozenset[str] = frozenset()
    # Kinds of entries of a table, and what the table must be the value of to give them a name.
    keyed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)  # names of kinds without one
    # Kinds of bodies that are not in the field `body`.
    bodies: frozenset[str] = frozenset(("class_body", "enum_class_body", "function_body"))
    bound: Binder | None = None  # without it, what an import names is unknown
    required: Mapping[str, Any] | None = None  # a rule that matches calls that import
    declares: tuple[str, ...] = ()  # variables, parameters and fields, for their types
    # Rules that match the definition of an async function, whose name is its field `name`.
    async_functions: tuple[Mapping[str, Any], ...] = ()
    # What the grammar cannot read: blanks stand in for the first group that matches, on one line.
    unread: re.Pattern[str] | None = None
    # Where the grammar lags behind: a pattern, and what stands in for it in a second attempt.
    lags: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Scopes:
    """How names are resolved."""

    # Outline and `modules` suffice to tell what a name means, or that it comes from outside the
    # repository. Otherwise names are only compared.
    resolves: bool = False
    members: bool = False  # the outline lists each member of a class body as a definition
    receivers: tuple[str, ...] = ()  # names of a method's receiver
    parent: str = ""  # calling it returns the same object as its parent class
    constructor: str = ""  # the method that is called by the name of its class
    package: str = ""  # the stem of a file that represents its folder
    passes_on: bool = False  # what a file imports can be imported from it
    # Which files a file sees without importing them.
    # "imports": those that it imports something from, whatever the path.
    sees: Literal["", "folder", "imports", "everything"] = ""
    bare: bool = False  # a method names the members of its class without a receiver
    receiver: re.Pattern[str] | None = None  # finds the receiver in a signature: group 1
    complete: bool = False  # who makes a value of a type names all fields without a default
    hidden: re.Pattern[str] | None = None  # in the first line of what no other file sees
    capital: bool = False  # only names with a capital are seen from other folders
    # A definition repeats what another file says of it: `header.h` of what `source.c` defines.
    headers: bool = False
    written: bool = False  # names are defined and used in full: `var.region`
    aliases: bool = False  # … or by their last part alone: a column of a table that the file names


@dataclass(frozen=True, slots=True)
class Syntax:
    """How certain syntax errors are, and how to find them."""

    # An error of the grammar is an error of the file: the language does not change, and its grammar
    # passes the tests of the language.
    certain: bool = False
    # Where the grammar lags behind the language, unbalanced brackets still are, also in a new file.
    brackets: bool = False
    lone: str = ""  # closing brackets that may stand alone
    conditional: bool = False  # `#if` … `#else` may hold a bracket twice
    lexis: Lexis = field(default_factory=Lexis)
    strict: bool = False  # source that the grammar parses without an error is well formed
    dialects: tuple[str, ...] = ()  # suffixes of dialects that the tools do not support
    dialect: re.Pattern[bytes] | None = None  # marks a source in one of them
    parses: WellFormed | None = None  # the language's own parser, in this process
    program: str = ""  # the same as a Python program that reads stdin and fails with the reason
    parser: str = ""  # the module of analyzers/ that asks it where the user has installed it
    check: Checker | None = None  # for data formats: all problems, with their lines


@dataclass(frozen=True, slots=True)
class TestStyle:
    """What lines of tests look like. The groups of `start` and `group` are the parts of a name.
    `skip` and `focus` match whole lines from their beginning: attributes, the first line of a test
    or group, and what a test does unconditionally."""

    start: re.Pattern[str]
    check: re.Pattern[str]
    skip: re.Pattern[str]
    focus: re.Pattern[str] | None = None  # no other test runs
    # The attribute without which `start` is only a function, and functions that need none.
    mark: re.Pattern[str] | None = None
    unmarked: re.Pattern[str] | None = None
    group: re.Pattern[str] | None = None
    texts: tuple[str, ...] = ()  # what delimits a string of several lines


@dataclass(frozen=True, slots=True)
class Tests:
    """Which files contain tests, by name (folders mean the same in all languages, see `testing`)
    or by `content`, and what tests look like."""

    files: re.Pattern[str] | None = None
    content: re.Pattern[bytes] | None = None  # tests stand among the code, or in any file
    beside: re.Pattern[str] | None = None  # files that support the tests
    style: TestStyle | None = None
    runners: tuple[str, ...] = ()  # packages that run tests


@dataclass(frozen=True, slots=True)
class Comments:
    line: tuple[str, ...] = ()
    block: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Manifest:
    """A file that describes the project of its folder and of those below. `names` matches files
    whose names vary; they are read after all others. `settings` alone make no project."""

    name: str  # from the folder that it describes: `package.json`, `gradle/libs.versions.toml`
    read: ManifestReader
    names: re.Pattern[str] | None = None
    settings: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    name: str  # lower case; stored, so do not change it
    kind: LanguageKind = "code"
    suffixes: tuple[str, ...] = ()  # lower case, with the dot
    names: tuple[str, ...] = ()  # complete file names
    globs: tuple[str, ...] = ()  # patterns for other file names
    content: Content | None = None
    family: str = ""  # shared by languages that call each other; default: the language's own name
    any_script: bool = False  # contains human language, in any alphabet
    grammar: Grammar | None = None
    shapes: Shapes = field(default_factory=Shapes)  # what questions are made of
    outline: Outliner | None = None
    scopes: Scopes = field(default_factory=Scopes)
    modules: Survey | None = None
    exports: Exporter | None = None  # without it, whatever a module defines is exported
    links: Links | None = None  # without it, no use proves what it means
    library: Library | None = None
    syntax: Syntax = field(default_factory=Syntax)
    tests: Tests = field(default_factory=Tests)
    comments: Comments = field(default_factory=Comments)
    quotes: tuple[str, ...] = ('"',)  # what delimits a string on one line
    common: frozenset[str] = COMMON  # names too common to tell what they mean
    manifests: Sequence[Manifest] = ()
    script: ManifestReader | None = None  # reads what a file says of itself alone
    frameworks: Mapping[str, str] = field(default_factory=dict)  # package: display name
    run_by: tuple[str, ...] = ()  # files that show how a project is installed and tested

    @property
    def tree(self) -> str:
        """The ast-grep grammar that makes a syntax tree of its sources; "" if there is none."""
        return self.shapes.grammar or (self.grammar.name if self.grammar else "")

    @property
    def kin(self) -> str:
        return self.family or self.name
