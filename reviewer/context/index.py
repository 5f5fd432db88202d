"""What one run knows of the repository's files: outlines, where modules are, which files name which
words."""

from __future__ import annotations

import heapq
import re
import threading
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from reviewer.context import symbols
from reviewer.languages import Language, Modules, language_of
from reviewer.languages.outline import MAX_BYTES, Outline, split_lines
from reviewer.types import Change, Side

_T = TypeVar("_T")
_WORD = re.compile(rb"[A-Za-z_$\x80-\xff][\w$\x80-\xff]*")
_GREP_WORDS = (
    64  # git grep tries each word on each line: with more words one pass of our own is cheaper
)
_MAX_FILES = 4000  # files that are looked into for words, in one run
_MAX_TOTAL = 64 << 20  # bytes of them
_PARSED = 60  # files that are parsed for one name
_PACKAGE_ONLY = 10


def once_per_change(make: Callable[[Change], _T]) -> Callable[[Change], _T]:
    """Keeps the value of the latest change, for as long as the change itself lives."""
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
    """What a name means: `name` (dotted, within the file) in the file `path`; the module itself
    when `name` is empty. A target whose name the file does not define is one that was removed, or
    that is made at run time. `path` ends in `/` for a package without an `__init__.py`."""

    path: str
    name: str


@dataclass(frozen=True, slots=True)
class Candidates:
    """Files that may mention a name, nearest first, and how many more there are that nobody will
    look into."""

    paths: tuple[str, ...]
    more: int


@dataclass
class Index:
    read: Callable[[str, Side], bytes | None]
    grep: Callable[[Sequence[str]], tuple[str, ...]]
    files: frozenset[str]  # of the new side, and those that the change removes
    removed: frozenset[str]
    old_paths: Mapping[str, str]  # of the changed files that both sides have: path now, path before
    _words: dict[str, dict[str, set[str]]] = field(
        default_factory=dict
    )  # word, language family, files
    _looked: set[str] = field(default_factory=set)
    _total: int = 0  # bytes of the files that were looked into
    _keys: dict[tuple[str, Side], symbols.Key | None] = field(default_factory=dict)
    _near: dict[tuple[str, str, str, tuple[str, ...]], Candidates] = field(default_factory=dict)
    resolved: dict[tuple[str, str, str], Target | None] = field(
        default_factory=dict
    )  # what resolve.py found out
    unsearched: set[str] = field(default_factory=set)  # files that the limits left out
    _modules: dict[Language, Modules | None] = field(default_factory=dict)
    _lock: threading.Lock = field(
        default_factory=threading.Lock
    )  # a word is known once its files are, never before

    def outline(self, path: str, side: Side = "new") -> Outline | None:
        """None for what is not there, too large, or in no language that is parsed."""
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
        """The lines of a file that has no outline; none of what is too large or holds null
        bytes."""
        data = self.read(path, side)
        return (
            () if data is None or len(data) > MAX_BYTES or b"\0" in data else split_lines(data)[1]
        )

    def modules(self, language: Language) -> Modules | None:
        """Where imports of a language lead, None when nobody knows."""
        if language not in self._modules:
            survey = language.modules
            self._modules[language] = survey(self.files) if survey else None
        return self._modules[language]

    def look_for(self, words: Iterable[str]) -> None:
        """Find the files of many words at once; what is asked for later is then known."""
        with self._lock:
            self._look_for(words)

    def _look_for(self, words: Iterable[str]) -> None:
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
                self._named(path, wanted, single=len(new) == 1)
                if kin and path in self.files
                else ()
            ):
                self._words[word].setdefault(kin, set()).add(path)

    def _named(self, path: str, wanted: dict[bytes, str], *, single: bool) -> list[str]:
        if single:
            return list(wanted.values())
        if path not in self._looked:
            if len(self._looked) >= _MAX_FILES or self._total >= _MAX_TOTAL:
                self.unsearched.add(path)
                return []
            self._looked.add(path)
        data = self.read(path, "new")
        if data is None or len(data) > MAX_BYTES:
            return []
        self._total += len(data)
        return sorted(wanted[word] for word in set(_WORD.findall(data)) & wanted.keys())

    def naming(
        self, word: str, near: str, home: str = "", owners: Sequence[str] = ()
    ) -> Candidates:
        """Files with `word`, those near the file `near` first. When they are too many to parse,
        `home` is the file that defines the word and `owners` the classes it is in: only files that
        also have the word of that module, of its package, or of a class can mean it, and those with
        only the package's name are many, so few stay."""
        key = (word, near, home, tuple(owners))
        if key not in self._near:
            self.look_for([word])
            paths = self._words[word].get(_family(near), set())
            self._near[key] = (
                self._few(paths, near, home, owners)
                if len(paths) > _PARSED
                else self._all(paths, near)
            )
        return self._near[key]

    def _all(self, paths: Iterable[str], near: str) -> Candidates:
        return Candidates(tuple(sorted(paths, key=lambda path: _far(path, near))), 0)

    def _few(self, paths: set[str], near: str, home: str, owners: Sequence[str]) -> Candidates:
        module, package = module_words(home or near)
        self.look_for([module, package, *owners])
        kin = _family(near)
        files = [self._words[item].get(kin, set()) for item in (module, *owners) if item]
        likely = paths & {home, near}.union(*files)
        possible = paths & self._words[package].get(kin, set()) - likely if package else set()
        ordered = sorted(likely, key=lambda path: _far(path, near))[:_PARSED]
        ordered += heapq.nsmallest(_PACKAGE_ONLY, possible, key=lambda path: _far(path, near))
        return Candidates(tuple(ordered), len(paths) - len(ordered))


def module_words(path: str) -> tuple[str, str]:
    """(module, package) words that a file must have to import from the file `path`; "" where there
    is no package."""
    *folders, name = path.rpartition(".")[0].split("/")
    known = language_of(path)
    if folders and name and known and name == known.scopes.package:
        name = folders.pop()
    return name, folders[-1] if folders else ""


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
    """Languages that call each other, "" for files in none."""
    found = language_of(path)
    return found.kin if found else ""


def _far(path: str, near: str) -> tuple[int, int, str]:
    """Sort key: how many folders apart two files are, then a stable order."""
    one, other = path.split("/")[:-1], near.split("/")[:-1]
    common = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        common += 1
    return (0 if path == near else 1, len(one) + len(other) - 2 * common, path)
