"""What the package brings with it."""

from __future__ import annotations

from pathlib import Path

import reviewer


def test_type_checkers_of_others_read_our_types():
    assert (Path(reviewer.__file__).parent / "py.typed").is_file()


def test_the_checker_for_go_is_in_the_package() -> None:
    files = {path.name for path in (Path(reviewer.__file__).parent / "analyzers/golang").iterdir()}
    assert {"go.mod", "main.go"} <= files
