from __future__ import annotations

import re
from typing import Any

from reviewer.languages.base import Comments, Grammar, Language, Scopes, Tests, TestStyle
from reviewer.languages.grammar import outline
from reviewer.languages.ruby_modules import REQUIRED, RubyModules, bound


def _symbol(calls: str) -> dict[str, Any]:
    """A symbol that is passed to one of these calls: `attr_reader :size`."""
    call = {"kind": "call", "has": {"field": "method", "regex": calls}}
    return {"kind": "simple_symbol", "inside": {"kind": "argument_list", "inside": call}}


RUBY = Language(
    name="ruby",
    suffixes=(".rb", ".rake", ".gemspec", ".ru", ".podspec"),
    names=(
        "Rakefile",
        "Gemfile",
        "Guardfile",
        "Capfile",
        "Vagrantfile",
        "Podfile",
        "Fastfile",
        "Brewfile",
        "Dangerfile",
    ),
    grammar=Grammar(
        "ruby",
        functions=("method", "singleton_method"),
        classes=("class", "module"),
        values=("assignment",),
        bound=bound,
        required=REQUIRED,
        declares=("assignment",),
        parts=frozenset(("module",)),
        members=(
            _symbol("^attr_(?:reader|writer|accessor)$"),
            {**_symbol("^(?:alias_method|define_method|delegate|scope)$"), "nthChild": 1},
            {
                "kind": "assignment",
                "has": {"field": "left", "kind": "instance_variable"},
                "inside": {"kind": "body_statement", "inside": {"kind": "method"}},
            },
        ),
    ),
    outline=outline,
    modules=RubyModules,
    scopes=Scopes(constructor="initialize", sees="everything", bare=True, receivers=("self",)),
    quotes=('"', "'"),
    tests=Tests(
        files=re.compile(r"_(?:spec|test)\.rb$|(?:^|/)test_\w+\.rb$"),
        style=TestStyle(
            start=re.compile(
                r"\s*def (test_\w+[?!]?)"
                r"|\s*[fx]?(?:it|specify|test|example|scenario)(?: |\()"
                r"(?:'([^']{1,200})'|\"([^\"]{1,200})\")"
            ),
            check=re.compile(
                r"\b(?:assert|refute|must|wont|flunk)\w*\b|\bexpect\w*[ ({]|\bis_expected\b"
                r"|\.should(?:_\w+)?\b|\bshould \w"
            ),
            skip=re.compile(
                r"\s*(?:skip|pending|omit)\b(?!.{0,300}\b(?:if|unless)\b)(?: ?\(|\s*$| ['\"])"
                r"|\s*x(?:it|specify|example|scenario|describe|context|feature)\b"
                r"|\s*(?:RSpec\.)?(?:it|specify|test|example|describe|context)\b.{1,300}"
                r"(?:, :(?:skip|pending)\b(?! =>)|:(?:skip|pending) => (?:true|['\"])"
                r"|\b(?:skip|pending): (?:true|['\"]))"
            ),
            focus=re.compile(
                r"\s*f(?:it|specify|example|scenario|describe|context|feature)\b"
                r"|\s*(?:RSpec\.)?(?:it|specify|example|describe|context)\b.{1,300}"
                r"(?:, :focus\b|\bfocus: true)"
            ),
            group=re.compile(
                r"\s*(?:RSpec\.)?[fx]?(?:describe|context|feature)(?: |\()['\"]?([^'\",]{1,200})"
            ),
        ),
        runners=("rspec", "minitest"),
    ),
    comments=Comments(line=("#",), block=(("=begin", "=end"),)),
)
