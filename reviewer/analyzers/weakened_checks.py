"""What became of the assertions of a test."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reviewer.languages.testcases import Case

TABLE = re.compile(
    r"parametrize|\.each\b|subTest|\bfor(?:each|Each|All|_each)?\b|\.forEach\(|t\.Run\("
    r"|Parameterized|(?:Value|Method|Csv|Enum|Class)Source|DataProvider|dataProvider|#\[case|rstest"
    r"|InlineData|MemberData|ClassData|TestCase\(|TestCaseSource|DataRow|->with\(|\bwith\(|withData"
    r"|@Test\(.{0,80}arguments:|TEST_P|GENERATE\(|\.map\(|\.each do\b|\[\]struct"
)
_HELPER = re.compile(
    r"(?i)(?:assert|check|verify|expect(?!ation)|ensure|validate|compare|match|snapshot|should|must|raises|warns|throw|fails)\w{0,40}"
    r"!?[({<]"
)
_WORD = re.compile(r"[A-Za-z_]\w{2,}")
_DOTTED = r"([A-Za-z_][\w.]*)"
_EXISTS = re.compile(
    rf"^assert\s+{_DOTTED}(?: is not None)?$"
    rf"|(?:assertIsNotNone|assert_not_nil|refute_nil|NotNil|NotNull)"
    rf"[( ]\s*(?:t, )?{_DOTTED}\s*[,)]"
    rf"|expect\({_DOTTED}\)\.(?:toBeDefined|not\.toBeNull|not\.toBeUndefined)\("
)
_TOKEN = re.compile(r"\w+")
# An exact comparison, and what is true of nearly every value.
_EXACT = re.compile(
    r"^assert\s+[^,]{1,300}==|assert_?eq\w*\b|\bassert_?(?:Dict|List|Count|Sequence)?Equals?\b|assertSame\b"
    r"|\.to(?:Be|Equal|StrictEqual|MatchObject)\(|\.(?:Equal|Exactly|EqualValues|strictEqual"
    r"|deepStrictEqual|deepEqual|equal|isEqualTo|AreEqual|Be|shouldBe)\(|\bshouldBe\b|\bEXPECT_EQ|\bASSERT_EQ"
    r"|\bXCTAssertEqual\b|\bmust_equal\b|\bassert_equal\b|\.to eq\b|\bisEqualTo\("
)
_VAGUE = re.compile(
    r"^assert\s+[\w.\[\]()'\"]{1,200}(?: is not None)?$|\.(?:toBeDefined|toBeTruthy|not\.toBeNull"
    r"|not\.toBeUndefined|toBeInstanceOf)\(|\b(?:assertIsNotNone|assertNotNull|assert_not_nil"
    r"|refute_nil|XCTAssertNotNil|assertIsInstance)\b|\.(?:NotNil|NotNull|NotEmpty|IsNotNull|NotBeNull"
    r"|isNotNull|NoError)\(|\bassert!\([^=<>]{1,200}\.is_(?:ok|some)\(\)|\bshouldNotBe\(?\s?null\b"
    r"|\.to(?:_not|\.not)? be_(?:present|truthy|nil)\b|!= nullptr\)"
)
_VOCABULARY = """
    assert assertion assert_eq assertEquals assertEqual assertThat expect toBe toEqual value is not
    None null nil undefined true false True False equal Equal the and this self result
    toBeDefined toBeTruthy toBeNull toBeUndefined assertIsNotNone assertNotNull assert_not_nil
    refute_nil XCTAssertNotNil NotNil NotNull NotEmpty IsNotNull NotBeNull isNotNull NoError is_ok
    is_some shouldNotBe be_present be_truthy be_nil nullptr require
"""
_PLAIN = frozenset(_VOCABULARY.split())


@dataclass(frozen=True, slots=True)
class Kept:
    """Where checks may live on: `gone` are names whose definition the change removes, `added` the
    lines that it adds to files with tests, `removed` the assertions that it leaves in no test, and
    `outside` the lines of these files that are in none, such as what runs after each."""

    gone: frozenset[str]
    added: frozenset[str]
    removed: Counter[str]
    outside: frozenset[str]


def fewer(old: Case, new: Case, kept: Kept) -> bool:
    """Whether a test checks less than before, and nothing says that the checks live on: in a table,
    in a helper, in another test, or in other words."""
    if len(new.checks) >= len(old.checks):
        return False
    fresh = list((Counter(new.lines) - Counter(old.lines)).elements())
    shapes = {_shape(line) for line in fresh}
    said = [_subject(line) for line in set(new.checks) - set(old.checks)]
    lost = [
        line
        for line in (Counter(old.checks) - Counter(new.checks)).elements()
        if kept.removed[line]
        and line not in kept.outside
        and kept.gone.isdisjoint(_WORD.findall(line))
        and _shape(line) not in shapes  # a name in it changed
        and not _is_said(line, said)
        and not _is_implied(line, new)
    ]
    if len(lost) <= len(said):
        return False
    text = "\n".join(fresh) if new.checks else new.body.split("(", 1)[-1]
    return not (_HELPER.search(text) or (new.checks and TABLE.search(text)))


def _shape(line: str) -> str:
    return _TOKEN.sub("x", line).strip()


def _is_implied(line: str, new: Case) -> bool:
    """Whether an assertion only says that a name has a value, and the test still uses it."""
    match = _EXISTS.search(line)
    name = match and next(filter(None, match.groups()))
    return (
        bool(name) and re.search(rf"(?<![\w.]){re.escape(name or '')}(?!\w)", new.body) is not None
    )


def _is_said(line: str, fresh: Sequence[frozenset[str]]) -> bool:
    """Whether a new assertion has all words of an old one but one."""
    about = _subject(line)
    return len(about) > 1 and any(len(about - each) <= 1 for each in fresh)


def loosened(old: Case, new: Case) -> Iterator[tuple[str, int]]:
    """Assertions of the old test that compared a value, and the lines of the new one that now only
    say that there is one."""
    exact = [line for line in old.checks if line not in new.checks and _EXACT.search(line)]
    vague = [line for line in new.checks if line not in old.checks and _VAGUE.search(line)]
    if not exact or not vague or len(new.checks) > len(old.checks):
        return
    firm = [_subject(line) for line in new.checks if line not in vague]
    for line in vague:
        about = _subject(line)
        before = [each for each in exact if about and about <= _subject(each)]
        if before and not any(about <= each for each in firm):
            at = next(at for at, text in enumerate(new.lines) if text.strip() == line)
            yield before[0][:80], new.first + at


def _subject(line: str) -> frozenset[str]:
    return frozenset(_TOKEN.findall(line)) - _PLAIN
