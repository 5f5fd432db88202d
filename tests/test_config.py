from __future__ import annotations

import math
from pathlib import Path

import pytest

from reviewer import config
from reviewer.config import PathInstructions, Settings
from reviewer.errors import ConfigError, Exit


def load(overrides=None, environ=None, user=None, repository=None):
    return config.load(overrides or {}, environ or {}, user=user, repository=repository)


def test_defaults_when_nothing_is_set(tmp_path: Path):
    loaded = load(user=tmp_path / "absent.toml")
    assert loaded.settings == Settings()
    assert set(loaded.origin.values()) == {"default"}
    assert loaded.warnings == ()


def test_who_asks_for_secrets_gets_those_of_the_commits():
    asked = [(), ("ruff",), ("secrets",), ("history", "secrets"), ("history",)]
    assert [load({"analyzers": names}).settings.analyzers for names in asked] == [
        (),
        ("ruff",),
        ("secrets", "history"),
        ("history", "secrets"),
        ("history",),
    ]


def test_each_source_overrides_the_one_before(tmp_path: Path):
    user = tmp_path / "config.toml"
    user.write_text('engine = "ollama"\nmodel = "a"\ntimeout = 10\nmin-severity = "minor"\n')
    loaded = load(
        {"model": "c"},
        {"REVIEWER_MODEL": "b", "REVIEWER_TIMEOUT": "20"},
        user=user,
        repository=b'min-severity = "major"\n',
    )
    assert loaded.settings == Settings(engine="ollama", model="c", timeout=20, min_severity="major")
    assert {name: source for name, source in loaded.origin.items() if source != "default"} == {
        "engine": str(user),
        "timeout": "environment",
        "model": "command line",
        "min_severity": ".reviewer.toml (base)",
    }


def test_a_repository_adds_to_lists_and_gives_instructions():
    loaded = load(
        repository=(
            b'exclude = ["vendor/"]\n[[path]]\nglob = "src/**"\ninstructions = "No floats for'
            b' money."\n'
        )
    )
    assert loaded.settings.exclude == ("vendor/",)
    assert loaded.settings.path == (
        PathInstructions(glob="src/**", instructions="No floats for money."),
    )
    assert loaded.settings.path[0].matches("src/a/b.py")
    assert not loaded.settings.path[0].matches("tests/b.py")


def test_lists_of_the_repository_come_after_the_users(tmp_path: Path):
    user = tmp_path / "config.toml"
    user.write_text('exclude = ["a"]\n')
    assert load(user=user, repository=b'exclude = ["b"]').settings.exclude == ("a", "b")


@pytest.mark.parametrize(
    ("theirs", "expected", "warned"),
    [("minor", "minor", False), ("critical", "major", True), ("major", "major", False)],
)
def test_fail_on_of_a_repository_may_only_get_stricter(tmp_path: Path, theirs, expected, warned):
    user = tmp_path / "config.toml"
    user.write_text('fail-on = "major"\n')
    loaded = load(user=user, repository=f'fail-on = "{theirs}"'.encode())
    assert loaded.settings.fail_on == expected
    assert bool(loaded.warnings) == warned


def test_ignores_of_the_user_and_the_repository_add_up(tmp_path: Path):
    user = tmp_path / "config.toml"
    user.write_text('[[ignore]]\nrule = "secrets"\nreason = "fixtures"\n')
    loaded = load(user=user, repository=b'[[ignore]]\npath = "legacy/"\nreason = "frozen"\n')
    assert [(each.rule, each.path, each.of_repository) for each in loaded.settings.ignore] == [
        ("secrets", None, False),
        (None, "legacy/", True),
    ]
    assert loaded.warnings == ()


@pytest.mark.parametrize(
    ("table", "wrong"),
    [
        ('rule = "ruff"', "ignore.0.reason: Field required"),
        ('rule = "ruff"\nreason = " "', "ignore.0.reason: String should match pattern"),
        ('reason = "r"', "ignore.0: Value error, neither a rule nor a path is given"),
        ('rule = "["\nreason = "r"\npath = "!"', "ignore.0.path: Value error, not a .gitignore"),
        (
            'rule = "secrets/*"\nreason = "r"',
            "ignore.0.rule: Value error, only the user may ignore",
        ),
        ('rule = "a"\nreason = "r"\nuntil = "x"', "ignore.0.until: "),
    ],
)
def test_a_wrong_ignore_of_a_repository_is_dropped_and_said(table: str, wrong: str):
    loaded = load(repository=f"[[ignore]]\n{table}\n".encode())
    assert (loaded.settings, len(loaded.warnings)) == (Settings(), 1)
    assert wrong in loaded.warnings[0]


