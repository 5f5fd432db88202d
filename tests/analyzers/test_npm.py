"""The native program behind a script that npm installed."""

from __future__ import annotations

from pathlib import Path

from support.npm import installed

from reviewer.analyzers import npm

PACKAGE = "@typescript/typescript-{platform}/lib"


def test_the_program_of_the_platform_is_found_from_the_script(tmp_path: Path) -> None:
    link, native = installed(tmp_path)
    assert npm.native(link, PACKAGE, "tsc") == native
    assert npm.native(link, PACKAGE, "tsc", tmp_path / "elsewhere") == native


def test_one_beside_the_package_that_needs_it_is_found_too(tmp_path: Path) -> None:
    link, native = installed(tmp_path)
    nested = tmp_path / "node_modules/typescript" / native.relative_to(tmp_path)
    nested.parent.mkdir(parents=True)
    native.rename(nested)
    assert npm.native(link, PACKAGE, "tsc") == nested


def test_none_is_taken_from_the_repository(tmp_path: Path) -> None:
    link, native = installed(tmp_path)
    assert npm.native(link, PACKAGE, "tsc", tmp_path) is None
    inside = tmp_path / "repository/tsc"
    inside.parent.mkdir()
    native.rename(inside)
    native.symlink_to(inside)
    assert npm.native(link, PACKAGE, "tsc", tmp_path / "repository") is None


def test_there_may_be_none(tmp_path: Path) -> None:
    link, native = installed(tmp_path)
    native.unlink()
    assert npm.native(link, PACKAGE, "tsc") is None
