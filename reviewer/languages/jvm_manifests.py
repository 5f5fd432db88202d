"""Manifests of the JVM: Maven, Gradle. Neither is run, nor parsed as XML: entities of a hostile
file must not be expanded."""

from __future__ import annotations

import re

from reviewer.languages.manifests import Facts, from_toml, table

_DEPENDENCY = re.compile(
    r"<dependency>\s*<groupId>([\w.${}-]{1,80})</groupId>\s*<artifactId>([\w.-]{1,80})</artifactId>"
    r"(?:\s*<version>([\w.-]{1,40})</version>)?"
)
_RELEASE = re.compile(
    r"<(?:maven\.compiler\.(?:release|source|target)|java\.version|release)>\s*([\w.]{1,20})\s*<"
)
_GRADLE = re.compile(
    r"^[ \t]*(\w{3,40})[ (]{1,4}(?:platform\()?"
    r"['\"]([\w.-]{1,80}):([\w.-]{1,80})(?::([\w.+-]{1,40}))?['\"]",
    re.MULTILINE,
)
_TOOLCHAIN = re.compile(
    r"JavaLanguageVersion\.of\((\d{1,2})\)|jvmToolchain\((\d{1,2})\)"
    r"|sourceCompatibility\s*=?\s*(?:JavaVersion\.VERSION_)?['\"]?([\d._]{1,5})"
)
_KOTLIN = re.compile(
    r"(?:kotlin\(['\"][\w-]{1,30}['\"]\)|id[ (]['\"]org\.jetbrains\.kotlin[\w.-]{0,30}['\"]\)?)"
    r"\s+version\s+['\"]([\w.-]{1,20})"
)


def pom(facts: Facts, text: str, path: str) -> None:
    release = _RELEASE.search(text)
    facts.language("Java", release[1] if release else None)
    before, _, rest = text.partition("<dependencyManagement>")
    managed, _, after = rest.partition("</dependencyManagement>")
    for group, artifact, version in _DEPENDENCY.findall(managed):
        facts.share(f"{group}:{artifact}", version)
    for group, artifact, version in _DEPENDENCY.findall(before + after):
        _depend(facts, group, artifact, version, test=False)


def gradle(facts: Facts, text: str, path: str) -> None:
    if match := _TOOLCHAIN.search(text):
        facts.language("Java", (match[1] or match[2] or match[3]).replace("_", "."))
    if match := _KOTLIN.search(text):
        facts.language("Kotlin", match[1])
    for scope, group, artifact, version in _GRADLE.findall(text):
        _depend(facts, group, artifact, version, test="test" in scope.lower())


def catalog(facts: Facts, text: str, path: str) -> None:
    """The versions that a Gradle build names in one place."""
    for name, version in table(from_toml(text), "versions").items():
        if name.lower() in ("kotlin", "java", "jdk", "scala"):
            facts.language("Java" if name.lower() == "jdk" else name.capitalize(), version)


def _depend(facts: Facts, group: str, artifact: str, version: str, *, test: bool) -> None:
    for runner in ("junit", "testng", "kotest"):
        if runner in group:
            facts.depend(runner, development=True)
            return
    facts.depend(f"{group}:{artifact}", version, development=test)
