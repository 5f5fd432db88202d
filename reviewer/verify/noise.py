"""Findings without content: praise, advice without a failure, a retelling of the diff. Each filter
is a plain function that returns the reason to hold a finding back, or None. Patterns are narrow;
doubtful cases pass."""

from __future__ import annotations

import re
from collections.abc import Callable

from reviewer.events import Finding

Filter = Callable[[Finding], str | None]
_MUST_FAIL = frozenset(("functional_correctness", "security", "stability", "data_integrity"))

_NO_SCENARIO = re.compile(
    r"(?i)\s*(?:n/?a|none|not? applicable|nothing|no"
    r" (?:failure|failing|concrete|specific)\b.{0,40}|unknown|unclear|"
    r"-+|\?+|\.+|no scenario|tbd)?\s*\.?\s*"
)
# Words for something going wrong. A text without any of them reports no defect.
_DEFECT = re.compile(
    r"(?i)\b(?:fail\w*|wrong\w*|error\w*|crash\w*|rais(?:es|ed|ing)|throw\w*|los(?:e|es|t|ing)|leak\w*|break\w*|broken|"
    r"incorrect\w*|invalid\w*|never|missing|ignor\w*|overwrit\w*|corrupt\w*|block\w*|hang\w*|deadlock\w*|race\w*|bugs?|"
    r"vulnerab\w*|inject\w*|expos\w*|bypass\w*|duplicat\w*|skip\w*|drop\w*|silent\w*|swallow\w*|instead"
    r" of|no longer|"
    r"not|cannot|can't|doesn't|isn't|won't|without|too (?:many|few|large|small|late|early)|off[-"
    r" ]by[- ]one|but|unless|"
    r"however|mask\w*|hid(?:es|den)|stale|infinite\w*|overflow\w*|negative|zero|null|undefined|unbounded|unsafe\w*|"
    r"reject\w*|regress\w*|remov\w*|dangl\w*|twice|slow\w*|denie\w*|expir\w*)\b"
)
_PRAISE = re.compile(
    r"(?i)^\W*(?:(?:this|the|a|very|really|overall|it)\b[\w ,]{0,40}?\b(?:is|are|looks|seems)?"
    r" ?)?(?:a )?"
    r"(?:good|nice|great|excellent|well[-"
    r" ](?:done|written|structured|designed|handled|tested)|clean|solid|elegant|"
    r"thoughtful|sensible|welcome|(?:nice|good|great) (?:job|work|catch))\b"
)
_ASKS = re.compile(
    r"(?i)^\W*(?:please |you (?:should|may want to|might want to) |it (?:would be|is)"
    r" (?:good|best|better|worth|"
    r"recommended|important) (?:to |that you )|we should |be sure to |remember to )?"
    r"(?:ensure|ensuring|verify|verifying|consider|considering|make sure|double[- ]check|"
    r"check (?:that|whether|if)|confirm|validate (?:that|whether)|review (?:whether|that|if)|think"
    r" about|be careful|"
    r"keep in mind)(?=[\s,:]|$)"
)
_FINE = re.compile(
    r"(?i)(?:^|[.!?;\n]\s*)(?:(?:so|therefore|thus|hence|actually|however|but|overall|in fact|in"
    r" conclusion|wait|hmm|"
    r"on second thought|upon closer inspection|after all|looking again|that said|in this"
    r" case|technically),? )*"
    r"(?:(?:this|that|it|the"
    r" (?:code|change|logic|line|implementation|behaviou?r|function|call|diff))"
    r" (?:(?:here )?(?:is|looks|seems|appears)(?: to be)?(?: actually| indeed| perfectly|"
    r" already)? "
    r"(?:fine|correct|ok|okay|good|safe|valid|right|as (?:intended|expected)|not an? (?:\w+ )?"
    r"(?:issue|bug|defect|problem|vulnerability)|no (?:issue|bug|defect|problem))|works"
    r" (?:fine|correctly|as "
    r"(?:intended|expected)))|there (?:is|are) no (?:\w+ )?(?:issues?|bugs?|defects?|problems?)|"
    r"no (?:\w+ )?(?:issues?|bugs?|defects?|problems?|changes?) (?:is |are |was |were"
    r" )?(?:found|here|needed|required|"
    r"detected|present)|no (?:issue|bug|defect|problem)s?|(?:looks|seems)"
    r" (?:good|fine|correct)|lgtm|never ?mind|"
    r"false alarm|not an? (?:bug|issue|defect|problem))"
    r"(?: (?:here|in this (?:change|diff|case|file|code|line)|to me|now|as (?:it is|written)|after"
    r" all))*"
    r"\s*(?:[.!;\n]|$)"
)
_MASK = re.compile(r"\[REDACTED\b|\bREDACTED\b")
_ABOUT_MASK = re.compile(
    r"(?i)\b(?:placeholder|literal(?:ly)?|masks?|masked|redacted"
    r" (?:value|string|text|token|placeholder|secret|key)|"
    r"redaction|invalid|not a valid|not valid|never match\w*|replaced (?:by|with)|substitut\w+|real"
    r" value|"
    r"actual value)\b"
)
_REAL_SECRET = re.compile(
    r"(?i)\b(?:hard-?coded|committed|check(?:ed|s) in|leak\w*|plain ?text|version"
    r" control|rotate\w*)\b"
)
_RETELLS = re.compile(
    r"(?i)^\W*(?:this|the) (?:change|commit|diff|patch|line|code|function|method|class|file|pr|pull"
    r" request|hunk|"
    r"update)s? (?:simply |just |now |also"
    r" )?(?:adds?|removes?|renames?|changes?|updates?|replaces?|introduces?|"
    r"modif(?:ies|y)|moves?|refactors?|extracts?|sets?|increments?|imports?|bumps?)\b"
)


