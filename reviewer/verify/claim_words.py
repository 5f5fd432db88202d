"""The wording of claims that code can check. English only, and narrow on purpose: the model judges
whatever is not recognised, like any other finding."""

from __future__ import annotations

import re

Patterns = tuple[re.Pattern[str], ...]

_Q = "[`'\"“”‘’]?"
_N = rf"{_Q}(?P<name>[A-Za-z_]\w*)(?:\(\))?{_Q}"
_OWNER = rf"{_Q}(?P<owner>[A-Za-z_][\w.]*){_Q}"
_BE = "(?:is|was|are)"
_NOT_DEFINED = "(?:undefined|(?:not|never) (?:defined|imported|declared|in scope))"
_USED = rf"{_N} {_BE} (?:used|called|referenced)(?: here)?,?"
_MEMBER = "(?:attribute|method|member|property|function|field)"
_HAS_NO = "(?:has no|have no|does not have an?|doesn['’]t have an?|lacks an?|lacks the)"
_DOES_NOT_EXIST = "(?:does not|doesn['’]t) exist"
_JUMP = "[`'\"]?(?:return|raise|break|continue)"


def _any(*patterns: str) -> Patterns:
    return tuple(re.compile(rf"(?<![\w.]){pattern}", re.IGNORECASE) for pattern in patterns)


UNDEFINED = _any(
    rf"{_N} {_BE} {_NOT_DEFINED}\b",
    rf"{_USED} (?:but|and|yet) (?:it )?(?:(?:is|was|has) )?(?:been )?{_NOT_DEFINED}\b",
    rf"{_USED} without (?:being |having been )?(?:defined|imported|declared|an?"
    r" import|importing)\b",
    "(?:undefined|undeclared|unimported|unresolved) "
    rf"(?:name|variable|function|symbol|identifier|class|module|reference)(?: to)?:? {_N}",
    rf"missing (?:an? |the )?import(?: statement)?(?: of| for|:)?(?: the)?(?: module| name)? {_N}",
    rf"(?:the )?import (?:of|for|statement for) {_N} {_BE} (?:missing|absent)\b",
    rf"(?:forgot|forgets|fails|failed) to (?:import|define) {_N}",
)
UNUSED = _any(
    rf"{_N} {_BE} (?:(?:imported|assigned|defined|declared)(?: here)?,? (?:but|and)"
    r" )?(?:(?:is|was) )?"
    r"(?:unused|never (?:used|read|referenced)|not used)\b",
    rf"unused (?:import|variable|parameter|argument|local variable|local)(?: of)?:? {_N}",
)
ARGUMENTS = _any(
    r"missing (?:\w+ )?required (?:positional |keyword(?:-only)? )?arguments?\b",
    r"missing (?:\w+ )?(?:positional|keyword-only) arguments?\b",
    r"too (?:many|few) (?:positional )?arguments?\b",
    r"(?:unexpected|unknown|invalid) keyword(?: argument)?\b",
    r"wrong number of (?:positional )?arguments?\b",
    r"takes (?:exactly |only )?\w+ (?:positional )?arguments? but\b",
)
ATTRIBUTE = _any(
    rf"{_OWNER}(?: object| class| module| instances?)? {_HAS_NO} {_MEMBER}(?: named| called)? {_N}",
    r"`(?P<owner>[A-Za-z_][\w.]*)\.(?P<name>[A-Za-z_]\w*)(?:\(\))?` "
    rf"(?:{_DOES_NOT_EXIST}|is not defined|is undefined)\b",
    rf"{_N} {_DOES_NOT_EXIST} (?:on|in) (?:the )?(?:class |module )?{_OWNER}",
    rf"{_N} is not (?:an? )?{_MEMBER} of {_OWNER}",
)
AWAIT = _any(
    r"missing (?:an? )?[`'\"]?await\b",
    r"(?:is|are|was) (?:not|never) awaited\b",
    r"(?:without|forgot to|should be|must be) (?:an? |being )?[`'\"]?await",
)
UNREACHABLE = _any(
    r"(?:unreachable|dead) (?:code|statement|line|branch|block)?\b.{0,40}\bafter (?:the |an?"
    rf" |this )?{_JUMP}\b",
    rf"(?:code|statements?|lines?) after (?:the |an? |this )?{_JUMP}[`'\"]?(?: statement)?"
    r" (?:is|are) "
    r"(?:unreachable|never (?:executed|reached|run))",
)
SYNTAX = _any(
    r"syntax ?error\b",
    r"invalid (?:python )?syntax\b",
    r"indentationerror\b",
    r"(?:missing|unbalanced|unmatched|mismatched|unclosed|extra) (?:closing |opening )?"
    r"(?:parenthes[ie]s|paren|brackets?|braces?|quotes?|colon)\b",
)
# Words that limit a claim to some runs; facts about the file as a whole cannot decide it.
HEDGED = re.compile(
    r"\b(?:when|if|unless|until|while|in"
    r" case|branch|path|may|might|could|sometimes|possibly|potentially|"
    r"conditional(?:ly)?|before|first|loop|empty|exceptions?|handler|outside|callers?|other|elsewhere|only)\b",
    re.IGNORECASE,
)
NOTHING = re.compile(r"\b(?:None|NoneType|null|nil|Optional)\b")
# A syntax error in something other than this file.
OTHER_SYNTAX = re.compile(
    r"\b(?:SQL|quer(?:y|ies)|regex\w*|regular"
    r" expression|JSON|YAML|TOML|HTML|XML|CSS|shell|bash|template|jinja|eval\w*|"
    r"exec\w*|parse[drs]?|input|string|python"
    r" ?[23](?:\.\d+)?|older|versions?|f-string|prompt|command|expression|"
    r"config)\b",
    re.IGNORECASE,
)


def claimed(patterns: Patterns, title: str, sentence: str) -> re.Match[str] | None:
    """The match if a finding with this title and first sentence makes such a claim, unhedged and as
    its subject: in its title, or in the sentence about a name that the title also contains."""
    named = set(re.findall(r"[A-Za-z_]\w*", title))
    if not title or HEDGED.search(title):
        return None
    if match := _first(patterns, title):
        return match
    match = None if HEDGED.search(sentence) else _first(patterns, sentence)
    return match if match and match.groupdict().get("name") in named else None


def _first(patterns: Patterns, text: str) -> re.Match[str] | None:
    return next((match for pattern in patterns if (match := pattern.search(text))), None)
