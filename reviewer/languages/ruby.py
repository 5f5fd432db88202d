from __future__ import annotations

from typing import Any

from reviewer.languages import linking
from reviewer.languages.base import Comments, Grammar, Language, Scopes
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
    links=linking.RUBY,
    modules=RubyModules,
    scopes=Scopes(constructor="initialize", sees="everything", bare=True, receivers=("self",)),
    quotes=('"', "'"),
    comments=Comments(line=("#",), block=(("=begin", "=end"),)),
)
