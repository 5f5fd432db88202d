"""Mutates replies of a model, and checks that no valid one is lost and none is invented.

    python tests/fuzz/replies.py [COUNT] [SEED]

Every reply is made from a true one. DRESSED are the ways in which models and servers wrap or slip
without changing what is meant: the truth must come out. DAMAGED are those that lose or change
something: the truth may come out, or less of it that is marked as such, or nothing; never another
item than the one that was hit, and never a clean review in place of findings.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

from reviewer.models.base import Schema
from reviewer.models.reply import ParsedReply, parse, parse_thoughts
from reviewer.replies import Reply, portable_schema

SCHEMA = Schema("reply", portable_schema(Reply))
CLEAN = '{"checked": [], "findings": []}'
Value = dict[str, Any]
_CODE = (
    "\treturn a / b",
    'x = "}]}"',
    "if (s === '</think>') {",
    'say("{")',
    "C:\\data\\new",
    "# ok",
    "re.match(r'\\d+\\s*', x)",
    "<think>",
    '{"checked": []}',
    'printf("%s\\n", s);',
    "größe €",
    "```json",
    "a[1,]",
    "",
    "\x1b[0m",
    "<channel|>",
    "{}",
    "[[{{",
    '"',
    "\\",
    "\u2028",
)


def truth(dice: random.Random) -> Value:
    """A valid reply with one to four findings, about code that looks like JSON and like marks."""
    code = lambda: dice.choice(_CODE)  # noqa: E731
    answer = lambda: {  # noqa: E731
        "id": "",
        "quote": code(),
        "input": code(),
        "note": code(),
        "needs": [],
        "answer": dice.choice(("right", "wrong", "cannot_tell")),
    }
    finding = lambda at: {  # noqa: E731
        "fileName": dice.choice(("a.py", "src/b c.go", "ü.ts")),
        "quote": code(),
        "line": dice.randrange(1, 999),
        "problem": f"{at}: {code()} goes wrong",
        "scenario": code(),
        "evidence": [
            {"fileName": "a.py", "quote": code(), "why": code()} for _ in range(dice.randrange(3))
        ],
        "title": f"Finding {at}",
        "category": "stability",
        "severity": dice.choice(("major", "minor")),
        "advice": code(),
        "oldLines": [code() for _ in range(dice.randrange(3))],
        "newLines": [code() for _ in range(dice.randrange(3))],
    }
    checked = [answer() for _ in range(dice.randrange(3))]
    return {"checked": checked, "findings": [finding(at) for at in range(dice.randrange(1, 5))]}


def _spelled(value: Value, dice: random.Random) -> str:
    return json.dumps(
        value,
        indent=dice.choice((None, None, 1, "\t")),
        ensure_ascii=dice.random() < 0.5,
        separators=dice.choice((None, (",", ":"))),
    )


def _outside(text: str, dice: random.Random, marks: str) -> int:
    """The place of one of `marks` outside of strings."""
    places, quoted, at = [], False, 0
    while at < len(text):
        if quoted and text[at] == "\\":
            at += 1
        elif text[at] == '"':
            quoted = not quoted
        elif not quoted and text[at] in marks:
            places.append(at)
        at += 1
    return dice.choice(places)


def _raw_controls(text: str, dice: random.Random) -> str:
    return (
        text.replace("\\\\", "\0").replace("\\t", "\t").replace("\\n", "\n").replace("\0", "\\\\")
    )


def _extra_comma(text: str, dice: random.Random) -> str:
    at = _outside(text, dice, "]}[,")
    return f"{text[: at + 1]},{text[at + 1 :]}" if text[at] in "[," else f"{text[:at]},{text[at:]}"


def _lone_backslash(text: str, dice: random.Random) -> str:
    return text.replace("\\\\d", "\\d").replace("\\\\s", "\\s")


def _missing_bracket(text: str, dice: random.Random) -> str:
    end = len(text.rstrip())
    return text[: end - 1] if dice.random() < 0.5 else _without(text, text.rindex("]"))


def _without(text: str, at: int) -> str:
    return text[:at] + text[at + 1 :]


def _draft(text: str, dice: random.Random) -> str:
    """What a model may think before it answers."""
    return dice.choice(
        (
            "Let me see.",
            f"A draft: {CLEAN}. Hm, no.",
            'So {"findings": [{"title": "x"',
            "",
            "{ and [",
        )
    )


DRESSED: dict[str, Callable[[str, random.Random], str]] = {
    "as it is": lambda text, _: text,
    "a code fence": lambda text, _: f"```json\n{text}\n```\n",
    "prose around it": lambda text, _: f"Here is {{the}} review:\n{text}\nHope it helps! :-}}",
    "a byte order mark": lambda text, _: f"\ufeff {text}\n\n",
    "twice": lambda text, _: f"{text}\n{text}",
    "twice, the last one cut": lambda text, dice: f"{text}\n{text[: dice.randrange(len(text))]}",
    "a thought": lambda text, dice: f"<think>{_draft(text, dice)}</think>{text}",
    "a thought of Gemma": lambda text, dice: (
        f"<|channel>thought\n{_draft(text, dice)}<channel|>{text}"
    ),
    "the end of a thought": lambda text, dice: f"{_draft(text, dice)}\n</think>\n\n{text}",
    "words before a thought": lambda text, dice: (
        f"I will look.<|channel>thought\n{_draft(text, dice)}<channel|>{text}"
    ),
    "raw control characters": _raw_controls,
    "a comma too many": _extra_comma,
    "a lone backslash": _lone_backslash,
    "a bracket missing at the end": _missing_bracket,
    "a list of one": lambda text, _: f"[{text}]",
}


def _cut(text: str, dice: random.Random) -> str:
    return text[: dice.randrange(len(text))]


def _lost(text: str, dice: random.Random) -> str:
    at = dice.randrange(len(text))
    return text[:at] + text[at + dice.randrange(1, 4) :]


def _other(text: str, dice: random.Random) -> str:
    at = dice.randrange(len(text))
    return text[:at] + dice.choice('{}[]",:\\ \n0x</') + text[at + 1 :]


def _more(text: str, dice: random.Random) -> str:
    at = dice.randrange(len(text))
    more = dice.choice(("{", "}", "[", "]", '"', ",", ":", "\\", "</think>", "<think>", "null"))
    return text[:at] + more + text[at:]


def _unescaped(text: str, dice: random.Random) -> str:
    """Code that holds a clean review, in a quote whose inner quotes the model did not escape."""
    place = text.index('"', text.index('"title"') + 7) + 1
    before = dice.choice(("", "}", "]}]}", "</think>", '"}]}</think>', "```"))
    return f"{text[:place]}x = '{before}{CLEAN}'{text[place:]}"


DAMAGED: dict[str, Callable[[str, random.Random], str]] = {
    "cut": _cut,
    "characters lost": _lost,
    "another character": _other,
    "a character more": _more,
    "code with a review in it": _unescaped,
    "another review behind it": lambda text, _: f"{text}\n{CLEAN}",
    "another review before it": lambda text, _: f"{CLEAN}\n{text}",
    "only a thought": lambda text, _: f"<think>{text}",
}


def run(count: int, seed: int) -> Counter[tuple[str, str]]:
    """How many replies of each kind were read in full, in part, or refused. Raises AssertionError,
    with the reply, where one was lost or invented."""
    dice, kinds = random.Random(seed), [*DRESSED, *DAMAGED]
    seen: Counter[tuple[str, str]] = Counter()
    for number in range(count):
        kind, value = kinds[number % len(kinds)], truth(dice)
        text = {**DRESSED, **DAMAGED}[kind](_spelled(value, dice), dice)
        cut = kind == "cut" and dice.random() < 0.5
        parsed = parse(text, SCHEMA, cut=cut)
        problem = _wrong(kind, value, parsed)
        if problem is None and kind == "as it is":
            problem = _wrong(kind, value, parse_thoughts(text, SCHEMA))
        assert problem is None, f"{kind}: {problem}\n{text!r}\n{parsed}"
        whole = parsed.complete and not parsed.dropped
        seen[kind, "refused" if parsed.value is None else "whole" if whole else "in part"] += 1
    return seen


def _wrong(kind: str, value: Value, parsed: ParsedReply) -> str | None:
    if kind in DRESSED:
        same = parsed.value == value and parsed.complete and not parsed.dropped
        return None if same else "lost"
    if parsed.value is None:
        return None if parsed.problem else "refused without a reason"
    given, found = value["findings"], parsed.value.get("findings", [])
    foreign = sum(item not in given for item in found)
    if foreign > (kind not in ("cut", "another review behind it", "another review before it")):
        return "invented"
    missing = len(given) - len(found)
    if missing > 0 and parsed.complete and not parsed.dropped:
        return "fewer findings, and nothing says so"
    return None


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 14_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    seen = run(count, seed)
    for kind in (*DRESSED, *DAMAGED):
        figures = ", ".join(
            f"{seen[kind, how]:,} {how}"
            for how in ("whole", "in part", "refused")
            if seen[kind, how]
        )
        print(f"{kind}: {figures}")
    print(f"{count:,} replies, seed {seed}: none lost, none invented")


if __name__ == "__main__":
    main()
