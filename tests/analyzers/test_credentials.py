"""Credentials on changed lines, over a corpus of made-up files."""

from dataclasses import replace
from pathlib import Path

import pytest
from support import secret_corpus_blind as blind
from support.analyzed import hits
from support.change import change
from support.secret_corpus import PASSWORDS, harmless, pem, planted

from reviewer.analyzers import credentials, secrets
from reviewer.analyzers.base import Limits

DOCS = Path(__file__).parents[2] / "docs"
PLANTED, HARMLESS = tuple(planted()), tuple(harmless())


def found(path, text):
    (file,) = change({}, {path: text.encode()}).files
    return list(credentials.added(file))


@pytest.mark.fault(
    "secrets",
    "an unquoted credential, or one in a notebook, header, connection string or issuer's format",
    "a finding that gates; masked wherever it is shown",
)
def test_every_planted_credential_is_found():
    missed = [
        (each.path, each.text)
        for each in PLANTED
        if each.value not in {one.value for one in found(each.path, each.text)}
    ]
    assert missed == []


@pytest.mark.fault(
    "secrets",
    "a name that only mentions a secret, a reference, a digest, a template, a marked fixture",
    "no alarm",
)
def test_nothing_harmless_is_reported():
    alarms = [
        (each.path, each.text, one.value)
        for each in HARMLESS
        for one in found(each.path, each.text)
    ]
    assert alarms == []


@pytest.mark.fault(
    "secrets",
    "a password of words, an argument of a call or a command, a column of a table",
    "a finding that gates",
)
def test_a_corpus_that_the_detector_was_not_built_from():
    files = blind.planted()
    missed = [
        each.path
        for each in files
        if each.value not in {one.value for one in found(each.path, each.text)}
    ]
    alarms = [each for each in blind.harmless() if found(each.path, each.text)]
    assert missed == list(blind.NOT_FOUND)
    assert alarms == []
    says = (
        f"{len(files)} more files and {len(blind.harmless())} that only look like it: it found 73"
        f" at first, with 3 false alarms, and finds {len(files) - len(missed)} now, with none"
    )
    assert says in " ".join((DOCS / "security.md").read_text(encoding="utf-8").split())


def test_the_corpus_is_as_large_as_the_documentation_says():
    says = (
        f"{len(PLANTED)} of {len(PLANTED)} made-up files with a credential, and none of"
        f" {len(HARMLESS)} that only look like it"
    )
    assert len(PLANTED) >= 150
    assert len(HARMLESS) >= 150
    assert len({(each.path, each.text) for each in PLANTED}) == len(PLANTED)
    assert len({(each.path, each.text) for each in HARMLESS}) == len(HARMLESS)
    assert says in " ".join((DOCS / "security.md").read_text(encoding="utf-8").split())


@pytest.mark.parametrize("mark", ["gitleaks:allow", "pragma: allowlist secret", "nosec"])
def test_a_comment_excuses_a_guess_but_not_what_an_issuer_gave_out(mark):
    token = "ghp_" + "Zq3Xv9Lk2Wm7Rt5Yp8Nb4Hc6Jd1Fg0SaQeUi"
    assert hits("secrets", {}, {"a.py": f"password = 'Tr0ub4dor&3x'  # {mark}\n"}) == []
    assert hits("secrets", {}, {"a.py": f"x = '{token}'  # {mark}\n"}) == [
        ("github-token", "a.py", 1)
    ]


FAR = "".join(f"  # {n}\n" for n in range(9))


@pytest.mark.fault(
    "secrets",
    "a credential whose name, or the kind of its file, is far above the changed lines",
    "found, as the whole file is read",
)
@pytest.mark.parametrize(
    ("path", "head", "line", "kind"),
    [
        ("v.tf", 'variable "db_password" {\n', '  default = "{}"\n', "password"),
        ("s.yml", "kind: Secret\nstringData:\n", "  first: {}\n", "kubernetes-secret"),
    ],
)
def test_what_only_the_whole_file_gives_away(path, head, line, kind):
    old, new = (head + FAR + line.format(value) + "}\n" for value in ("none", PASSWORDS["p"]))
    assert hits("secrets", {path: old}, {path: new}) == [(kind, path, head.count("\n") + 10)]
    moved = new.replace(FAR, FAR + "  # more\n")
    assert hits("secrets", {path: new}, {path: moved}) == []


def test_a_huge_file_is_not_read_beyond_its_hunks(monkeypatch):
    head = f'variable "db_password" {{\n{FAR}'
    files = {"v.tf": head + "}\n"}, {"v.tf": f'{head}  default = "{PASSWORDS["p"]}"\n}}\n'}
    assert hits("secrets", *files) == [("password", "v.tf", 11)]
    monkeypatch.setattr(credentials, "_WHOLE", len(files[1]["v.tf"]) - 1)
    assert hits("secrets", *files) == []


def test_the_body_of_a_key_is_one_wherever_its_head_is():
    head, *body = pem().split("\n")
    old = f"{head}\n" + "\n" * 9
    assert hits("secrets", {"k.pem": old}, {"k.pem": old + "\n".join(body) + "\n"}) == [
        ("private-key", "k.pem", 11)
    ]


def test_a_file_that_git_encrypts_when_it_is_added_holds_no_committed_credential():
    files = {"a.env": b"password=Tr0ub4dor&3xQz9\n", "b.env": b"password=Tr0ub4dor&3xQz9\n"}
    whole = replace(change({}, files), encrypted=frozenset({"a.env"}))
    assert [each.path for each in secrets.check(whole, Limits(20)).evidence] == ["b.env"]
