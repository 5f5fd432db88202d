"""A short description of the project for the model: language versions, dependencies, framework,
test runner. Taken from the manifests of the base side."""

from __future__ import annotations

from reviewer.context.index import once_per_change
from reviewer.languages import all_languages
from reviewer.languages.manifests import Facts
from reviewer.text import decode
from reviewer.types import Change

_MAX_BYTES = 256 << 10
_MAX_LOCK = 4 << 20  # lock files are long
_MAX_CHARS = 560  # about 150 tokens
_MAX_DEPENDENCIES = 18


@once_per_change
def facts(change: Change) -> str:
    """A description of about 150 tokens at most, for example `Python >=3.11; framework: Django;
    test runner: pytest; depends on click 8.2.1, …`. The same for every unit of a change; "" if
    nothing is known."""
    known = Facts()
    manifests = [each for language in all_languages() for each in language.manifests]
    for manifest in manifests:
        if manifest.names is None and (text := _text(change, manifest.name)):
            manifest.read(known, text, manifest.name)
    for path in change.list_files("old"):
        for manifest in manifests:
            if manifest.names is not None and manifest.names.fullmatch(path):
                manifest.read(known, _text(change, path), path)
    return _sentence(known)


def _sentence(known: Facts) -> str:
    versions = {**known.dependencies}
    names = {name.lower() for name in versions} | known.development
    parts = [f"{name} {version}" for name, version in known.languages.items()]
    frameworks = [
        title
        for language in all_languages()
        for name, title in language.frameworks.items()
        if name in names
    ]
    if frameworks:
        parts.append(f"framework: {', '.join(frameworks[:3])}")
    runners = [
        name for language in all_languages() for name in language.tests.runners if name in names
    ]
    if runners:
        parts.append(f"test runner: {', '.join(runners[:2])}")
    text = "; ".join(parts)
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


def _text(change: Change, path: str) -> str:
    data = change.read(path, "old")
    limit = _MAX_LOCK if "lock" in path else _MAX_BYTES
    return "" if data is None or len(data) > limit or b"\0" in data else decode(data)