def test_a_repository_may_not_choose_engine_endpoint_key_or_anything_else():
    loaded = load(
        repository=(
            b'endpoint = "http://evil"\nengine = "openai"\nmodel = "m"\napi-key = "k"\nanalyzers ='
            b' []\nverify-command = "rm"\nprofile = "chill"\ninsecure = true\n'
        )
    )
    assert loaded.settings == Settings(profile="chill")
    assert loaded.warnings == tuple(
        f".reviewer.toml: a repository may not set {key}; ignored"
        for key in (
            "analyzers",
            "api-key",
            "endpoint",
            "engine",
            "insecure",
            "model",
            "verify-command",
        )
    )


@pytest.mark.parametrize(
    ("data", "warning"),
    [
        (b"exclude = [", ".reviewer.toml: Invalid value (at end of document); the file is ignored"),
        (b"\xff", ".reviewer.toml is not UTF-8; the file is ignored"),
        (b"a = " + b"[" * 20_000, "; the file is ignored"),
        (
            b"#" * (64 << 10) + b"##",
            ".reviewer.toml is larger than 65536 bytes; the file is ignored",
        ),
        (
            b'profile = "loud"',
            ".reviewer.toml: profile: Input should be 'chill', 'balanced' or 'assertive'; ignored",
        ),
        (b'exclude = "x"', "exclude"),
    ],
)
def test_a_broken_repository_file_is_ignored_and_said(data: bytes, warning: str):
    loaded = load(repository=data)
    assert loaded.settings == Settings()
    assert len(loaded.warnings) == 1
    assert warning in loaded.warnings[0]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("nonsense = 1", "nonsense: unknown setting; see `reviewer config show`"),
        (
            'timeout = "soon"',
            "timeout: Input should be a valid number, unable to parse string as a number",
        ),
        ("timeout = -1", "timeout: Input should be greater than 0"),
        ('api-key = "x"', "api-key is not allowed in a file; set REVIEWER_API_KEY_FILE instead"),
        ("a = ", "Invalid value (at end of document)"),
    ],
)
def test_a_broken_user_file_is_one_clear_line(tmp_path: Path, content: str, message: str):
    user = tmp_path / "config.toml"
    user.write_text(content)
    with pytest.raises(ConfigError) as caught:
        load(user=user)
    assert caught.value.message == f"{user}: {message}"
    assert caught.value.exit_code == Exit.USAGE


def test_the_environment_is_named_in_errors():
    with pytest.raises(ConfigError, match=r"^environment: engine: Input should be 'auto', 'vllm'"):
        load(environ={"REVIEWER_ENGINE": "gpt"})


def test_unknown_variables_are_said_and_known_ones_are_not():
    loaded = load(
        environ={
            "REVIEWER_ENDPONT": "x",
            "REVIEWER_X": "x",
            "REVIEWER_SKIP": "1",
            "REVIEWER_STATE_DIR": "/s",
            "PATH": "/bin",
        }
    )
    assert loaded.warnings == (
        "unknown environment variable REVIEWER_ENDPONT; did you mean REVIEWER_ENDPOINT?",
        "unknown environment variable REVIEWER_X; see `reviewer config show`",
    )


def test_an_empty_variable_is_not_set():
    assert load(environ={"REVIEWER_MODEL": ""}).settings == Settings()


def test_the_key_comes_from_variable_or_file_and_is_never_shown(tmp_path: Path):
    file = tmp_path / "key"
    file.write_text("s3cret\n")
    file.chmod(0o600)
    from_file = load(environ={"REVIEWER_API_KEY_FILE": str(file)})
    assert from_file.settings.api_key.get_secret_value() == "s3cret"
    assert from_file.warnings == ()
    assert "s3cret" not in repr(from_file)
    both = load(environ={"REVIEWER_API_KEY_FILE": str(file), "REVIEWER_API_KEY": "direct"})
    assert both.settings.api_key.get_secret_value() == "direct"


