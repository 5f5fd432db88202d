from __future__ import annotations

from typing import Any

from reviewer.languages.base import Comments, Grammar, Language, Scopes
from reviewer.languages.common import COMMON
from reviewer.languages.grammar import outline
from reviewer.languages.ruby_modules import REQUIRED, RubyModules, bound


def _symbol(calls: str) -> dict[str, Any]:
    """A symbol that is passed to one of these calls: `attr_reader :size`."""
    call = {"kind": "call", "has": {"field": "method", "regex": calls}}
    return {"kind": "simple_symbol", "inside": {"kind": "argument_list", "inside": call}}


# Names of the standard library: found by name alone, they mean nothing of the project.
_LIBRARY = """
    new each map select reject first last size length empty? nil? to_s to_i to_a to_h to_sym
    inspect freeze dup join split gsub sub strip include? respond_to? send call puts raise merge
    fetch key? any? all? shift push pop concat match require extend class
"""

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
    common=COMMON.union(_LIBRARY.split()),
    comments=Comments(line=("#",), block=(("=begin", "=end"),)),
)
