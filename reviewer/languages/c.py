"""C, C++ and Objective-C, which share their headers."""

from __future__ import annotations

import re
from dataclasses import replace

from reviewer.languages.base import Comments, Content, Grammar, Language, Scopes, Syntax, Tests
from reviewer.languages.c_modules import CModules, bound
from reviewer.languages.common import COMMON
from reviewer.languages.grammar import outline

# Names of the standard library: found by name alone, they mean nothing of the project.
_LIBRARY = """
    abort abs assert calloc close exit fclose fflush fgets fopen fprintf fputs fread free fwrite
    getenv isdigit isspace malloc memchr memcmp memcpy memmove memset open printf putchar qsort
    read realloc snprintf sprintf strcat strchr strcmp strcpy strdup strerror strlen strncmp
    strncpy strrchr strstr strtol time va_end va_start vsnprintf write NULL size_t string vector
    map std
"""

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

C = Language(
    name="c",
    suffixes=(".c", ".h"),
    grammar=_GRAMMAR,
    outline=outline,
    modules=CModules,
    scopes=Scopes(sees="everything", headers=True, passes_on=True, hidden=_HIDDEN),
    common=COMMON.union(_LIBRARY.split()),
    syntax=Syntax(conditional=True),
    tests=Tests(files=re.compile(r"_test\.c$")),
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
    scopes=Scopes(
        sees="everything",
        bare=True,
        receivers=("this",),
        headers=True,
        passes_on=True,
        hidden=_HIDDEN,
    ),
    common=C.common,
    syntax=C.syntax,
    tests=Tests(files=re.compile(r"_test\.(?:cc|cpp)$")),
    comments=C.comments,
)
OBJC = Language(name="objc", suffixes=(".m", ".mm"), family="c", comments=C.comments)
