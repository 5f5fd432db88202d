"""`reviewer config init` and `reviewer config validate`: what is written is what is read, and
mistakes are on lines."""

from __future__ import annotations

import json
import os
import re
import tomllib
from pathlib import Path

import pytest
from support import forked
from support.hooking import full_environment
from support.repo import Repo

from reviewer import config
from reviewer.analyzers import ANALYZERS
from reviewer.cli.config_check import check
from reviewer.cli.config_fields import NOT_IN_FILES, keys, only_users
from reviewer.cli.config_template import template
from reviewer.config import RepositorySettings, Settings
from reviewer.errors import ReviewerError
from reviewer.models import address

ROOT = Path(__file__).parents[2]
KEYS = [name.replace("_", "-") for name in Settings.model_fields]
THEIRS = [name.replace("_", "-") for name in RepositorySettings.model_fields]
PROFILES = 'one of "chill", "balanced", "assertive"'
GLOB = 'not a .gitignore glob: "!"; allowed: a list of texts'
SEVERITIES = 'one of "critical", "major", "minor", "trivial", "info"'


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = Repo(tmp_path / "repo", tmp_path / "home")
    made.commit({"sub/a.py": "a = 1\n"})
    return made


def run(repo: Repo, *args: str, cwd: Path | None = None) -> tuple[int, str, str]:
    done = forked.run("config", *args, cwd=cwd or repo.path, env=full_environment(repo))
    return done.returncode, os.fsdecode(done.stdout), os.fsdecode(done.stderr)


def uncommented(text: str) -> str:
    return re.sub(r"^#(?! )", "", text, flags=re.MULTILINE)


def wrong(text: str | bytes, *, repository: bool = True) -> list[str]:
    mistakes, _ = check(text.encode() if isinstance(text, str) else text, repository=repository)
    return [str(each) for each in mistakes]


@pytest.mark.parametrize("repository", [True, False])
def test_the_template_has_every_key_with_its_default(repository: bool) -> None:
    written = template(repository=repository)
    assert tomllib.loads(written) == {}
    given = tomllib.loads(uncommented(written))
    expected = set(THEIRS) if repository else set(KEYS) - {"api-key"}
    assert given.keys() == expected == keys(repository=repository).keys()
    defaults = Settings()
    for key, value in given.items():
        default = getattr(defaults, key.replace("-", "_"))
        assert default in (None, ()) or value == default
        assert Settings.model_fields[key.replace("-", "_")].description in re.sub(
            r"\n# ", " ", written
        )
    assert max(map(len, written.splitlines())) <= 120


def test_the_template_with_every_key_set_is_taken(tmp_path: Path) -> None:
    user = tmp_path / "config.toml"
    user.write_text(uncommented(template(repository=False)))
    loaded = config.load({}, {}, user=user)
    assert [name for name, origin in loaded.origin.items() if origin == "default"] == ["api_key"]
    theirs = config.load({}, {}, repository=uncommented(template(repository=True)).encode())
    assert theirs.warnings == ()
    assert {name for name, origin in theirs.origin.items() if origin != "default"} == set(
        RepositorySettings.model_fields
    )
    for repository in (True, False):
        text = uncommented(template(repository=repository))
        assert check(text.encode(), repository=repository) == ([], len(tomllib.loads(text)))


def test_what_only_the_user_may_set_is_in_neither_list_twice() -> None:
    assert sorted([*only_users(), *THEIRS]) == sorted(KEYS)
    assert set(KEYS) >= NOT_IN_FILES


def test_init_writes_once(repo: Repo) -> None:
    path = repo.path / ".reviewer.toml"
    text = template(repository=True)
    assert run(repo, "init", "--stdout") == (0, text, "")
    assert not path.exists()
    assert run(repo, "init", cwd=repo.path / "sub") == (
        0,
        f"wrote {path}; it counts once it is committed to the base branch\n",
        "",
    )
    assert path.read_text() == text
    path.write_text("# mine\n")
    assert run(repo, "init") == (
        2,
        "",
        (
            f"reviewer: {path} already exists; left unchanged: `reviewer config init --stdout`"
            " prints what would be written\n"
        ),
    )
    assert path.read_text() == "# mine\n"
    path.unlink()
    path.symlink_to(repo.home / "elsewhere")
    assert run(repo, "init")[0] == 2
    assert not (repo.home / "elsewhere").exists()


def test_init_for_the_user(repo: Repo, tmp_path: Path) -> None:
    path = repo.home / ".config/gemma-reviewer/config.toml"
    assert run(repo, "init", "--user", cwd=tmp_path) == (0, f"wrote {path}\n", "")
    assert path.read_text() == template(repository=False)
    assert run(repo, "init", "--user")[0] == 2
    assert run(repo, "validate", "--user") == (0, f"{path}: no mistake, 0 keys set\n", "")
    path.write_text('engine = "none"\nseed = "x"\n')
    expected = (2, f'{path}:2: seed: "x" is wrong; allowed: a whole number\n', "")
    assert run(repo, "validate", str(path)) == expected  # it is known by its place


