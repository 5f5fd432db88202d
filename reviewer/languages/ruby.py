from __future__ import annotations

from reviewer.languages.base import Comments, Grammar, Language, Scopes
from reviewer.languages.grammar import outline

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
        calls=("call",),
    ),
    outline=outline,
    scopes=Scopes(sees="everything", bare=True, receivers=("self",)),
    quotes=('"', "'"),
    comments=Comments(line=("#",), block=(("=begin", "=end"),)),
)
