"""The text of skipped files is read for the checks of single lines."""

from __future__ import annotations

import pytest
from support.pipeline import found, run
from support.repo import Repo, added_lines, outcome, review
from support.scripted import Scripted

from reviewer.workspace import Limits, triage

VALUE = "kJ8x2LmQ" + "z7RtVw4"
SECRET = f'"resolved": "https://svc:{VALUE}@registry.corp.net/x.tgz",\n'
WARNING = "not searched for credentials (too large, not readable or out of time): 1 skipped file"


@pytest.fixture
def repo(repo: Repo) -> Repo:
    repo.commit({"a.txt": "one\n", ".gitattributes": "*.data -diff\n"})
    repo.git("checkout", "-q", "-b", "work")
    return repo


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("package-lock.json", "lockfile"),
        ("api_pb2.py", "generated"),
        ("site.min.js", "minified"),
        ("a.data", "binary"),
    ],
)
@pytest.mark.fault(
    "secrets",
    "a credential in a lock file, generated or minified code, or a text that is called binary",
    "found, although nothing else reads the file",
)
def test_a_credential_in_a_skipped_file_counts(repo: Repo, path: str, reason: str):
    repo.write(path, f"one\n{SECRET}")
    change = review(repo)
    assert outcome(change)["skipped"] == {path: reason}
    assert [(file.path, added_lines(file)[1]) for file in change.skipped_lines] == [
        (path, SECRET.strip().encode())
    ]
    events, code = run(
        repo, Scripted(lambda prompt: "", role="none"), analyzers=("secrets",), fail_on="major"
    )
    (finding,) = found(events)
    assert (finding.file_name, finding.start_line, finding.in_diff) == (path, 2, True)
    assert (code, events[-1].status) == (1, "review_completed")


@pytest.mark.fault(
    "secrets",
    "a credential in a text in UTF-16 or UTF-32",
    "found, also in the commits of a branch",
)
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_a_credential_in_a_text_of_wide_letters_counts(repo: Repo, encoding: str):
    repo.commit({"a.ps1": f"one\n{SECRET}".encode(encoding)}, "brings")
    asked = Scripted(lambda prompt: "", role="none")
    events, code = run(repo, asked, analyzers=("secrets", "history"), fail_on="major")
    (finding,) = found(events)
    assert (finding.file_name, finding.start_line, code) == ("a.ps1", 2, 1)
    repo.git("rm", "-q", "a.ps1")
    repo.commit({}, "takes")
    events, code = run(repo, asked, analyzers=("secrets", "history"), fail_on="major")
    (finding,) = found(events)
    assert (finding.file_name, finding.start_line, code) == ("a.ps1", None, 1)


@pytest.mark.parametrize("analyzer", ["conflict", "unicode"])
def test_the_other_checks_of_lines_read_them_too(repo: Repo, analyzer: str):
    marks = "<" * 7 + " a\nx\n" + "=" * 7 + "\ny\n" + ">" * 7 + " b\n"
    repo.write("yarn.lock", f"{marks}a \u202e b\n")
    events, _ = run(repo, Scripted(lambda prompt: "", role="none"), analyzers=(analyzer,))
    assert [each.file_name for each in found(events)] == ["yarn.lock"]


@pytest.mark.fault(
    "verdict",
    "a digest in a lock file that only looks like a credential",
    "no alarm",
)
def test_digests_of_a_lock_file_are_none(repo: Repo):
    digest = "kJ8x2LmQz7RtVw4" * 6
    repo.write("package-lock.json", f'"integrity": "sha512-{digest}==",\n"js-tokens": "^4.0.0",\n')
    events, code = run(
        repo, Scripted(lambda prompt: "", role="none"), analyzers=("secrets",), fail_on="major"
    )
    assert (found(events), code, events[-1].status) == ([], 0, "review_skipped")


def test_binaries_and_what_the_user_excludes_stay_unread(repo: Repo):
    repo.write("a.png", bytes(range(256)) + SECRET.encode())
    repo.write("yarn.lock", SECRET)
    change = review(repo, limits=Limits(exclude=("*.lock",)))
    assert change.skipped_lines == ()
    assert outcome(change)["skipped"] == {"a.png": "binary", "yarn.lock": "excluded"}


def test_what_is_too_large_is_said(repo: Repo, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(triage, "_LINE_BYTES", 10)
    repo.write("yarn.lock", SECRET)
    change = review(repo)
    assert (change.skipped_lines, change.warnings) == (
        (),
        (WARNING,),
    )


def test_what_cannot_be_read_is_said_and_what_is_deleted_is_not(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(triage, "_LINE_BYTES", 10)
    repo.commit({"uv.lock": SECRET})
    repo.git("checkout", "-q", "-b", "gone")
    repo.git("rm", "-q", "uv.lock")
    repo.git("commit", "-q", "-m", "gone")
    assert review(repo, base="HEAD~1").warnings == ()
    repo.commit({"yarn.lock": "1\n"})
    name = repo.head("HEAD:yarn.lock")
    (repo.path / ".git/objects" / name[:2] / name[2:]).unlink()
    assert review(repo, "committed", base="HEAD~1").warnings == (WARNING,)


def test_the_lines_of_all_skipped_files_have_one_limit(repo: Repo):
    for name in ("uv.lock", "yarn.lock"):
        repo.write(name, SECRET)
    change = review(repo, limits=Limits(max_diff_bytes=2 * len(SECRET)))
    assert [file.path for file in change.skipped_lines] == ["uv.lock"]
    assert change.warnings == (WARNING,)
