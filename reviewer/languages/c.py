"""C, C++ and Objective-C, which share their headers."""

from __future__ import annotations

import re
from dataclasses import replace

from reviewer.languages import lexis, linking
from reviewer.languages.base import (
    Comments,
    Content,
    Grammar,
    Language,
    Manifest,
    Scopes,
    Syntax,
    Tests,
    TestStyle,
)
from reviewer.languages.c_modules import CModules, bound
from reviewer.languages.common import COMMON
from reviewer.languages.grammar import outline
from reviewer.languages.manifests import Facts

# Names of the standard library: found by name alone, they mean nothing of the project.
_LIBRARY = """
    abort abs assert calloc close exit fclose fflush fgets fopen fprintf fputs fread free fwrite
    getenv isdigit isspace malloc memchr memcmp memcpy memmove memset open printf putchar qsort
    read realloc snprintf sprintf strcat strchr strcmp strcpy strdup strerror strlen strncmp
    strncpy strrchr strstr strtol time va_end va_start vsnprintf write NULL size_t string vector
    map std
"""


def _cmake(facts: Facts, text: str, path: str) -> None:
    for name, variable, feature in (("C++", "CXX", "cxx"), ("C", "C", "c")):
        standard = re.search(
            rf"\bCMAKE_{variable}_STANDARD\s+(\d{{2}})\b|\b{feature}_std_(\d{{2}})\b", text
        )
        facts.language(name, (standard[1] or standard[2]) if standard else None)
    for name in re.findall(r"\bfind_package\(\s*(\w{2,40})", text):
        facts.depend(name)


_SPECIFIERS = ("struct_specifier", "enum_specifier", "union_specifier", "class_specifier")
# Macros: `class EXPORT Pool {`, and `BEGIN_DECLS` on a line of its own.
_MACROS = re.compile(
    r"\b(?:class|struct|union)[ \t]+([A-Z][A-Z0-9_]{1,60}(?:\([^()\n]{0,100}\))?)"
    r"(?=[ \t]+\w+(?:<[^<>\n]{0,100}>)?[ \t]*(?:final[ \t]*)?(?::(?!:)|\{|$))"
    r"|^[ \t]*([A-Z][A-Z0-9_]{0,60}(?:BEGIN|END)_[A-Z_]{0,30}(?:DECL|NAMESPACE)[A-Z_]{0,9})"
    r"[ \t]*$",
    re.MULTILINE,
)
_GRAMMAR = Grammar(
    "c",
    functions=("function_definition", "preproc_function_def"),
    classes=(*_SPECIFIERS, "namespace_definition"),
    values=("preproc_def", "declaration", "type_definition", "field_declaration", "enumerator"),
    imports=("preproc_include",),
    bound=bound,
    declares=("declaration", "parameter_declaration", "field_declaration"),
    bodied=frozenset(_SPECIFIERS),
    parts=frozenset(("namespace_definition",)),
    unread=_MACROS,
)
# C++ only, at the beginning of a line, since a comment of a C header may contain "class" too. A
# header for both languages has `extern "C"` and counts as C.
_ONLY_CPP = re.compile(
    rb"^[ \t]*(?:"
    rb"(?:inline[ \t]+)?namespace(?:[ \t]+[\w:]+)?\s*\{|template[ \t]*<"
    rb"|using[ \t]+(?:namespace\b|\w+[ \t]*=)"
    rb"|(?:enum[ \t]+)?class[ \t]+(?:\w+[ \t]+)?\w+[ \t]*(?:final[ \t]*)?(?::[^:]|\s*\{|;)"
    rb"|(?:public|private|protected)[ \t]*:"
    rb"|(?:virtual|constexpr|explicit|friend)[ \t]+\w"
    rb"|#[ \t]*include[ \t]*<(?:algorithm|array|atomic|cstdint|cstddef|cstring|functional"
    rb"|iostream|map|memory|mutex"
    rb"|optional|set|span|string|string_view|tuple|unordered_map|utility|variant|vector)>"
    rb")",
    re.MULTILINE,
)
_HIDDEN = re.compile(r"^static\b(?!.*\binline\b)")