def test_init_and_validate_without_a_repository(repo: Repo, tmp_path: Path) -> None:
    for command in ("init", "validate"):
        code, out, err = run(repo, command, cwd=tmp_path)
        assert (code, out) == (4, "")
        assert err.startswith("reviewer: not a git repository")
    assert run(repo, "init", "--stdout", cwd=tmp_path)[0] == 0


def test_validate_the_file_as_it_is_now(repo: Repo) -> None:
    assert run(repo, "validate") == (
        2,
        "",
        f"reviewer: {repo.path}/.reviewer.toml is not a file: `reviewer config init` writes one\n",
    )
    repo.write(".reviewer.toml", 'exclude = ["vendor/"]\nprofile = "chill"\n')
    only = "analyzers, api-key, baseline,"
    code, out, err = run(repo, "validate")
    assert (code, err) == (0, "")
    assert out.startswith(
        f".reviewer.toml: no mistake, 2 keys set; a repository may not set {only}"
    )
    repo.write(".reviewer.toml", '\nengine = "vllm"\nprofile = "loud"\n')
    assert run(repo, "validate", cwd=repo.path / "sub") == (
        2,
        (
            "../.reviewer.toml:2: engine: only the user may set it, in the user's file; a"
            f" repository may set {', '.join(keys(repository=True))}\n../.reviewer.toml:3: profile:"
            ' "loud" is wrong; allowed: one of "chill", "balanced", "assertive"\n'
        ),
        "",
    )
    code, out, _ = run(repo, "validate", "--format", "json")
    report = json.loads(out)
    wrong = report["mistakes"].pop()
    assert (code, report["file"], report["keys"]) == (2, ".reviewer.toml", 2)
    assert wrong == {
        "line": 3,
        "key": "profile",
        "wrong": '"loud" is wrong; allowed: one of "chill", "balanced", "assertive"',
    }
    assert (
        run(repo, "validate", "--user", ".reviewer.toml")[1]
        == '.reviewer.toml:3: profile: "loud" is wrong; allowed: one of "chill", "balanced",'
        ' "assertive"\n'
    )


def test_files_that_are_none(repo: Repo) -> None:
    os.mkfifo(repo.path / ".reviewer.toml")
    missing = f"{repo.path}/.reviewer.toml is not a file: `reviewer config init` writes one"
    assert run(repo, "validate")[2] == f"reviewer: {missing}\n"
    assert run(repo, "validate", "sub") == (
        2,
        "",
        "reviewer: sub is not a file\n",
    )  # and `init` would write another
    assert run(repo, "validate", "--user")[2].endswith(
        " is not a file: `reviewer config init --user` writes one\n"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            'exclud = ["a"]',
            [
                "1: exclud: there is no such key; did you mean exclude?; allowed: "
                + ", ".join(keys(repository=True))
            ],
        ),
        ("zzz = 1", [f"1: zzz: there is no such key; allowed: {', '.join(keys(repository=True))}"]),
        ('\nfail-on = "blocker"', [f'2: fail-on: "blocker" is wrong; allowed: {SEVERITIES}']),
        (
            'api-key = "k"',
            [
                "1: api-key: a settings file must not hold a key; allowed:"
                " REVIEWER_API_KEY_FILE or REVIEWER_API_KEY"
            ],
        ),
        (
            'include = [\n"a",\n"!",\n7]',
            [f"1: include.1: {GLOB}", "1: include.2: 7 is wrong; allowed: a list of texts"],
        ),
        ('guidelines = "a"', ['1: guidelines: "a" is wrong; allowed: a list of texts']),
        (
            "path = 1",
            ["1: path: 1 is wrong; allowed: [[path]] tables, each with glob and instructions"],
        ),
        (
            "path = [1]",
            ["1: path.0: 1 is wrong; allowed: [[path]] tables, each with glob and instructions"],
        ),
        (
            '[[path]]\nglob = "a"\n[[path]]\nglob = 5\nextra = 1',
            [
                (
                    "1: path.0.instructions: it is missing; allowed: a text of at most 4,000"
                    " characters"
                ),
                (
                    "3: path.1.instructions: it is missing; allowed: a text of at most 4,000"
                    " characters"
                ),
                "4: path.1.glob: 5 is wrong; allowed: a text of at most 300 characters",
                "5: path.1.extra: there is no such key; allowed: glob, instructions",
            ],
        ),
        ("profile = 2026-01-02", [f'1: profile: "2026-01-02" is wrong; allowed: {PROFILES}']),
        (
            '"\\u001b[31m" = 1',
            ["1: \\u{1b}[31m: there is no such key; allowed: " + ", ".join(keys(repository=True))],
        ),
        (
            'profile = "\\u001b[31m' + "x" * 100 + '"',
            ['1: profile: "\\u001b[31m' + "x" * 48 + f"… is wrong; allowed: {PROFILES}"],
        ),
        ("a = 1\nb = \n", ["2: it is no TOML: Invalid value"]),
        ("a = 1\nb = [\n\n", ["2: it is no TOML: Invalid value, where the file ends"]),
        ("a = 1\n\na = 2\n", ["3: it is no TOML: Cannot overwrite a value"]),
        ("a = " + "[" * 5000, ["1: it is no TOML for us: a value is nested too deep"]),
        (b"a = 1\n\xff", ["2: it is not UTF-8; allowed: TOML in UTF-8"]),
        (b"#" * (64 << 10) + b"##", ["1: the file is larger than 65,536 bytes; allowed: less"]),
        (
            b'\xef\xbb\xbfprofile = "chill"\r\nfail-on = 1\r\n',
            [f"2: fail-on: 1 is wrong; allowed: {SEVERITIES}"],
        ),
        (
            "fail-on." + ".".join(["a"] * 3000) + " = 1",
            [f"1: fail-on: a table is wrong; allowed: {SEVERITIES}"],
        ),
    ],
)
def test_mistakes_of_a_repository(text: str | bytes, expected: list[str]) -> None:
    assert wrong(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "timeout = 0",
            ["1: timeout: 0 is wrong; allowed: a number, more than 0 and at most 1,209,600"],
        ),
        (
            "concurrency = 513",
            ["1: concurrency: 513 is wrong; allowed: a whole number, at least 1 and at most 512"],
        ),
        (
            "max-tokens = 1.5",
            [
                "1: max-tokens: 1.5 is wrong; allowed: a whole number, at least 64 and at most"
                " 1,073,741,824"
            ],
        ),
        (
            'verify-command = "' + "x" * 1001 + '"',
            [
                '1: verify-command: "'
                + "x" * 58
                + "… is wrong; allowed: a text of at most 1,000 characters"
            ],
        ),
        ('engine = "none"\nanalyzers = ["ruff"]\nseed = 3', []),
    ],
)
def test_mistakes_of_a_user(text: str, expected: list[str]) -> None:
    assert wrong(text, repository=False) == expected


