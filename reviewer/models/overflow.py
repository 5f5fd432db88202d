"""What servers say when a prompt does not fit into the model's context, and the numbers in it.

There is no common code for it: the words are those of the servers and gateways named in the test's
table.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# A status that may mean it. Errors within a stream are 500 when they name no status.
_STATUSES = frozenset((400, 413, 422, 500))
_WORDS = re.compile(
    r"context[ _-]?(?:length|size|window|limit)|context the overflows|exceed_context"
    r"|n_ctx|max_model_len|max_seq_len|max_total_tokens|max_tokens must be at least 1, got -"
    r"|(?:prompt|input|request)(?: is)? too (?:long|large)|maximum (?:prompt|model|input) length"
    r"|longer than the (?:model|maximum)|prompt length \d+ is greater"
    r"|input (?:length|tokens?|token count|prompt|is)\b[^.]{0,80}(?:exceed|too long)"
    r"|exceeds? the (?:maximum|configured|model|context)|exceeded model token limit"
    r"|exceeds the limit of \d|max_new_tokens` must be|inputs` must have less than"
    r"|too many tokens|token (?:limit|count)s? (?:is )?exceed|too large for (?:the )?model"
    r"|tokens in request more than|reduce the length of"
    r"|messages\[\d+\]\.content[^.]{0,20}string too long",
    re.IGNORECASE,
)
_NUMBER = r"\(?(\d[\d,_]{0,12}\d)"
_LIMIT = re.compile(
    r"(?:context|model|maximum prompt|maximum allowed)[ _-](?:length|window|size|limit)s?"
    r"(?: is| of|:)?(?: only)? "
    + _NUMBER
    + r"|(?:max_model_len|max_seq_len|max_total_tokens|n_ctx)[\"' :=of(]{0,6}(\d{2,13})"
    r"|(?:limit (?:is|of)|limit:|must be <=|less than|allowed|cannot exceed|maximum length"
    r"|tokens? >|allowed input length of) " + _NUMBER + r"|for model with " + _NUMBER,
    re.IGNORECASE,
)
_PROMPT = re.compile(
    r"(\d{2,13}) (?:tokens )?(?:in the messages|from the input messages|of text input|`inputs`)"
    r"|(?<!at least )\b(\d{2,13}) input tokens"
    r"|(?:request|input|prompt|count) \((?:total length )?(\d{2,13})"
    r"|(?:resulted in|(?:prompt|request) (?:contains|has)|keep the first|current length is"
    r"|too long:|input length|prompt length|n_prompt_tokens[\"':]*|requested tokens) " + _NUMBER,
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Overflow:
    """In tokens; None for what the server does not say. `limit` is the context, for the prompt and
    the reply together, or for the prompt alone where a server limits it. `prompt` is the prompt."""

    limit: int | None
    prompt: int | None

    def room(self) -> int | None:
        """The tokens that are left for the reply; None if not known."""
        if self.limit is None or self.prompt is None:
            return None
        return self.limit - self.prompt


def overflow(status: int, detail: str) -> Overflow | None:
    """What the server's words say about a prompt that is too long; None if they are about something
    else."""
    if status not in _STATUSES or (status != 413 and not _WORDS.search(detail)):
        return None
    return Overflow(_first(_LIMIT, detail), _first(_PROMPT, detail))


def _first(pattern: re.Pattern[str], detail: str) -> int | None:
    found = pattern.search(detail)
    digits = next(filter(None, found.groups()), "") if found else ""
    return int(re.sub(r"[,_]", "", digits)) if digits else None
