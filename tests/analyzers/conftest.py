from pathlib import Path

import pytest

from reviewer.analyzers import Limits, go_tool

collect_ignore_glob = ["cases/*"]  # planted defects, some of them in tests


@pytest.fixture
def go_checker(pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The checker for Go, kept between runs since it takes long to build."""
    monkeypatch.setenv("REVIEWER_CACHE_DIR", str(pytestconfig.rootpath / ".cache"))
    toolchain = go_tool.find(None)
    assert toolchain is not None
    return go_tool.checker(toolchain, Path("/nonexistent"), Limits(600))
