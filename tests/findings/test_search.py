"""The places that a quote matches, against a plain reading of the rules that tries every line."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.findings.search import _PREFIX, MIN_PART, Match, Row, Rows, squeeze


def slowly(wanted, rows, hint, *, changed=False):
    for exact, runs in rungs(wanted, rows):
        kept = [run for run in runs if not changed or any(row.changed for row in run)]
        if kept:
            run = min(kept, key=lambda run: (abs(run[0].number - hint), run[0].number))
            return Match(run[0], run[-1], exact, any(row.changed for row in run))
    return None


def rungs(wanted, rows):
    yield True, runs(wanted, rows, lambda want, code: want == code)
    for attempt in (list(wanted), [_PREFIX.sub("", want, count=1) for want in wanted]):
        yield False, runs(attempt, rows, lambda want, code: squeeze(want) == squeeze(code) != "")
        if len(squeeze("".join(attempt))) >= MIN_PART:
            if len(attempt) == 1:
                yield (
                    False,
                    runs(attempt, rows, lambda want, code: squeeze(want) in squeeze(code)),
                )
            yield False, windows("".join(attempt), rows)
        if len(attempt) > 1 and len(squeeze(attempt[0])) >= MIN_PART:
            yield (
                False,
                runs(attempt[:1], rows, lambda want, code: squeeze(want) == squeeze(code)),
            )


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
@given(lines(), st.lists(QUOTES, min_size=1, max_size=3), st.integers(0, 30), st.booleans())
def test_a_quote_is_found_where_the_rules_say(rows, wanted, hint, changed):
    assert Rows(rows).best(wanted, hint, changed=changed) == slowly(
        wanted, rows, hint, changed=changed
    )
