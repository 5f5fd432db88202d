import pytest
from support.analyzed import hits

from reviewer.analyzers import own_parsers
from reviewer.analyzers.brackets import balances, is_lost
from reviewer.analyzers.lexer import Lone
from reviewer.languages import by_name

NONE = {"(": {0}, "[": {0}, "{": {0}}


@pytest.mark.parametrize(
    ("language", "now", "source", "before", "old", "lost"),
    [
        ("go", {}, "f(", {}, None, False),  # only the text says so
        ("go", {"(": 0}, "f(", {}, None, False),
        ("go", {"(": 1}, "f(", {}, None, True),
        ("go", {"(": -1}, "f)", {}, None, True),
        ("go", {"(": 1}, "f()", {}, None, False),  # the grammar is mistaken
        ("go", {"(": 1}, "f)", {}, None, False),
        ("go", {"(": 1}, "f() '('", {}, None, False),
        ("go", {"(": 1}, "f( ')'", {}, None, True),
        ("go", {"(": 1}, "f(", {"(": 1}, "f(", False),  # it was lost before
        ("go", {"[": 1}, "f([", {"(": 1}, "f(", True),
        ("go", {}, "f(", {}, "f()", True),  # not by its tokens, but by all brackets that there are
        ("go", {}, "f( // )", {}, "f()", False),
        ("go", {'"': 1}, 'f("', {}, None, True),
        ("go", {'"': 1}, 'f("")', {}, None, False),
        ("go", {'"': 0}, 'f("', {}, None, False),
        ("go", {"(": 1}, 'f("(', {}, 'f("', False),  # nothing is known behind an open quote
        ("shell", {"(": -1}, "a) ;;", {}, "b", False),
        ("shell", {"(": 1}, "(a; b) ;; (", {}, "b) ;; (a)", True),
        ("shell", {"{": -1}, "}", {}, "a", True),
        ("shell", {}, 'a="${b"\nc="$d"\n', {}, 'a="${b}"\nc="$d"\n', True),
        ("shell", {}, 'a="$b"\nc=it\'s\n', {}, 'a="$b"\n', False),
        ("c", {"{": 1}, "#if A\nx {\n#elif B\ny {\n# else\nz {\n#endif\n}", {}, "", False),
        ("c", {"{": 1}, "#if A\nx {\n#else\ny {\n#endif\n", {}, "", True),
        ("java", {"{": 1}, "#if A\nx {\n#else\ny {\n#endif\n}", {}, "", True),
    ],
)
def test_a_lost_bracket(language, now, source, before, old, lost):
    assert is_lost(by_name(language), now, source, before, old) == lost


@pytest.mark.parametrize(
    ("language", "source", "balance"),
    [
        ("c", "#if A\n{\n#endif\n", {"{": {1}}),
        ("c", "#if A\n{\n#endif\n#if A\n}\n#endif\n", {"{": {-1, 0, 1}}),  # one closes the other
        ("c", "#if A\n#if B\n{\n#endif\n#endif\n", {"{": {1}}),
        ("c", "#if A\n{\n#elif B\n{{\n#endif\n", {"{": {0, 1, 2}}),
        ("c", "#ifdef A\n#if B\n#else\n{\n#endif\n{\n#else\n{\n#endif\n", {"{": {1, 2}}),
        ("c", "#endif\n#else\n#if A\n{", {"{": {1}}),
        ("c", "#define A { /* ( */ \\\r\n  [ \"\\\n#include <a(b>\n# error it's (\n(", {"(": {1}}),
        ("c", "a = '(' + 1'000 + \"\\\n(\" + '\\'';", {}),
        ("cpp", 'R"x( " ( )")x"; R"(()"; [', {"[": {1}}),
        ("csharp", '""" " ( """; $@"{a} ""("; @"\\"; \'{\'; (', {"(": {1}}),
        ("css", "a { b: url(c) \"}\" /* } */; e: '{' }", {}),
        ("go", "`{\n` '\\'' \"\\\"{\" // {\n/* ( */ [", {"[": {1}}),
        ("java", '"""\n \\""" ( """ \'(\' (', {"(": {1}}),
        ("javascript", "`${a({}) + `${b}(`} (` / 1 /* ( */", {}),
        ("javascript", "`${(", {"{": {1}, "(": {1}}),
        ("javascript", "a = /[/(]'(/; b = c / d; // (\ne.f(/\\(/g, it's)", {}),
        ("javascript", "</b>(</i>", {"(": {1}}),
        ("kotlin", '"${a("b")} (" + """ " ( """" + $$"""(""" + `a (` + \'(\'', {}),
        ("lua", "[==[ ]] ( ]==] --[[ ( ]] -- (\n'('", {}),
        ("php", "it's ( <?php f('\\'(' . \"{$a['(']} (\") # (\n #[A('(')] ?> { <?= 1", {}),
        ("php", "<?php <<<A\n it's (\n A . <<<'B'\n(\nB; // ?> (", {}),
        ("ruby", "a(<<~B, <<-'C') { ?( + :\"(\" }\n ( #{\n B\nit's\nC\n__END__\n(", {}),
        ("ruby", "%w[( (] + %q{a {b} (} + %r((a)\\() + /[(]/ =~ b; c % (d)\n=begin\n(\n=end", {}),
        ("rust", "'a' 'b '(' '\\'' r##\"(\"#\"## b\"\\\"(\n\" /* /* ( */ ( */ (", {"(": {1}}),
        ("scala", '\'(\' """ " ( """ \'b (', {"(": {1}}),
        ("shell", 'a="$(b "${c}" \'(\')" $# \\( # (\ncat <<A\nit\'s (\nA\n(', {"(": {1}}),
        ("swift", '"\\(a("b"))(" + #"("# + """\n(\n""" + #/(/# + `(`\n#if A\n#expect(', {"(": {1}}),
    ],
)
def test_what_holds_brackets_that_do_not_count(language, source, balance):
    assert balances(by_name(language), source) == NONE | balance


@pytest.mark.parametrize(
    ("language", "source", "mark", "opened"),
    [
        ("go", 'a("', '"', ""),
        ("go", "a(`", "`", ""),
        ("go", "a /*", "", ""),
        ("javascript", "`${a} ", "`", ""),
        ("javascript", "`${a('", "'", "{"),
        ("ruby", "<<~A\n", "", ""),
        ("csharp", '"""', '"', ""),
    ],
)
def test_what_cannot_be_read_to_its_end(language, source, mark, opened):
    with pytest.raises(Lone) as caught:
        balances(by_name(language), source)
    assert (caught.value.mark, caught.value.opened) == (mark, opened)


def test_too_many_branches_are_not_followed():
    source = "".join(f"#if A{n}\n{'{' * n}\n#else\n#endif\n" for n in range(40))
    with pytest.raises(Lone):
        balances(by_name("c"), source)


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("a.c", "int a;\n", "WEIRD a ( x )\n#if A\nint f() {\n#else\nint g() {\n#endif\n}\n"),
        ("a.ts", "let a\n", "new syntax <|> {`${x}(`} here ')' \n"),
    ],
)
def test_brackets_that_do_not_pair_and_need_not(monkeypatch, path, old, new):
    monkeypatch.setattr(own_parsers, "parses", lambda *args: None)
    assert [rule for rule, _, _ in hits("astgrep", {path: old}, {path: new})] == ["parse-error"]
