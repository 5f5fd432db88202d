from __future__ import annotations

import re
from typing import Any

from reviewer.languages import lexis, linking
from reviewer.languages.base import (
    Comments,
    Grammar,
    Language,
    Manifest,
    Scopes,
    Syntax,
    Tests,
    TestStyle,
)
from reviewer.languages.common import COMMON
from reviewer.languages.grammar import outline
from reviewer.languages.manifests import Facts
from reviewer.languages.ruby_modules import REQUIRED, RubyModules, bound


def _symbol(calls: str) -> dict[str, Any]:
    """A symbol that is passed to one of these calls: `attr_reader :size`."""
    call = {"kind": "call", "has": {"field": "method", "regex": calls}}
    return {"kind": "simple_symbol", "inside": {"kind": "argument_list", "inside": call}}


_GEM = re.compile(
    r"\s*(?:gem|\w{1,20}\.add(?:_runtime|_development)?_dependency)[ (]{1,4}"
    r"['\"]([\w.-]{1,60})['\"]"
    r"(?:,\s*['\"]([\w.<>=~! -]{1,40})['\"])?"
)
_RUBY = re.compile(
    r"\s*(?:ruby|\w{1,20}\.required_ruby_version\s*=)\s*['\"]([\w.<>=~ -]{1,30})['\"]"
)
_GROUP = re.compile(r"\s*group\b(.{1,100})\bdo\b")


def _gems(facts: Facts, text: str, path: str) -> None:
    group = ""
    for line in text.split("\n"):
        if match := _RUBY.match(line):
            facts.language("Ruby", match[1])
        elif match := _GROUP.match(line):
            group = match[1]
        elif line.startswith("end"):
            group = ""
        elif match := _GEM.match(line):
            test = "_development" in line or "test" in group or "development" in group
            facts.depend(match[1], match[2] or "", development=test)


def _gem_lock(facts: Facts, text: str, path: str) -> None:
    facts.lock(re.findall(r"^    ([\w.-]{1,60}) \(([\w.-]{1,40})\)$", text, re.MULTILINE))


def _ruby_version(facts: Facts, text: str, path: str) -> None:
    facts.language("Ruby", text.strip().removeprefix("ruby-"))


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
    syntax=Syntax(lexis=lexis.RUBY),
    links=linking.RUBY,
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
    common=COMMON.union(_LIBRARY.split()),
    comments=Comments(line=("#",), block=(("=begin", "=end"),)),
    manifests=(
        Manifest("Gemfile", _gems),
        Manifest("*.gemspec", _gems, names=re.compile(r"[\w.-]{1,80}\.gemspec")),
        Manifest("Gemfile.lock", _gem_lock, settings=True),
        Manifest(".ruby-version", _ruby_version, settings=True),
    ),
    frameworks={"rails": "Rails", "sinatra": "Sinatra", "hanami": "Hanami"},
)