# GoogleTest, Catch2, doctest, Unity, Criterion, Boost.Test, plain functions.
_TESTS = TestStyle(
    start=re.compile(
        r"\s*(?:TYPED_)?TEST(?:_F|_P|_CASE_METHOD)?\(\s*(\w+)\s*,\s*(?:DISABLED_)?(\w+)\s*[,)]"
        r"|\s*(?:TEST_CASE|SCENARIO|TEMPLATE_TEST_CASE|SUBCASE)\(\s*\"([^\"]{1,200})\""
        r"|\s*(?:Test|BOOST_AUTO_TEST_CASE|BOOST_FIXTURE_TEST_CASE|START_TEST|TEST)\("
        r"\s*(\w+)\s*(?:,\s*(\w+)\s*)?[,)]"
        r"|(?:static )?(?:void|int|bool|MunitResult) (?!\w+__(?:initialize|cleanup)\b)(test_\w+)\("
    ),
    check=re.compile(
        r"\b(?:EXPECT|ASSERT|REQUIRE|CHECK|TEST_ASSERT|BOOST_(?:CHECK|REQUIRE|TEST)|FAIL|ck_assert"
        r"|cr_assert|munit_assert|cl_assert|cl_git|g_assert|fail_unless|fail_if|assert|abort_if"
        r"|abort_unless|verify|cmp_ok)\w*!?\s?\("
    ),
    skip=re.compile(
        r"\s*(?:TYPED_)?TEST(?:_F|_P)?\(\s*\w+\s*,\s*DISABLED_|\s*GTEST_SKIP\(|\s*TEST_IGNORE"
        r"|\s*(?:SKIP|cl_skip)\(|\s*(?:TEST_CASE|SCENARIO)\(.{0,300}\"\s*,\s*\".{0,200}\[\.|.{0,200}doctest::skip\("
    ),
)

C = Language(
    name="c",
    suffixes=(".c", ".h"),
    grammar=_GRAMMAR,
    outline=outline,
    modules=CModules,
    links=linking.C,
    scopes=Scopes(hidden=_HIDDEN, sees="everything", headers=True, passes_on=True),
    common=COMMON.union(_LIBRARY.split()),
    syntax=Syntax(conditional=True, lexis=lexis.C),
    tests=Tests(
        files=re.compile(r"(?:_tests?|(?:^|/)(?:test_\w+|tests?))\.c$"),
        content=re.compile(
            rb"#[ \t]*include [<\"](?:unity|munit|check|cmocka|criterion/criterion)\.h"
        ),
        style=_TESTS,
    ),
    manifests=(Manifest("CMakeLists.txt", _cmake),),
    comments=Comments(line=("//",), block=(("/*", "*/"),)),
)
CPP = Language(
    name="cpp",
    suffixes=(
        *(".cc", ".cpp", ".cxx", ".c++", ".cppm", ".ixx"),
        *(".hpp", ".hh", ".hxx", ".h++", ".inl", ".ipp", ".tpp", ".txx"),
    ),
    content=Content((".h",), _ONLY_CPP),
    family="c",
    grammar=replace(
        _GRAMMAR, name="cpp", classes=(*_GRAMMAR.classes, "alias_declaration", "concept_definition")
    ),
    outline=outline,
    modules=CModules,
    links=linking.CPP,
    scopes=Scopes(
        hidden=_HIDDEN,
        sees="everything",
        bare=True,
        receivers=("this",),
        headers=True,
        passes_on=True,
    ),
    common=C.common,
    syntax=Syntax(conditional=True, lexis=lexis.CPP),
    tests=Tests(
        files=re.compile(
            r"(?:(?:_|-|\.)(?:unit)?[Tt]ests?|(?:^|/)(?:test_\w+|tests?)|[a-z]Tests?)\.(?:cc|cpp|cxx)$"
        ),
        content=re.compile(
            rb"#[ \t]*include [<\"](?:gtest/gtest|gmock/gmock|(?:catch2/)?catch(?:_\w+)?"
            rb"|doctest(?:/doctest)?)\.h"
        ),
        style=_TESTS,
    ),
    comments=C.comments,
)
OBJC = Language(name="objc", suffixes=(".m", ".mm"), family="c", comments=C.comments)