def praise(finding: Finding) -> str | None:
    """The finding praises the change."""
    wording = (
        f"{finding.title}. {finding.comment}" if _PRAISE.match(finding.title) else finding.comment
    )
    return "praise" if _PRAISE.match(wording) and not _DEFECT.search(wording) else None


def advice_only(finding: Finding) -> str | None:
    """The finding asks the author to ensure, verify or consider something and shows no failure."""
    asks = _ASKS.match(finding.title) or _ASKS.match(finding.comment)
    return "asks to check, shows no failure" if asks and not demonstrated(finding) else None


def no_failure(finding: Finding) -> str | None:
    """A defect of this category must fail with some input or situation; the finding names none."""
    if finding.category in _MUST_FAIL and _NO_SCENARIO.fullmatch(finding.failure_scenario):
        return "no failure scenario"
    return None


def contradicts_itself(finding: Finding) -> str | None:
    """The finding concludes that nothing is wrong."""
    for text in (finding.title, finding.comment, finding.failure_scenario):
        if _FINE.search(text):
            return "says itself that nothing is wrong"
    return None


def about_the_mask(finding: Finding) -> str | None:
    """The finding mistakes the mask over a secret for code. A finding about a secret in the code
    does not count."""
    wording = f"{finding.title}. {finding.comment} {finding.failure_scenario}"
    bare = re.sub(r"\[REDACTED[^\]]*\]", "[REDACTED]", wording)
    if _MASK.search(bare) and _ABOUT_MASK.search(bare) and not _REAL_SECRET.search(bare):
        return "about the mask of a secret"
    return None


def retells(finding: Finding) -> str | None:
    """The finding describes the change and nothing that goes wrong."""
    if (
        _RETELLS.match(finding.comment)
        and not demonstrated(finding)
        and not _DEFECT.search(finding.comment)
    ):
        return "retells the change"
    return None


def demonstrated(finding: Finding) -> bool:
    """Whether the failure scenario describes something going wrong."""
    scenario = finding.failure_scenario
    return (
        not _NO_SCENARIO.fullmatch(scenario)
        and not _ASKS.match(scenario)
        and bool(_DEFECT.search(scenario))
    )


FILTERS: tuple[Filter, ...] = (
    praise,
    contradicts_itself,
    about_the_mask,
    retells,
    advice_only,
    no_failure,
)


def noise(finding: Finding) -> str | None:
    """The first reason to hold the finding back; None if there is none."""
    return next((reason for judge in FILTERS if (reason := judge(finding))), None)
