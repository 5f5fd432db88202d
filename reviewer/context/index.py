"""What one run knows about the repository's files: their outlines, where modules are, which files
contain which words."""

from __future__ import annotations

import heapq
import re
import threading
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from reviewer.context import symbols
from reviewer.languages import Language, Modules, language_of
from reviewer.languages.outline import MAX_BYTES, Def, Outline, split_lines
from reviewer.languages.project_files import ProjectFiles
from reviewer.languages.testcases import Case
from reviewer.types import Change, Piece, Side

_T = TypeVar("_T")
_WORD = re.compile(rb"[A-Za-z_$\x80-\xff][\w$\x80-\xff]*")
_GREP_WORDS = (
    64  # git grep tries each word on each line; for more words, one scan of our own is cheaper
)
_MAX_FILES = 4000  # files searched for words, per run
_MAX_TOTAL = 64 << 20  # bytes of those files
_PARSED = 60  # files parsed per name
_PACKAGE_ONLY = 10
_PACKAGE = re.compile(r"package (?:[\w.]{1,200}\.)?(\w{1,80})\b")
_MAX_PREAMBLE = 60  # lines above the package of a file


def once_per_change(make: Callable[[Change], _T]) -> Callable[[Change], _T]:
    """Cache the value for the latest change, for as long as that change lives."""
    latest: list[tuple[weakref.ref[Change], _T]] = []
    one_at_a_time = threading.RLock()  # units are rendered in several threads

    def get(change: Change) -> _T:
        with one_at_a_time:
            if latest and latest[0][0]() is change:
                return latest[0][1]
            value = make(change)
            latest[:] = [(weakref.ref(change, lambda _: latest.clear()), value)]
            return value

    return get


@dataclass(frozen=True, slots=True)
class Target:
    """What a name means: `name` (dotted, within the file) in the file `path`, or the module itself
    if `name` is empty. If the file does not define the name, it was removed or is created at run
    time. `path` ends in `/` for a package without an `__init__.py`."""

    path: str
    name: str


@dataclass(frozen=True, slots=True)
class FilesToSearch:
    """Files that may mention a name, nearest first, and how many `more` will not be searched."""

    paths: tuple[str, ...]
    more: int


