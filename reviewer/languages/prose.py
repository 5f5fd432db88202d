"""Prose formats."""

from __future__ import annotations

from reviewer.languages.base import Language

MARKDOWN = Language(
    name="markdown",
    kind="prose",
    suffixes=(".md", ".markdown", ".mdx"),
    any_script=True,
)
RST = Language(name="rst", kind="prose", suffixes=(".rst",), any_script=True)
TEXT = Language(name="text", kind="prose", suffixes=(".txt",), any_script=True)
