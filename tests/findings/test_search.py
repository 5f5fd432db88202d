"""The places that a quote matches, against a plain reading of the rules that tries every line."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.findings.search import (
    _PREFIX,
    HEAD,
    MIN_PART,
    PART,
    WHOLE,
    Match,
    Row,
    Rows,
    squeeze,
)


def slowly(wanted, rows):
    found = [
        Match(run[0], run[-1], exact, any(row.changed for row in run), level, False)
        for level, exact, runs in rungs(wanted, rows)
        for run in runs
    ]
    best = [match for match in found if match.level != HEAD]
    return best or found


def rungs(wanted, rows):
    yield WHOLE, True, runs(wanted, rows, lambda want, code: want == code)
    without = [_PREFIX.sub("", want, count=1) for want in wanted]
    attempts = [list(wanted), without] if without != wanted else [list(wanted)]
    for attempt in attempts:
        same = runs(attempt, rows, lambda want, code: squeeze(want) == squeeze(code) != "")
        yield WHOLE, False, same
        if len(squeeze("".join(attempt))) >= MIN_PART:
            if len(attempt) == 1:
                within = runs(attempt, rows, lambda want, code: squeeze(want) in squeeze(code))
                yield PART, False, within
            yield PART, False, windows("".join(attempt), rows)
    for attempt in attempts:
        if len(attempt) > 1 and len(squeeze(attempt[0])) >= MIN_PART:
            head = runs(attempt[:1], rows, lambda want, code: squeeze(want) == squeeze(code))
            yield HEAD, False, head


def runs(wanted, rows, same):
    found = []
    for start, row in enumerate(rows):
        if not same(wanted[0], row.code):
            continue
        run, position = [row], start + 1
        for want in wanted[1:]:
            while position < len(rows) and not rows[position].code.strip():
                position += 1
            if position == len(rows) or not same(want, rows[position].code):
                break
            run.append(rows[position])
            position += 1
        if len(run) == len(wanted):
            found.append(run)
    return found


def windows(quote, rows, longest=6):
    want = squeeze(quote)
    squeezed = [squeeze(row.code) for row in rows]
    found = []
    for start in range(len(rows)):
        if not squeezed[start]:
            continue
        joined = ""
        for end in range(start, min(start + longest, len(rows))):
            if end > start and rows[end].number - rows[end - 1].number > 1:
                break
            joined += squeezed[end]
            position = joined.find(want)
            if position >= 0:
                if position < len(squeezed[start]):
                    found.append(rows[start : end + 1])
                break
    return found


CODES = st.sampled_from(
    ["aaaaaaaa", "aaaa", "  aaaa", "bbbbb", "abab", "", "  ", "a a a a", "x", "+ x", "aaaaaaaabb"]
)
QUOTES = st.sampled_from(
    ["aaaaaaaa", "aaaa", " aaaa", "bbbbb", "aaaa bbbbb", "ababab", "x", "12 + x", "+ aaaa", "| "]
)


@st.composite
def lines(draw):
    number, made = 0, []
    for code in draw(st.lists(CODES, max_size=14)):
        number += draw(st.sampled_from([1, 1, 1, 5]))
        made.append(Row(code, number, draw(st.booleans())))
    return made


@settings(max_examples=1500)
@given(lines(), st.lists(QUOTES, min_size=1, max_size=3))
def test_a_quote_is_found_where_the_rules_say(rows, wanted):
    assert list(Rows(rows).matches(wanted)) == slowly(wanted, rows)


def test_the_distance_is_that_to_the_nearest_line():
    match = Match(Row("a", 10, False), Row("b", 12, False), True, False, WHOLE, False)
    assert [match.distance(line) for line in (7, 9, 10, 11, 12, 13, 20)] == [3, 1, 0, 0, 0, 1, 8]