@pytest.mark.fault("server", "a key with a line end behind it", "the line end is no part of it")
@pytest.mark.parametrize("end", ["\n", "\r\n", " \n\n"])
def test_a_line_end_is_no_part_of_a_key(tmp_path: Path, end: str):
    file = tmp_path / "key"
    file.write_bytes(b"s3cret" + end.encode())
    file.chmod(0o600)
    for environ in ({"REVIEWER_API_KEY_FILE": str(file)}, {"REVIEWER_API_KEY": f"s3cret{end}"}):
        key = load(environ=environ).settings.api_key
        assert key is not None
        assert key.get_secret_value() == "s3cret"


def test_a_key_may_be_sent_in_the_clear_by_variable_file_or_option(tmp_path: Path):
    user = tmp_path / "config.toml"
    user.write_text("insecure = true\n")
    assert not load().settings.insecure
    assert load(environ={"REVIEWER_INSECURE": "true"}).settings.insecure
    assert load(user=user).settings.insecure
    assert load(overrides={"insecure": True}).settings.insecure


def test_a_key_file_that_others_can_read_is_said(tmp_path: Path):
    file = tmp_path / "key"
    file.write_text("s3cret")
    file.chmod(0o644)
    loaded = load(environ={"REVIEWER_API_KEY_FILE": str(file)})
    assert loaded.warnings == (f"{file} can be read by others; run: chmod 600 {file}",)


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "cannot be read"), ("", "one line"), ("a\nb", "one line"), ("a\rb", "one line")],
)
def test_a_bad_key_file(tmp_path: Path, content: str | None, message: str):
    file = tmp_path / "key"
    if content is not None:
        file.write_text(content)
    with pytest.raises(ConfigError, match=message):
        load(environ={"REVIEWER_API_KEY_FILE": str(file)})


def test_a_glob_that_is_none_stops_no_review():
    """That of a repository is ignored; the user is told where it is."""
    given = b'exclude = ["!"]\n[[path]]\nglob = "\\\\"\ninstructions = "x"\n'
    loaded = load(repository=given)
    assert (loaded.settings.exclude, loaded.settings.path) == ((), ())
    assert loaded.warnings == (
        ".reviewer.toml: exclude.0: Value error, not a .gitignore glob; ignored",
        ".reviewer.toml: path.0.glob: Value error, not a .gitignore glob; ignored",
    )
    with pytest.raises(
        ConfigError,
        match=r"command line: include\.0: Value error, not a \.gitignore glob",
    ):
        load({"include": ("!",)})


@pytest.mark.parametrize("key", ["api-key", "api_key"])
def test_a_key_in_the_users_file_is_refused_however_it_is_written(tmp_path: Path, key: str):
    user = tmp_path / "config.toml"
    user.write_text(f'{key} = "sk-1"\n')
    with pytest.raises(ConfigError) as caught:
        load(user=user)
    assert (
        caught.value.message
        == f"{user}: api-key is not allowed in a file; set REVIEWER_API_KEY_FILE instead"
    )


def test_a_file_has_one_spelling_for_each_key(tmp_path: Path):
    user = tmp_path / "config.toml"
    user.write_text('fail_on = "major"\n')
    with pytest.raises(ConfigError) as caught:
        load(user=user)
    assert caught.value.message == f"{user}: fail_on: unknown setting; see `reviewer config show`"


@pytest.mark.parametrize(
    "given",
    [
        {"timeout": float("inf")},
        {"timeout": 1e300},
        {"timeout": float("nan")},
        {"verify_timeout": float("inf")},
        {"max_file_bytes": 10**30},
        {"max_diff_bytes": 10**30},
        {"max_tokens": 10**30},
        {"max_units": 10**30},
    ],
)
def test_numbers_that_no_review_can_use_are_refused(given: dict[str, float]):
    with pytest.raises(ConfigError, match="command line: "):
        load(given)


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        (20.0, 20.0),
        (config.LONGEST, config.LONGEST),
        (config.LONGEST + 1, 60.0),
        (math.inf, 60.0),
        (math.nan, 60.0),
        (0.0, 60.0),
        (-1.0, 60.0),
        (None, 60.0),
    ],
)
def test_what_is_no_time_limit_ends_nothing_before_the_settings_refuse_it(given, seconds):
    assert config.time_limit(given, 60.0) == seconds