@pytest.mark.parametrize(
    "text", ['profile = "loud"', "seed = 1", "exclude = 1", '[[path]]\nglob = "!"', "x = ["]
)
def test_what_is_a_mistake_here_is_ignored_with_a_warning_in_a_review(text: str) -> None:
    loaded = config.load({}, {}, repository=text.encode())
    assert (loaded.settings, len(loaded.warnings), len(wrong(text)) > 0) == (Settings(), 1, True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            'api_key = "sk-1"',
            [
                "1: api_key: a settings file must not hold a key; allowed: "
                "REVIEWER_API_KEY_FILE or REVIEWER_API_KEY"
            ],
        ),
        (
            '\nanalyzers = ["ruff", "nope", "\\u001b"]',
            [
                "2: analyzers: no analyzer is called nope, \\u{1b}; allowed: a list of"
                f" {', '.join(ANALYZERS)}"
            ],
        ),
        (
            'endpoint = "ftp://x"',
            [
                "1: endpoint: not a server address; allowed: one like "
                "http://127.0.0.1:8000/v1, or unix:/path"
            ],
        ),
        (
            'endpoint = "http://me:secret@x"',
            [
                "1: endpoint: the endpoint holds a user name or password; give the key in"
                " REVIEWER_API_KEY instead; allowed: one like http://127.0.0.1:8000/v1, or"
                " unix:/path"
            ],
        ),
        ('endpoint = "unix:/run/x"\nanalyzers = []', []),
        (
            'analyzers = 1\nendpoint = "ftp://x"',
            [
                "1: analyzers: 1 is wrong; allowed: a list of texts",
                (
                    "2: endpoint: not a server address; allowed: one like "
                    "http://127.0.0.1:8000/v1, or unix:/path"
                ),
            ],
        ),
    ],
)
def test_what_a_review_would_refuse_later_is_a_mistake(text: str, expected: list[str]) -> None:
    assert wrong(text, repository=False) == expected


@pytest.mark.parametrize("key", [*KEYS, "fail_on", "api_key", "Seed", '""', "path.glob"])
def test_check_and_review_agree_on_every_key(key: str, tmp_path: Path) -> None:
    values = [
        "0",
        "64",
        "1.5",
        "true",
        "inf",
        "nan",
        "9" * 40,
        '""',
        '"x"',
        '" 5 "',
        '"\\u0000"',
        "[]",
        '["!"]',
        "[1]",
        '[{glob = "a", instructions = "b"}]',
        '"high"',
        '"major"',
    ]
    user = tmp_path / "config.toml"
    for value in values:
        text = f"{key} = {value}\n"
        user.write_text(text)
        try:
            settings = config.load({}, {}, user=user).settings
            address.endpoint("http://x" if settings.endpoint is None else settings.endpoint)
            taken = set(settings.analyzers or ()) <= set(ANALYZERS)
        except ReviewerError:
            taken = False
        assert (not wrong(text, repository=False)) == taken, text
        assert (not wrong(text)) == (not config.load({}, {}, repository=text.encode()).warnings), (
            text
        )


def test_a_switch_takes_true_or_false():
    switch = keys(repository=False)["precedents"]
    assert (switch.allowed, switch.default, switch.sample) == ("true or false", "true", "true")
