from __future__ import annotations

from reviewer.languages.base import Comments, Grammar, Language
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
        calls=("call",),
    ),
    outline=outline,
    comments=Comments(line=("#",), block=(("=begin", "=end"),)),
)
