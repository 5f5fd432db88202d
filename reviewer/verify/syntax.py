"""Whether a file has no syntax error, where that is certain."""

from __future__ import annotations

from reviewer.context.outline import MAX_BYTES, split_lines
from reviewer.languages import language
from reviewer.verify import python_names

# Grammars that are strict enough: what they read without an error or a made-up token is well
# formed.
_STRICT = {
    "javascript": "javascript",
    "typescript": "typescript",
    "tsx": "tsx",
    "go": "go",
    "java": "java",
    "rust": "rust",
}


def parses(path: str, data: bytes) -> bool:
    """False also when it cannot be told."""
    name = language(path)
    if name == "python":
        return python_names.parse(data) is not None
    if name not in _STRICT or len(data) > MAX_BYTES:
        return False
    from ast_grep_py import SgRoot

    root = SgRoot(split_lines(data)[0].replace("\0", " "), _STRICT[name]).root()
    if root.find(kind="ERROR") is not None:
        return False
    todo = [root]
    while todo:
        node = todo.pop()
        inner = node.children()
        if not inner and not node.text() and node is not root:
            return False  # a token that the parser made up to go on
        todo += inner
    return True
