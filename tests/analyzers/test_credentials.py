"""Credentials on changed lines, over a corpus of made-up files."""

from pathlib import Path

import pytest
from support.analyzed import hits
from support.change import change
from support.secret_corpus import harmless, planted

from reviewer.analyzers import credentials

DOCS = Path(__file__).parents[2] / "docs"
PLANTED, HARMLESS = tuple(planted()), tuple(harmless())


def found(path, text):
    (file,) = change({}, {path: text.encode()}).files
    return list(credentials.added(file))


@pytest.mark.fault(
    "secrets",
    "a credential without quotes, in a notebook, a header or a connection string, or of an issuer",
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
    "a name that only speaks of a secret, a reference, a digest, a template, a marked fixture",
    "no alarm",
)
def test_nothing_harmless_is_reported():
    alarms = [
        (each.path, each.text, one.value)
        for each in HARMLESS
        for one in found(each.path, each.text)
    ]
    assert alarms == []


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
