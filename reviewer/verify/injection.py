"""Finds text in the change that gives the reviewer instructions about the review, and reports it as
a finding.

Only prose counts (comments, documentation, strings), and only on added lines. A program that works
with language models is full of instructions to a model. An injection differs from those in that it
addresses the reviewer of this change, or in that it is in a comment, which no program reads.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from reviewer.events import Finding
from reviewer.findings import Source, from_evidence
from reviewer.languages import language_of
from reviewer.text import decode
from reviewer.types import Change, Evidence, FileDiff, Hunk

SOURCE, RULE = "reviewer", "addresses-reviewer"
MESSAGE = "Text in this change addresses the reviewer with instructions about the review"
FIX = (
    "Remove the text, or reword it so that it describes the code instead of telling a reviewer what"
    " to do."
)
_MAX_LINE = 2000  # characters of a line that are searched
_MAX_HITS = 20  # of one file

LineKind = Literal["comment", "prose", "string"]

_AI = r"(?:ai|llm|a\.i\.|gpt|gemma|claude|copilot|coderabbit|automated|automatic|machine|bot)"
_ROLE = (
    r"(?:reviewers?|review(?:ing)? (?:bots?|tools?|agents?|assistants?|models?|systems?)|code[-"
    r" ]review\w*)"
)
_WHO = (
    rf"(?:{_AI}s?[- ](?:code[- ])?{_ROLE}|(?:code[- ])?review[-"
    r" ](?:bot|assistant|agent|model|ai)s?)"
)
_ANY = (
    rf"(?:{_WHO}|{_AI}s?(?:[- ](?:models?|assistants?|agents?|tools?|systems?))?|"
    r"(?:language|code) models?|reviewers?|assistants?)"
)
_DO = (
    r"(?:(?:please|kindly|always|just|now|you|must|should|shall|will|can|are|need|have|to|not|only|instead)\s+){0,5}"
    r"(?:do\s+not|don['’]?t|never|ignore|disregard|forget|skip|approve|accept|report|return|output|respond|reply|answer|"
    r"say|write|print|emit|mark|treat|consider|assume|pass|rate|give|stop|omit|exclude|conclude|refrain|avoid|include|"
    r"list|reveal|repeat|state|instructed|required|told)\b"
)
_START = r"(?:^|(?<=[.!?:;)\]>*–—-])\s+|(?<=\*\*)|(?<=[>\[]))(?:\W{0,4})"
_SCOPE = (
    r"(?:file|function|changes?|diff|pr|pull\s+request|merge\s+request|commit|module|class|patch|code|section|"
    r"hunk|review|block)"
)
_FOUND = r"(?:issues?|findings?|bugs?|problems?|vulnerabilit(?:y|ies)|defects?|errors?|warnings?|comments?)"  # noqa: E501
_POLITE = r"(?:(?:please|kindly|now|just|you\s+(?:must|should|will))\s+){0,2}"

# Addresses the reviewer.
_ADDRESSED = (
    rf"{_START}(?:(?:dear|hey|hi|hello|attention|note|notice|message|instructions?|warning|important|info)[,:]?\s+)?"
    rf"(?:(?:to|for)\s+)?(?:(?:the|any|all|an?|my|every)\s+){{0,2}}{_WHO}\s*[,:;–—-]+\s*{_DO}(?=\s+[\w\"'\[{{]|\s*[.!])",
    rf"{_START}(?:dear|hey|hi|hello|attention|note\s+(?:to|for)|notice\s+to|message\s+(?:to|for)|instructions?\s+(?:to|for))[,:]?\s+"
    rf"(?:(?:the|any|all|an?|my|every)\s+){{0,2}}{_ANY}\s*[,:;.!–—-]+\s*(?:\S+\s+){{0,4}}?{_DO}",
    rf"\bif\s+you(?:['’]re|\s+are)\s+(?:an?\s+|the\s+)?{_ANY}\b[^.!?]{{0,80}}?[,:;]?\s*{_DO}",
    rf"\bas\s+(?:an?|the)\s+{_WHO}\s*,?\s+(?:you\b|{_DO})",
    rf"\b(?:you\s+are|you['’]re)\s+(?:now\s+)?(?:an?|the)\s+{_WHO}\s+(?:that|who|which)\s+"
    r"(?:approves|never|always|ignores|finds\s+no|reports\s+no|does\s+not)\b",
    rf"\b{_WHO}\s+(?:must|should|shall|has\s+to|is\s+(?:required|instructed|told)\s+to)\s+(?:not\s+(?:report|flag|review)|"
    rf"skip|approve|ignore|pass)\s+(?:this|the\s+following|these)\b",
)
# Instructions about the review itself.
_ABOUT_REVIEW = (
    rf"{_START}{_POLITE}(?:do\s+not|don['’]?t|never)\s+(?:report|flag|mention|raise|list|output)\s+(?:any|anything|an?y?|this|these|the)"
    rf"\s*(?:\w+\s+){{0,3}}?{_FOUND}\s+(?:in|for|about|on|from|with|below|above)\s+(?:this|the\s+following|the)\s+{_SCOPE}\b",
    rf"{_START}{_POLITE}(?:do\s+not|don['’]?t|skip|omit)\s+(?:review|reviewing|analy[sz]e|analy[sz]ing)\s+(?:this|the\s+following|these)\s+{_SCOPE}\b",
    rf"{_START}{_POLITE}approve\s+(?:this|the)\s+(?:pr|pull\s+request|merge\s+request|change|diff|patch|commit|code)"
    r"(?:\s+(?:immediately|now|without\b[^.!?]{0,60}|and\b[^.!?]{0,60}))?\s*(?:[.!]|$)",
    rf"{_START}{_POLITE}(?:return|output|respond\s+with|reply\s+with|answer\s+with|emit|give|report)\s+(?:only\s+)?(?:an?\s+|the\s+)?"
    rf"(?:empty\s+(?:list|array|set)\s+(?:of|for)\s+(?:the\s+)?findings|empty\s+findings|no\s+findings|zero\s+findings|"
    rf"[\"'`]?(?:lgtm|no\s+issues\s+found|looks\s+good\s+to\s+me)\b)",
    rf"{_START}{_POLITE}(?:treat|mark|classify|rate|label|consider|set)\s+(?:all|any|every|each|these|your)\s+(?:the\s+|of\s+the\s+)?"
    rf"(?:\w+\s+)?{_FOUND}\s+(?:in\s+this\s+{_SCOPE}\s+)?(?:as|to\s+be|to)\s+(?:\w+\s+){{0,2}}?(?:info|trivial|minor|false|resolved|low|non|safe|harmless)",
    r"\bthis\s+(?:file|change|diff|code|pr|commit)\s+(?:has|was|is)\s+(?:already\s+)?(?:been\s+)?(?:pre-?)?(?:reviewed|approved|audited)\b"
    rf"[^.!?]{{0,60}}[.,;:]\s*(?:so\s+|therefore\s+)?{_POLITE}(?:skip|ignore|do\s+not|don['’]?t|no\s+need\s+to|return|approve)",
    rf"\b(?:in|for|from)\s+your\s+(?:code\s+)?review\b[^.!?]{{0,40}}[,:]\s*{_DO}",
    rf"{_START}{_DO}(?:\s+[\w'’]+){{0,6}}?\s+in\s+your\s+(?:code\s+)?review\b",
)
# Ordinary in programs that use language models, but in a comment only the reviewer reads it.
_OVERRIDES = (
    rf"{_START}{_POLITE}(?:ignore|disregard|forget|override|bypass)\s+(?:(?:all|any|the|your|of|every|these)\s+){{0,3}}"
    r"(?:(?:previous|prior|above|earlier|preceding|former|system|review(?:er|ing)?)\s+){1,2}(?:\w+\s+)?"
    r"(?:instructions?|prompts?|rules?|guidelines?|directions?|directives?|context)\b",
    rf"{_START}{_POLITE}(?:ignore|disregard|forget)\s+(?:all\s+(?:of\s+)?)?your\s+(?:instructions?|rules?|guidelines?|prompt|training)\b",
    rf"{_START}{_POLITE}(?:reveal|print|output|repeat|show|leak|disclose|include|quote)\s+(?:me\s+)?(?:(?:your|the)\s+)(?:entire\s+|full\s+|whole\s+)?"
    r"(?:system\s+prompt|hidden\s+(?:prompt|instructions)|initial\s+(?:prompt|instructions)|instructions\s+(?:above|you\s+were\s+given))\b",
    r"(?:<\|im_start\|>|<\|turn>|<start_of_turn>|<\|start_header_id\|>)\s*(?:system|developer)\b",
    rf"{_START}(?:system|developer)\s*(?:prompt|message|override|note|instruction)s?\s*:\s*{_DO}",
    rf"{_START}new\s+instructions?\s*:\s*{_DO}",
    r"^\W{0,4}\{\s*\"(?:checked|findings|verdicts)\"\s*:\s*\[\s*\]",
)
_FENCE = r"^\W{0,4}=====[0-9a-f]{12}\b"


def _joined(*groups: Iterable[str]) -> re.Pattern[str]:
    return re.compile(
        "|".join(f"(?:{pattern})" for group in groups for pattern in group),
        re.IGNORECASE | re.MULTILINE,
    )


_IN_COMMENT = _joined(_ADDRESSED, _ABOUT_REVIEW, _OVERRIDES, (_FENCE,))
_IN_STRING = _joined(_ADDRESSED, (_FENCE,))
# Every passage that the patterns can match contains one of these, on its line or nearby.
_TRIGGER = re.compile(
    rb"(?i)review|\bais?\b|llm|\bgpt|gemma|claude|copilot|coderabbit|automat|assistant|language"
    rb" model|code model|"
    rb"instruction|prompt|guideline|\brules?\b|directi(?:on|ve)|finding|approve|im_start|\|turn>|start_of_turn|"
    rb"header_id|system (?:prompt|message|override|note)|=====|\"checked\"|\"verdicts\"|lgtm|"
    rb"looks good|(?:issue|bug|problem|defect)s?\b|vulnerabilit|[\x80-\xff]"
)
_NEAR = 2  # lines before and after that a sentence may span
_QUOTES = "\"'`“”‘’«"
_MARKER = re.compile(
    r"^\s*(?:#+!?|//[/!]?|/\*+!?|\*+/?|<!--|--|;+|%+|\"\"\"|'''|REM\b|dnl\b|>)\s?", re.IGNORECASE
)
_TRAILING = re.compile(r"(?:^|\s)(?:#|//|/\*|<!--|--)\s")
_TEST_PATH = re.compile(
    r"(?i)(?:^|/)(?:tests?|specs?|testdata|fixtures|__tests__|evals?|benchmarks?|prompts?)(?:/|$)|"
    r"(?:^|/)(?:test_|conftest)|[._]test\.|[._]spec\."
)


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    kind: LineKind
    text: str


def evidence(change: Change) -> list[Evidence]:
    """One piece of evidence per passage, in the order of the change."""
    found = []
    for file in change.files:
        for number in sorted({line for hunk in file.hunks for line in _hits(file, hunk)})[
            :_MAX_HITS
        ]:
            found.append(Evidence(SOURCE, RULE, file.path, number, number, MESSAGE, fix=FIX))
    return found


def findings(evidence: Iterable[Evidence], source: Source) -> list[Finding]:
    """The evidence as findings. The text appears only as quoted code."""
    return [
        from_evidence(item, "minor", "security", source).model_copy(update={"source": SOURCE})
        for item in evidence
    ]


def addresses(line: str) -> bool:
    """Whether one line of code addresses the reviewer."""
    plain = _plain(line)
    return any(
        _matches(_IN_COMMENT, [_Line(1, "comment", text)])
        for text in (plain, _MARKER.sub("", plain))
    )


def _hits(file: FileDiff, hunk: Hunk) -> Iterator[int]:
    block: list[tuple[int, bytes]] = []
    for line in hunk.lines:
        if line.kind == "added" and line.new is not None:
            block.append((line.new, line.data[:_MAX_LINE]))
        elif block:
            yield from _passages(block, file.path)
            block = []
    yield from _passages(block, file.path)


def _passages(block: Sequence[tuple[int, bytes]], path: str) -> Iterator[int]:
    """The lines of one run of added lines that address the reviewer. A sentence may span several
    lines."""
    marked = [at for at, (_, data) in enumerate(block) if _TRIGGER.search(data)]
    near = sorted(
        {
            at + step
            for at in marked
            for step in range(-_NEAR, _NEAR + 1)
            if 0 <= at + step < len(block)
        }
    )
    lines = [_classified(number, decode(data), path) for number, data in (block[at] for at in near)]
    yield from _matches(_IN_COMMENT, [line for line in lines if line.kind != "string"])
    if not _TEST_PATH.search(path):  # there, strings are test input
        yield from _matches(_IN_STRING, [line for line in lines if line.kind == "string"])


def _matches(pattern: re.Pattern[str], lines: list[_Line]) -> list[int]:
    starts, length = [], 0
    for line in lines:
        starts.append(length)
        length += len(line.text) + 1
    joined = "\n".join(line.text for line in lines)
    hits = []
    for match in pattern.finditer(joined):
        at = match.start() + len(match[0]) - len(match[0].lstrip())
        line = lines[bisect_right(starts, at) - 1]
        if line.kind == "string" or not _is_quoted(joined, at):
            hits.append(line.number)
    return hits


def _is_quoted(text: str, at: int) -> bool:
    """Whether a passage is only quoted: it follows a quotation mark on its line."""
    start = text.rfind("\n", 0, at) + 1
    before = text[start:at].rstrip()
    first, rest = text[at : at + 1], text[at + 1 :].split("\n", 1)[0]
    if first and first in _QUOTES:
        return bool(before) or bool(re.search(r"\w", rest.rpartition(first)[2]))
    return (bool(before) and before[-1] in _QUOTES) or before.count("`") % 2 == 1


def _classified(number: int, text: str, path: str) -> _Line:
    """A line without its comment marker or quotation marks."""
    plain = _plain(text)
    language = language_of(path)
    if language and language.kind in ("prose", "markup"):
        return _Line(number, "prose", re.sub(r"^\s*(?:<!--|[-*+>#]+)\s*", "", plain))
    if marker := _MARKER.match(plain):
        return _Line(number, "comment", plain[marker.end() :])
    trailing = _TRAILING.search(plain)
    if trailing and _even_quotes(plain[: trailing.start()]):
        return _Line(number, "comment", plain[trailing.end() :])
    string = re.search(r"[\"'`]", plain)
    if string:
        return _Line(number, "string", plain[string.end() :].strip())
    code = re.search(r"[=(){};]|^\s*(?:return|import|from|if|for|while|def|class)\b", plain)
    return _Line(number, "string" if code else "comment", plain.strip())


def _even_quotes(text: str) -> bool:
    return text.count('"') % 2 == 0 and text.count("'") % 2 == 0


def _plain(text: str) -> str:
    """`text` as a model reads it: invisible characters removed, Unicode tags spelled out, letters
    of other widths and styles replaced by plain ones."""
    if text.isascii():
        return text
    shown = (chr(ord(char) - 0xE0000) if 0xE0020 <= ord(char) <= 0xE007E else char for char in text)
    visible = (char for char in shown if unicodedata.category(char) != "Cf")
    return unicodedata.normalize("NFKC", "".join(visible))
