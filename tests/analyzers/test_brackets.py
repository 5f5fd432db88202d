import pytest
from support.analyzed import hits

from reviewer.analyzers.brackets import is_lost
from reviewer.languages import Syntax

PLAIN = Syntax(brackets=True)
CONDITIONAL = Syntax(conditional=True)
LONE = Syntax(lone=")")


@pytest.mark.parametrize(
    ("syntax", "tokens", "source", "before", "old", "lost"),
    [
        (PLAIN, {}, "((", {}, "", False),
        (PLAIN, {"(": 0}, "((", {}, "", False),
        (PLAIN, {"(": 1}, "f(", {}, "", True),
        (PLAIN, {"(": -1}, "f)", {}, "", True),
        (PLAIN, {"(": 1}, "f()", {}, "", False),  # the grammar is mistaken
        (PLAIN, {"(": 1}, "f)", {}, "", False),
        (PLAIN, {"(": 1}, "f( ')'", {}, "')'", True),
        (PLAIN, {"(": 1}, "f() '('", {}, "'('", False),
        (PLAIN, {"(": 1}, "f(", {"(": 1}, "f(", False),  # it was lost before
        (PLAIN, {"(": 2}, "f((", {"(": 1}, "f(", False),
        (PLAIN, {"[": 1}, "f([", {"(": 1}, "f(", True),
        (PLAIN, {'"': 1}, 'f("', {}, "", True),
        (PLAIN, {'"': 1}, 'f("")', {}, "", False),
        (PLAIN, {'"': 1}, "'\"' \"", {}, "'\"'", True),
        (LONE, {"(": -1}, "a) ;;", {}, "", False),
        (LONE, {"(": 1}, "(a", {}, "", True),
        (LONE, {"{": -1}, "}", {}, "", True),
        (CONDITIONAL, {"{": 1}, "#if A\nx {\n#elif B\ny {\n# else\nz {\n#endif\n}", {}, "", False),
        (CONDITIONAL, {"{": 1}, "#if A\nx {\n#else\ny {\n#endif\n", {}, "", True),
        (PLAIN, {"{": 1}, "#if A\nx {\n#else\ny {\n#endif\n}", {}, "", True),
        (
            CONDITIONAL,
            {"{": 1},
            "#ifdef A\n#if B\n#else\n{\n#endif\n{\n#else\n#if C\n{\n#endif\n{\n#endif\n}\n",
            {},
            "",
            False,
        ),
        (CONDITIONAL, {"{": 1}, "#endif\n#else\n{", {}, "", True),
    ],
)
def test_a_lost_bracket(syntax, tokens, source, before, old, lost):
    assert is_lost(syntax, tokens, source, before, old) == lost


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("a.sh", "x=1\n", "case $x in\n  a|b) ;;\nesac\ncoproc x { y; }; ${ cmd; }\n"),
        ("a.c", "int a;\n", "WEIRD a ( x )\n#if A\nint f() {\n#else\nint g() {\n#endif\n}\n"),
    ],
)
def test_brackets_that_do_not_pair_and_need_not(path, old, new):
    assert [rule for rule, _, _ in hits("astgrep", {path: old}, {path: new})] == ["parse-error"]
