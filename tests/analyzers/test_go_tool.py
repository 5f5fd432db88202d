import os
from pathlib import Path

import pytest
from support.analyzed import analyzed
from support.toolchains import needs

from reviewer.analyzers import AnalyzerError, AnalyzerResult, Limits, go_tool, registry
from reviewer.analyzers.go_tool import Toolchain

needs_go = needs(registry.GO_TOOL)
TOOLS = Toolchain(Path("/no/go"), Path("/no"), "go1.27.3", "linux", "amd64", ())


def problem(outside: Path, limits: Limits) -> str:
    with pytest.raises(AnalyzerError) as caught:
        go_tool.checker(TOOLS, outside, limits)
    return caught.value.problem


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REVIEWER_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache/gocheck"


def test_the_version_of_a_toolchain_that_is_no_release_counts_as_the_newest() -> None:
    versions = ("go1.27.3", "go1.18", "devel go1.28-abc", "go1.27rc1")
    found = [Toolchain(Path(), Path(), version, "", "", ()).minor for version in versions]
    assert found == [27, 18, 999, 999]


def test_a_checker_that_cannot_be_built_is_a_problem_and_leaves_nothing(
    tmp_path: Path, cache: Path
) -> None:
    assert problem(tmp_path / "repository", Limits(20)) == (
        "its checker is not built yet (does not start: No such file or directory);"
        " the next run continues"
    )
    assert list(cache.iterdir()) == []


@pytest.mark.fault(
    "code",
    "a cache folder inside of the reviewed repository, where a checker for Go may lie ready",
    "no program in it runs",
)
def test_no_checker_is_taken_from_the_repository(tmp_path: Path, cache: Path) -> None:
    assert problem(tmp_path, Limits(20)) == "the cache folder is in the repository"


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_a_folder_that_others_may_write_to_is_closed(tmp_path: Path, cache: Path) -> None:
    cache.mkdir(parents=True)
    cache.chmod(0o777)
    problem(tmp_path / "repository", Limits(20))
    assert cache.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_a_folder_of_another_user_is_not_trusted(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.mkdir(parents=True)
    monkeypatch.setattr(os, "geteuid", lambda: cache.stat().st_uid + 1)
    said = problem(tmp_path / "repository", Limits(20))
    assert said == "the cache folder belongs to another user"


def test_a_run_whose_files_another_one_swept_up_takes_what_that_one_built(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = []

    def build(toolchain, place, sources, compiled, limits):
        work = place / "gocheck"
        work.touch()
        if programs:
            (cache / programs[0]).touch()
            raise AnalyzerError("swept up")
        return work

    monkeypatch.setattr(go_tool, "_build", build)
    first = go_tool.checker(TOOLS, tmp_path / "repository", Limits(20))
    programs.append(first.name)
    first.unlink()
    assert go_tool.checker(TOOLS, tmp_path / "repository", Limits(20)) == first


def test_only_the_newest_checker_is_kept(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(go_tool, "_build", lambda _, place, *rest: place / "built")
    monkeypatch.setattr(go_tool.disk, "replace", lambda built, program: program.touch())
    (cache / "compiled").mkdir(parents=True)
    (cache / "gocheck-old").touch()
    program = go_tool.checker(TOOLS, tmp_path / "repository", Limits(20))
    assert list(cache.iterdir()) == [program]


@needs_go
def test_a_checker_that_is_not_built_leaves_no_file_unreviewed(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def build(*args: object) -> Path:
        raise AnalyzerError("stopped after 20 s")

    monkeypatch.setattr(go_tool, "_build", build)
    assert analyzed("gocheck", {}, {"a.go": "package a\n"}) == AnalyzerResult(
        "gocheck", problem="gocheck: stopped after 20 s"
    )


@needs_go
def test_settings_of_the_user_and_of_the_repository_do_not_reach_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_tool._asked.cache_clear()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "go.mod").write_text("module a\n\ngo 1.99\ntoolchain go1.99\n")
    for name in ("GOFLAGS", "GOROOT", "GOTOOLCHAIN", "GOEXPERIMENT", "GOOS"):
        monkeypatch.setenv(name, "-no-such-thing")
    found = go_tool.find(tmp_path)
    assert found is not None
    assert (found.root / "src/fmt").is_dir()
    assert f"go1.{found.minor}" in found.tags
