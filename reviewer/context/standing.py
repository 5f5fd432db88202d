"""Which of several equal names is meant: copies of other projects, stand-ins for tests and
generated files come last."""

from __future__ import annotations

import re

_TEXT = """
    vendor vendors vendored third_party third-party thirdparty external extern node_modules
    bower_components dist build out target generated gen mocks mock __mocks__ fakes fake stubs
    deps testdata fixtures
"""
_FOLDERS = frozenset(_TEXT.split())
_STAND_IN = re.compile(
    r"(?:^|[_.-])(?:mock|mocks|fake|fakes|stub|stubs|generated|gen|pb|min|bundle)(?=[_.-])"
    r"|^(?:Mock|Fake|Stub)(?=[A-Z])|(?:Mock|Fake|Stub)s?(?=\.)",
)


def is_stand_in(path: str) -> bool:
    """Whether a path names a copy, a stand-in or generated code, by its folders or its file."""
    *folders, name = path.split("/")
    return not _FOLDERS.isdisjoint(folders) or _STAND_IN.search(name) is not None
