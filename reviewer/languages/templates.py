"""Templates of source files (Jinja, cookiecutter, Go, Helm, ERB, EJS, Mustache), which are valid
source only once they are filled in. Whoever reports a syntax error asks here first."""

from __future__ import annotations

import re

# What can hardly be anything else: a value (`{{ name }}`, `{{- end }}`, `{{#each}}`), or the
# beginning of a statement. `${{ … }}` belongs to workflows, and `={{ … }}` may be JSX.
_TAG = re.compile(
    rb"\{%[-+]?[ \t]*[a-z]|<%[-=_#@]?[ \t\w]|(?:\{%[-+]?|<%[-=]?)$"
    rb"|(?<!\$)\{\{(?:[-~][ \t]|[#/^>&!]?[ \t]*[$.\w\"'(](?:[^{}\n:;]|:=)*\}\})"
)
_JSX = re.compile(rb"=\{\{")
_QUOTE = re.compile(rb"(?<![\w\\])[\"'`]|[\"'`](?!\w)")  # no apostrophe within a word
_FOLDER = re.compile(r"\{\{|\{%|(?:^|/)_?templates?/|\.(?:tmpl|j2|jinja2?|erb|ejs|gotmpl)(?:\.|$)")


def is_template(path: str, source: bytes, first: int, last: int) -> bool:
    """Whether a syntax error in the lines `first` to `last` comes from a tag that is still to be
    filled in: there is one in these lines or, in a folder of templates, anywhere in the file. A tag
    within quotes, as in an f-string, is no error of syntax."""
    lines = source.split(b"\n")
    near = lines if _FOLDER.search(path) else lines[max(0, first - 1) : last]
    jsx = path.endswith((".jsx", ".tsx", ".js", ".mjs"))
    return any(_has_tag(_JSX.sub(b"=", line) if jsx else line) for line in near)


def _has_tag(line: bytes) -> bool:
    at, quotes = 0, 0
    for tag in _TAG.finditer(line):
        quotes += len(_QUOTE.findall(line, at, tag.start()))
        if quotes % 2 == 0 or _QUOTE.search(tag[0]):
            return True
        at = tag.start()
    return False
