"""Where the brackets of a language do not count: in strings, characters, patterns and comments. It
does not lean on the grammars, which lose their way in code that is newer than they are."""

from __future__ import annotations

from dataclasses import dataclass

# What a regular expression may call a string, a character or a pattern, here and there.
_QUOTED = r'"(?:[^"\\\n]|\\[\s\S])*+"'
_LONG = r'"(?:[^"\\]|\\[\s\S])*+"'
_LONG_SINGLE = r"'(?:[^'\\]|\\[\s\S])*+'"
_NAME = r"`[^`\n]*+`"
# Not possessive around alternatives that look ahead: Python before 3.11.5 gets those wrong.
_TRIPLE = r'"""[^"\\]*+(?:(?:\\[\s\S]|"(?!""))[^"\\]*+)*"""'
_SINGLE = r"'(?:[^'\\\n]|\\[^\n])*+'"
_CHARACTER = r"'(?:[^'\\\n]|\\(?:[^\nxu]|x[\da-fA-F]{1,8}|u+\{?[\da-fA-F]{1,8}\}?|[0-7]{2,3}))'"
_LIFETIME = r"'\w{1,100}+(?!')"
_NUMBER = r"\b\d(?:'?[\w.])*+"
# A slash begins a pattern where no value has just ended.
_PATTERN = (
    r"(?:(?<=[(,=:\[!&|?{};+*%~^>-])|^|\b(?:return|typeof|case|in|of|do|else|yield|await"
    r"|if|unless|when|and|or|not|split|match)\b)[ \t]{0,40}+/(?![/*>])"
    r"(?:[^/\\\[\n]|\\[^\n]|\[(?:[^\]\\\n]|\\[^\n]){0,1000}+\]){1,1000}+/"
)


@dataclass(frozen=True, slots=True)
class Hole:
    """A string with code in it: how it begins (a regular expression) and ends, and the pairs that
    hold the code."""

    begins: str
    ends: str
    holes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Lexis:
    """All but the holes are regular expressions."""

    literals: tuple[str, ...] = (_QUOTED, _CHARACTER)
    # How others begin and end, where a group `tag` of the beginning comes again in the end.
    pairs: tuple[tuple[str, str], ...] = ()
    strings: tuple[Hole, ...] = ()
    below: str = ""  # announces a text that begins on the next line, and ends with its `tag`
    nested: bool = False  # block comments may contain others
    before: str = ""  # what ends the text before the first code of a file
    comments: bool = True  # the beginning of a line comment is one wherever it stands


C = Lexis((_NUMBER, _QUOTED, r"'(?:[^'\\\n]|\\[^\n])++'"))
CPP = Lexis(C.literals, ((r'\bu?8?[LU]?R"(?P<tag>[^()\\\s"]{0,16})\(', r'\)\g<tag>"'),))
CSHARP = Lexis(
    (r'(?:@\$?|\$@)"(?:[^"]|"")*+"', _QUOTED, _CHARACTER), ((r'(?P<tag>"{3,100})', r"\g<tag>"),)
)
CSS = Lexis((r"\\.", _QUOTED, _SINGLE, r"url\([^\"'()\s]*+\)"))
GO = Lexis((r"`[^`]*+`", _QUOTED, _CHARACTER))
JAVA = Lexis((_TRIPLE, _QUOTED, _CHARACTER))
JAVASCRIPT = Lexis(
    (_QUOTED, r"(?<!\w)" + _SINGLE, r"(?<=\w)'", _PATTERN),
    strings=(Hole("`", "`", (("${", "}"),)),),
)
KOTLIN = Lexis(
    (_QUOTED, _CHARACTER, _NAME),
    (('"""', '"""+'),),
    (Hole(r'(?<![$"])"(?!"")', '"', (("${", "}"),)),),
    nested=True,
)
LUA = Lexis((_QUOTED, _SINGLE), ((r"(?:--)?\[(?P<tag>=*)\[", r"\]\g<tag>\]"),))
PHP = Lexis(
    (_LONG_SINGLE,),
    (
        (r"<<<[ \t]*[\"']?(?P<tag>\w{1,100})[\"']?", r"\n[ \t]*\g<tag>\b"),
        (r"\?>", r"<\?|\Z"),
        (r"//|#(?!\[)", r"\n|(?=\?>)|\Z"),
    ),
    (Hole('"', '"', (("{$", "}"),)),),
    before=r"<\?|\Z",
    comments=False,
)
RUBY = Lexis(
    (
        r"(?<![\w)\]}])\?\\?[^\s\w](?!\w)",
        r"\$[\"'`/\\]",
        r"%[wWiIqQrx]?\((?:[^()\\]|\\[\s\S]|\([^()]{0,1000}+\)){0,1000}+\)",
        r"%[wWiIqQrx]?\[(?:[^\[\]\\]|\\[\s\S]|\[[^\[\]]{0,1000}+\]){0,1000}+\]",
        r"%[wWiIqQrx]?\{(?:[^{}\\]|\\[\s\S]|\{[^{}]{0,1000}+\}){0,1000}+\}",
        r"%[wWiIqQr]\|[^|\n]*+\||%[wWiIqQr]![^!\n]*+!",
        _PATTERN,
        _LONG_SINGLE,
    ),
    ((r"^=begin\b", r"^=end\b"), (r"^__END__$", r"\Z")),
    (Hole('"', '"', (("#{", "}"),)), Hole("`", "`", (("#{", "}"),))),
    below=r"<<[~-]?[\"'`]?(?P<tag>[A-Z_]\w{0,100})[\"'`]?",
)
RUST = Lexis(
    (_CHARACTER, _LIFETIME, _LONG), ((r'\b(?:b|c)?r(?P<tag>#*)"', r'"\g<tag>'),), nested=True
)
SCALA = Lexis((_QUOTED, _CHARACTER, _LIFETIME, _NAME), (('"""', '"""+'),), nested=True)
SHELL = Lexis(
    (r"\\.|`", r"\$#|\$\{#", r"'[^']*+'", r"(?:^|(?<=[\s;(&|]))#[^\n]*"),
    (),
    (Hole('"', '"', (("$(", ")"), ("${", "}"))),),
    below=r"<<-?[ \t]*[\"'\\]?(?P<tag>[A-Za-z_]\w{0,100})[\"']?",
    comments=False,
)
SWIFT = Lexis(
    (_TRIPLE, _NAME),
    (
        (r'(?P<tag>#+)"""', r'"""\g<tag>'),
        (r'(?P<tag>#+)"', r'"\g<tag>'),
        (r"(?P<tag>#+)/", r"/\g<tag>"),
    ),
    (Hole('"', '"', (("\\(", ")"),)),),
    nested=True,
)
