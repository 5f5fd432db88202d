"""Tidies what a model writes about a finding: breaks that it spelled out, numbers of its own list,
words that its limit cut in two."""

from __future__ import annotations

import re

from reviewer import text

_CODE = re.compile(r'(`[^`\n]*`|"[^"\n]*")')
_N = r"(?:(?:\\r)?\\n)"
# A spelled-out line feed is a break after the end of a sentence, before an item of a list, or next
# to another one; anywhere else the text may be about it (or about C:\new).
_BREAK = re.compile(
    rf"(?:(?<=[.!?;)])|(?<=\w\w:)) ?{_N}+ ?"
    rf"|(?<!\\){_N}{{2,}} ?"
    rf"|(?<!\\){_N}(?= ?(?:\d{{1,2}}[.)]|[-*•]) )"
)
_NUMBER = re.compile(r"\A\s*\d{1,2}[.)]\s+(?=\S)")
_ITEM = re.compile(r"\n\s*\d{1,2}[.)]\s")
_WHOLE = (".", "!", "?", "`", ")", text.MARK)  # how a text ends that was not cut


def paragraphs(said: str, limit: int) -> str:
    """The text on any number of lines. `limit` is the length at which the model was stopped."""
    if len(said) >= limit and not said.endswith(_WHOLE):
        said = text.cut(f"{said}x", limit)  # the last word goes on
    parts = _CODE.split(said)
    parts[::2] = [_BREAK.sub("\n", part) for part in parts[::2]]
    whole = "".join(parts).strip()
    return whole if _ITEM.search(whole) else _NUMBER.sub("", whole, count=1)


def sentence(said: str, limit: int) -> str:
    """The text on one line."""
    return " ".join(_NUMBER.sub("", paragraphs(said, limit), count=1).split())
