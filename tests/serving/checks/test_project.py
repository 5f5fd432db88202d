import pytest
from support.doctor import shown
from support.repo import Repo

from reviewer.config import Settings
from reviewer.serving.checks import project


@pytest.fixture
def repo(tmp_path):
    made = Repo(tmp_path / "repo", tmp_path / "home")
    made.commit({"a.py": "a = 1\n"})
    return made


def line(check, tmp_path):
    return shown([check], {str(tmp_path): "TMP"})[0]


def test_repository(repo, tmp_path):
    base = repo.commit({".reviewer.toml": 'profile = "chill"\n'})
    repo.git("switch", "-q", "-c", "topic")
    repo.commit({"a.py": "a = 2\n", ".reviewer.toml": 'profile = "assertive"\n'})
    found = project.repository(repo.path)
    assert (
        line(found.check, tmp_path)
        == f"ok repository: TMP/repo, on topic, compared with main ({base[:12]})"
    )
    assert found.file == b'profile = "chill"\n'  # that of the base


def test_no_commit_yet(tmp_path):
    Repo(tmp_path / "repo", tmp_path / "home")
    assert (
        line(project.repository(tmp_path / "repo").check, tmp_path)
        == "ok repository: TMP/repo, on main, compared with the empty tree: no commit yet"
    )


def test_no_repository(tmp_path):
    assert project.repository(tmp_path) == project.Project(
        project.skipped(
            "repository", "the current directory is not in a git repository with a worktree"
        ),
        None,
    )


def test_a_broken_repository(repo, tmp_path):
    (repo.path / ".git/config").write_text("[core\n")
    check = project.repository(repo.path).check
    assert (check.status, check.fix) == (
        "failed",
        "check that `git status` works here, or review a patch with --diff FILE",
    )
    assert "bad config line 1" in check.detail


def test_no_base(repo, tmp_path):
    repo.git("switch", "-q", "--orphan", "other")
    repo.commit({"b.py": "b = 1\n"})
    check = project.repository(repo.path).check
    assert (check.status, check.fix) == (
        "failed",
        "name the base to compare with: reviewer --base REF",
    )


def test_a_repository_that_names_programs(repo, tmp_path):
    repo.git("config", "filter.evil.clean", str(tmp_path / "evil"))
    check = project.repository(repo.path).check
    assert check.status == "warning"
    assert check.detail.endswith(
        "programs named by the repository's git configuration are not run: filter.evil.clean"
    )
    assert check.fix == "check .git/config: who added this?"


@pytest.mark.parametrize(
    ("environ", "file", "expected"),
    [
        ({}, None, "ok configuration: defaults"),
        (
            {"REVIEWER_TIMEOUT": "60"},
            b'profile = "chill"\n',
            "ok configuration: from .reviewer.toml (base), environment",
        ),
        (
            {"REVIEWER_TIMEOUTS": "60"},
            b'engine = "vllm"\n',
            (
                "warning configuration: .reviewer.toml: a repository may "
                "not set engine; ignored (and 1 more) -> see `reviewer config show`"
            ),
        ),
        (
            {"REVIEWER_TIMEOUT": "soon"},
            None,
            (
                "failed configuration: environment: timeout: Input should be a valid number, unable"
                " to parse string as a number -> fix it; `reviewer config show` lists every setting"
            ),
        ),
    ],
)
def test_configuration(environ, file, expected):
    check, settings = project.configuration({"model": "m"}, environ, None, file)
    assert shown([check]) == [expected]
    assert settings.model == "m"


def test_a_broken_configuration_leaves_the_command_line():
    _, settings = project.configuration(
        {"endpoint": "http://x"}, {"REVIEWER_ENGINE": "cray"}, None, None
    )
    assert settings == Settings(endpoint="http://x")
