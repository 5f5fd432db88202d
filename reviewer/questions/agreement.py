"""Pairs that must agree: equality and hash, lock and unlock, open and close, writer and reader."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewer.questions.base import Idea, at, code
from reviewer.questions.compare import View
from reviewer.questions.facts import Fact
from reviewer.questions.parts import canonical, is_literal, last_name

_PAIRS = (
    "__eq__ __hash__, equals hashCode, __enter__ __exit__, __aenter__ __aexit__,"
    " __getstate__ __setstate__, encode decode, serialize deserialize, dump load, dumps loads,"
    " to_dict from_dict, marshal unmarshal, pack unpack, escape unescape, encrypt decrypt,"
    " toJSON fromJSON, MarshalJSON UnmarshalJSON,"
    " subscribe unsubscribe"
)
# A change of the one wants a look at the other.
_TWINS = {
    one: two for pair in _PAIRS.split(", ") for one, two in (pair.split(), reversed(pair.split()))
}
_CLOSED_BY = (
    "lock unlock release, acquire release, Lock Unlock, RLock RUnlock, open close, fopen fclose,"
    " begin commit rollback, malloc free, Open Close, Begin Commit Rollback, cursor close,"
    " mkdtemp rmtree cleanup, mkstemp unlink remove, connect close, socket close, strdup free,"
    " addEventListener removeEventListener, setInterval clearInterval, Query Close,"
    " os.Create Close, OpenFile Close, CreateTemp Close, net.Dial Close, net.Listen Close,"
    " curl_easy_init curl_easy_cleanup"
)
_ENDS = {words[0]: words[1:] for words in (pair.split() for pair in _CLOSED_BY.split(", "))}
_SHORT = 6  # characters: a value that says nothing
_LOOK = 60  # lines after it in which its end is sought
_KEY = re.compile(r"(['\"])([\w.:-]{2,40})\1")


def ask(view: View) -> Iterator[Idea]:
    yield from _twins(view)
    for fact in view.of("call"):
        yield from _ended(fact, view)
    for pair in view.altered("assign"):
        yield from _target(pair.old, pair.new, view)
    for pair in view.altered("index", "entry", "string", "call"):
        yield from _key(pair.old, pair.new, view)


def _twins(view: View) -> Iterator[Idea]:
    names = {item.name for item in view.new.functions}
    for item in view.new.functions:
        twin = _TWINS.get(item.name)
        if twin and twin not in names:
            line = next(iter(view.new.between(item.start, item.end)), item.start)
            there = view.words[twin] > 0
            if there or item.name in ("__eq__", "__hash__", "equals", "hashCode"):
                missing = "" if there else ", which is not there"
                yield Idea(
                    line,
                    f"{code(item.name)} changed and {code(twin)} did not{missing}: do they still"
                    " agree?",
                    72,
                    (twin,),
                )


def _ended(fact: Fact, view: View) -> Iterator[Idea]:
    ends = _ENDS.get(fact.name) or _ENDS.get(last_name(fact.name))
    if ends is None or fact.inside in ("hold", "return"):
        return
    body = view.new.near(fact, 0, _LOOK)
    line = view.new.lines[fact.line - 1] if fact.line <= len(view.new.lines) else ""
    if re.search(r"^\s*(?:async )?with\b|\busing\b|\btry \(", line):
        return
    ended = any(re.search(rf"\w*{end}\b", body, re.IGNORECASE) for end in ends)
    what = f"{code(ends[0])} on every path, also after an error" if ended else code(ends[0])
    yield Idea(
        at(fact, view),
        f"{code(fact.text)}: " + (f"is there {what}?" if ended else f"who calls {what}?"),
        44 if ended else 58,
    )


def _target(old: Fact, new: Fact, view: View) -> Iterator[Idea]:
    """The same value under another name."""
    was, now = old.parts[0], new.parts[0]
    if last_name(was) == last_name(now) or is_literal(new.parts[1]) or len(new.parts[1]) < _SHORT:
        return
    if was != now and canonical(old.parts[1]) == canonical(new.parts[1]):
        word = last_name(was)
        read = view.words[word] > 0
        yield Idea(
            at(new, view),
            f"{code(new.parts[1])} now goes to {code(now, 40)} and no longer to {code(was, 40)}:"
            " does"
            " all that reads it follow?",
            84 if read else 50,
            (word,),
        )


def _key(old: Fact, new: Fact, view: View) -> Iterator[Idea]:
    """A literal key or name that is now another one."""
    if old.role == "string" and new.inside not in ("index", "entry", "binary"):
        return
    before, after = _KEY.findall(old.text), _KEY.findall(new.text)
    if len(before) != len(after):
        return
    for (_, was), (_, now) in zip(before, after, strict=True):
        if was != now:
            yield Idea(
                at(new, view),
                f"The name {code(was)} became {code(now)}: do all that write and read it agree?",
                74,
                (was, now),
            )
            return