@dataclass
class Index:
    read: Callable[[str, Side], bytes | None]
    grep: Callable[[Sequence[str]], tuple[str, ...]]
    files: frozenset[str]  # of the new side, plus those that the change removes
    removed: frozenset[str]
    old_paths: Mapping[str, str]  # changed files that both sides have: new path to old path
    _words: dict[str, dict[str, set[str]]] = field(
        default_factory=dict
    )  # word, language family, files
    _searched: set[str] = field(default_factory=set)
    _total: int = 0  # bytes of the files searched
    _keys: dict[tuple[str, Side], symbols.Key | None] = field(default_factory=dict)
    _near: dict[tuple[str, str, str, tuple[str, ...]], FilesToSearch] = field(default_factory=dict)
    named: dict[tuple[str, str, str, int | None], tuple[tuple[str, Def, bool], ...]] = field(
        default_factory=dict
    )  # results of lookup.py
    resolved: dict[tuple[str, str, str], Target | None] = field(
        default_factory=dict
    )  # results of resolve.py
    tests: dict[str, tuple[Case, ...]] = field(default_factory=dict)  # by path
    subjects: Mapping[str, list[str]] = field(default_factory=dict)  # of tested.py
    shared: dict[str, tuple[Piece, ...]] = field(
        default_factory=dict
    )  # by path, what the units of a file share
    brought: dict[str, frozenset[str]] = field(
        default_factory=dict
    )  # by path, what a file imports with all its names: see imported.py
    unsearched: set[str] = field(default_factory=set)  # files left out by the limits
    _modules: dict[Language, Modules | None] = field(default_factory=dict)
    _lock: threading.Lock = field(
        default_factory=threading.Lock
    )  # held until the files of a new word are known

    def outline(self, path: str, side: Side = "new") -> Outline | None:
        """None if the file is missing, too large, or in a language that is not parsed."""
        if side == "new" and path not in self.files:
            return None
        at: tuple[str, Side] = (path, "old" if path in self.removed else side)
        if at in self._keys:
            key = self._keys[at]
            if key is None or (hit := symbols.cached(key)):
                return hit if key else None
        data = self.read(*at) if language_of(path) else None
        self._keys[at] = symbols.key_of(path, data) if data is not None else None
        return symbols.outline(path, data) if data is not None else None

    def lines(self, path: str, side: Side) -> tuple[str, ...]:
        """The lines of a file without an outline; none if it is too large or contains null
        bytes."""
        data = self.read(path, side)
        return (
            () if data is None or len(data) > MAX_BYTES or b"\0" in data else split_lines(data)[1]
        )

    @cached_property
    def _project(self) -> ProjectFiles:
        return ProjectFiles(self.files, lambda path: self.read(path, "new"))

    def modules(self, language: Language) -> Modules | None:
        """Where imports of a language lead; None if unknown."""
        if language not in self._modules:
            survey = language.modules
            self._modules[language] = survey(self._project) if survey else None
        return self._modules[language]

    def find_files(self, words: Iterable[str]) -> None:
        """Find the files of many words in one search, so that later lookups are cached."""
        with self._lock:
            self._find_files(words)

    def _find_files(self, words: Iterable[str]) -> None:
        new = sorted({word for word in words if word and word not in self._words})
        for word in new:
            self._words[word] = {}
        new = [
            word for word in new if _WORD.fullmatch(word.encode("utf-8", "replace"))
        ]  # a file may be `-x.py`
        if not new:
            return
        wanted = {word.encode("utf-8", "surrogateescape"): word for word in new}
        paths: Iterable[str] = (
            self.grep(new) if len(new) <= _GREP_WORDS else self.files - self.removed
        )
        for path in sorted(
            paths, key=lambda path: (path not in self.old_paths, path)
        ):  # changed files first
            kin = _family(path)
            for word in (
                self._words_in(path, wanted, single=len(new) == 1)
                if kin and path in self.files
                else ()
            ):
                self._words[word].setdefault(kin, set()).add(path)

    def _words_in(self, path: str, wanted: dict[bytes, str], *, single: bool) -> list[str]:
        if single:
            return list(wanted.values())
        if path not in self._searched:
            if len(self._searched) >= _MAX_FILES or self._total >= _MAX_TOTAL:
                self.unsearched.add(path)
                return []
            self._searched.add(path)
        data = self.read(path, "new")
        if data is None or len(data) > MAX_BYTES:
            return []
        self._total += len(data)
        return sorted(wanted[word] for word in set(_WORD.findall(data)) & wanted.keys())

    def files_with(
        self, word: str, near: str, home: str = "", owners: Sequence[str] = ()
    ) -> FilesToSearch:
        """Files that contain `word`, those closest to the file `near` first. If they are too many
        to parse, keep the files that can mean it: those that also contain the name of its module,
        of its package, or of a class around it. `home` is the file that defines the word, `owners`
        are its classes. Files with only the package's name are many, so just a few of them stay."""
        key = (word, near, home, tuple(owners))
        if key not in self._near:
            self.find_files([word])
            paths = self._words[word].get(_family(near), set())
            self._near[key] = (
                self._likeliest(paths, near, home, owners)
                if len(paths) > _PARSED
                else self._nearest(paths, near)
            )
        return self._near[key]

    def _nearest(self, paths: Iterable[str], near: str) -> FilesToSearch:
        return FilesToSearch(tuple(sorted(paths, key=lambda path: distance(path, near))), 0)

    def _likeliest(
        self, paths: set[str], near: str, home: str, owners: Sequence[str]
    ) -> FilesToSearch:
        module, package = module_words(home or near)
        self.find_files([module, package, *owners])
        kin = _family(near)
        files = [self._words[item].get(kin, set()) for item in (module, *owners) if item]
        likely = paths & {home, near}.union(*files)
        possible = paths & self._words[package].get(kin, set()) - likely if package else set()
        ordered = sorted(likely, key=lambda path: distance(path, near))[:_PARSED]
        ordered += heapq.nsmallest(_PACKAGE_ONLY, possible, key=lambda path: distance(path, near))
        return FilesToSearch(tuple(ordered), len(paths) - len(ordered))


def module_words(path: str) -> tuple[str, str]:
    """The (module, package) words that a file needs to import from the file `path`; "" without a
    package."""
    *folders, name = path.rpartition(".")[0].split("/")
    known = language_of(path)
    if folders and name and known and name == known.scopes.package:
        name = folders.pop()
    return name, folders[-1] if folders else ""


def package_of(outline: Outline) -> str:
    """The last part of the package that a file says it is in; "" if it says none."""
    found = (_PACKAGE.match(line) for line in outline.lines[:_MAX_PREAMBLE])
    return next((match[1] for match in found if match), "")


@once_per_change
def index_of(change: Change) -> Index:
    new = frozenset(change.list_files("new"))
    gone = {
        file.old_path or file.path for file in change.files if file.status in ("deleted", "renamed")
    } - new
    both = {
        file.path: file.old_path or file.path
        for file in change.files
        if file.status in ("modified", "renamed")
    }
    return Index(change.read, change.grep, new | gone, frozenset(gone), both)


def _family(path: str) -> str:
    """The group of languages that call each other; "" for a file in no known language."""
    found = language_of(path)
    return found.kin if found else ""


def distance(path: str, near: str) -> tuple[int, int, str]:
    """Sort key: how many folders apart two files are, then a stable order."""
    folders, near_folders = path.split("/")[:-1], near.split("/")[:-1]
    common = 0
    for left, right in zip(folders, near_folders, strict=False):
        if left != right:
            break
        common += 1
    return (0 if path == near else 1, len(folders) + len(near_folders) - 2 * common, path)
