"""A short description of the project around a file for the model: language versions, dependencies,
framework, test runner. Taken from the manifests of the base side, the nearest ones upwards; folders
further up add versions, test runners and what a workspace shares."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from reviewer.context.index import once_per_change
from reviewer.languages import Language, all_languages, language_of
from reviewer.languages.base import Manifest
from reviewer.languages.manifests import Facts
from reviewer.text import decode
from reviewer.types import Change, Side

_MAX_BYTES = 256 << 10
_MAX_LOCK = 4 << 20  # lock files are long
_MAX_CHARS = 560  # about 150 tokens
_MAX_DEPENDENCIES = 18
_MAX_FOLDERS = 200  # with manifests that are read, in a run
_MAX_IN_FOLDER = 12


@dataclass(frozen=True, slots=True)
class _Found:
    language: Language
    manifest: Manifest
    path: str


@dataclass
class _Project:
    """The manifests of a repository by folder ("" is the top), and the sentences of folders."""

    folders: Mapping[str, list[_Found]]
    sentences: dict[tuple[str, str], str] = field(default_factory=dict)
    read: dict[str, str] = field(default_factory=dict)  # texts by path


def facts(change: Change, path: str) -> str:
    """A description of about 150 tokens at most, for example `Python >=3.11; framework: Django;
    test runner: pytest; depends on click 8.2.1, …`. The same for files of one folder and language;
    "" if nothing is known."""
    project = _project_of(change)
    language = language_of(path)
    own = Facts()
    if language and language.script:
        language.script(own, _text(change, path, "new"), path)
        if own.languages or own.dependencies:
            return _sentence(own)
    kin = language.kin if language else ""
    folder = path.rpartition("/")[0]
    if (folder, kin) not in project.sentences:
        project.sentences[folder, kin] = _sentence(_facts(change, project, folder, kin))
    return project.sentences[folder, kin]


def _facts(change: Change, project: _Project, folder: str, kin: str) -> Facts:
    """What the folders from this one upwards say, up to the nearest one with a project in the
    file's language, and what those above add."""
    folders = [at for at in _upwards(folder) if at in project.folders]
    homes = [
        at
        for at in folders
        if any(
            each.language.kin == kin and not each.manifest.settings for each in project.folders[at]
        )
    ]
    home = (homes or folders or [""])[0]
    known = Facts()
    for number, at in enumerate(folders):
        below = number <= folders.index(home)
        found = Facts()
        for each in project.folders[at]:
            if below or each.language.kin == kin:
                name = each.path.rpartition("/")[2]
                each.manifest.read(found, _manifest(change, project, each), name)
        if below:
            for name, version in found.dependencies.items():
                known.dependencies.setdefault(name, version)
        known.inherit(found)
    return known


def _upwards(folder: str) -> Iterator[str]:
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]
    yield ""


@once_per_change
def _project_of(change: Change) -> _Project:
    known = [
        (language, manifest) for language in all_languages() for manifest in language.manifests
    ]
    by_name: dict[str, list[tuple[int, Language, Manifest]]] = defaultdict(list)
    varying = []
    for order, (language, manifest) in enumerate(known):
        if manifest.names is None:
            last = manifest.name.rpartition("/")[2]
            by_name[last].append((order, language, manifest))
        else:
            varying.append((len(known) + order, language, manifest))
    found: dict[str, list[tuple[int, _Found]]] = defaultdict(list)
    for path in change.list_files("old"):
        name = path.rpartition("/")[2]
        for order, language, manifest in (*by_name.get(name, ()), *varying):
            if manifest.names is not None and not manifest.names.fullmatch(name):
                continue
            end = name if manifest.names is not None else manifest.name
            if path == end or path.endswith(f"/{end}"):
                folder = path.removesuffix(end).removesuffix("/")
                found[folder].append((order, _Found(language, manifest, path)))
    kept = sorted(found, key=lambda folder: (folder.count("/") + bool(folder), folder))
    return _Project({folder: _in_order(found[folder]) for folder in kept[:_MAX_FOLDERS]})


def _in_order(found: Iterable[tuple[int, _Found]]) -> list[_Found]:
    ordered = sorted(found, key=lambda item: (item[0], item[1].path))
    return [each for _, each in ordered[:_MAX_IN_FOLDER]]


def _sentence(known: Facts) -> str:
    versions = {**known.dependencies}
    names = {name.lower() for name in versions} | known.development
    parts = [_language(known, name) for name in dict.fromkeys((*known.languages, *known.options))]
    frameworks = [
        title
        for language in all_languages()
        for name, title in language.frameworks.items()
        if name in names
    ]
    if frameworks:
        parts.append(f"framework: {', '.join(dict.fromkeys(frameworks[:3]))}")
    runners = [
        name for language in all_languages() for name in language.tests.runners if name in names
    ]
    if runners:
        parts.append(f"test runner: {', '.join(runners[:2])}")
    text = "; ".join(filter(None, parts))
    lead = "; depends on " if text else "Depends on "
    for number, (name, version) in enumerate(
        sorted(versions.items(), key=lambda item: item[0].lower())
    ):
        locked = known.locked.get(name.lower(), "")
        item = f"{lead if number == 0 else ', '}{name} {locked or version}".rstrip()
        if number == _MAX_DEPENDENCIES or len(text) + len(item) > _MAX_CHARS:
            text += f" and {len(versions) - number} more" if number else ""
            break
        text += item
    return text


def _language(known: Facts, name: str) -> str:
    version, options = known.languages.get(name, ""), known.options.get(name, {})
    if not version and not options:
        return ""
    said = ", ".join(options.values())
    return f"{name} {version}".rstrip() + (f" ({said})" if said else "")


def _manifest(change: Change, project: _Project, found: _Found) -> str:
    if found.path not in project.read:
        project.read[found.path] = _text(change, found.path, "old")
    return project.read[found.path]


def _text(change: Change, path: str, side: Side) -> str:
    data = change.read(path, side)
    limit = _MAX_LOCK if "lock" in path else _MAX_BYTES
    return "" if data is None or len(data) > limit or b"\0" in data else decode(data)
