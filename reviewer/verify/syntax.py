"""Whether a file is certainly free of syntax errors."""

from __future__ import annotations

from reviewer.languages import language_of
from reviewer.languages.outline import MAX_BYTES, split_lines


def parses(path: str, data: bytes) -> bool:
    """False also if it cannot be told."""
    language = language_of(path, data)
    if language is None:
        return False
    if language.syntax.parses is not None:
        return language.syntax.parses(data)
    # Source that a strict grammar parses without an error or an inserted token is well formed.
    if language.grammar is None or not language.syntax.strict or len(data) > MAX_BYTES:
        return False
    from ast_grep_py import SgRoot

    root = SgRoot(split_lines(data)[0].replace("\0", " "), language.grammar.name).root()
    if root.find(kind="ERROR") is not None:
        return False
    todo = [root]
    while todo:
        node = todo.pop()
        inner = node.children()
        if not inner and not node.text() and node is not root:
            return False  # a token that the parser inserted to continue
        todo += inner
    return True
